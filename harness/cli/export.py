"""`python -m harness.cli.export`: scores.parquet and predictions.parquet of every experiment, from records alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from harness.cli.command import configured, for_each_experiment
from harness.cli.frames import SCHEMAS, arrow_batches, schema_of
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.tables import compared
from harness.store.files import replacing
from harness.types import Record


def export(folder: Path, arms: Mapping[str, Sequence[Record]]) -> list[Path]:
    """Write one Parquet file per schema of harness/cli/frames.py, a group of rows at a time.

    Args:
        folder: where to.
        arms: the records of each arm.

    Raises:
        StoreError: the folder cannot be written.
    """
    records = [record for own in arms.values() for record in own]
    paths = []
    for name in SCHEMAS:
        path = folder / f"{name}.parquet"
        with replacing(path) as unfinished, pq.ParquetWriter(unfinished, schema_of(name)) as file:
            for batch in arrow_batches(name, records):
                file.write_batch(batch)
        paths.append(path)
    return paths


@quiet_when_reader_goes
def main() -> None:
    """Write scores.parquet and predictions.parquet of every experiment below `results`; overrides: results=DIR."""
    config = configured("harness.cli.export", main.__doc__)
    for_each_experiment(config, _exported)


def _exported(folder: Path) -> tuple[str, Sequence[str]]:
    result = compared(folder)
    return "\n".join(map(str, export(folder, result.arms))), result.left_out


if __name__ == "__main__":
    main()
