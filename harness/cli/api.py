"""The Python API. `harness/__init__.py` offers these names; docs/API.md describes them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from harness.cli import config as configuration
from harness.cli import tables as on_disk
from harness.cli.config import USER_ERRORS, costing, reports, to_user_error
from harness.cli.export import export as written
from harness.cli.folders import result_folders
from harness.cli.frames import Name, arrow_batches, arrow_table
from harness.cli.job import composed
from harness.errors import ConfigError, CutleryError, StoreError
from harness.reports.csv import Csv
from harness.runner.plan import Plan
from harness.store.records.last_run import refusals


@dataclass(frozen=True)
class Comparison:
    """The results of one experiment: `print(run)` shows the scoreboard, the attributes are for pandas."""

    folder: Path
    """where its tables and records are"""
    content: on_disk.Compared = field(repr=False)
    """table and records as the harness uses them"""

    def __str__(self) -> str:
        return on_disk.SCREEN.render(self.content.table).rstrip()

    @cached_property
    def table(self) -> pd.DataFrame:
        """The scoreboard, one row per arm; columns as in table.csv (METRIC_mean, METRIC_low, METRIC_diff …)."""
        return pd.read_csv(StringIO(Csv().render(self.content.table)), index_col="arm")

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row per arm, seed, example and metric."""
        return self._frame("scores")

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """One row per arm, seed and example: input, references, answer, passages."""
        return self._frame("predictions")

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes under the scoreboard; what must be acted on begins with "!", a warning with "⚠"."""
        return tuple(map(str, self.content.table.notes))

    @property
    def flags(self) -> tuple[str, ...]:
        """What guards and audits found, also in the sections: a reader must act on it (`strict=true` fails on it)."""
        return tuple(map(str, self.content.table.flags))

    @property
    def failures(self) -> dict[str, str]:
        """The cells of the last run that have no record, and why."""
        return {str(refusal.cell): refusal.reason for refusal in refusals(self.folder / "records")}

    def to_arrow(self, name: Name) -> Any:
        """Return `scores` or `predictions` as a `pyarrow.Table`."""
        return arrow_table(name, [record for own in self.content.arms.values() for record in own])

    def batches(self, name: Name) -> Iterator[Any]:
        """Return an iterator of `scores` or `predictions` in `pyarrow.RecordBatch`es: for what fits no memory.

        Raises:
            ConfigError: there is no table of that name.
        """
        return arrow_batches(name, [record for own in self.content.arms.values() for record in own])

    def export(self) -> list[Path]:
        """Write scores.parquet and predictions.parquet next to the tables."""
        return written(self.folder, self.content.arms)

    def _frame(self, name: Name) -> pd.DataFrame:
        frame: pd.DataFrame = self.to_arrow(name).to_pandas()
        return frame


def load(folder: str | PathLike[str]) -> Comparison:
    """Return the results in a folder, e.g. `results/reference/qa/pocket`. Needs no model.

    Raises:
        StoreError: the folder holds no records that can be read.
        DataError: its records do not belong together.
    """
    with _user_errors():
        return _loaded(Path(folder).expanduser())


def experiment(*overrides: str) -> Comparison:
    """Run an experiment in this process as `make experiment` does, and return its results.

    What is finished is not run again. A cell that fails does not stop the others: see `Comparison.failures`.

    Args:
        overrides: each KEY=VALUE, as on the command line: `experiment("task=qa", "limit=20")`.

    Raises:
        CutleryError: the configuration or the data is wrong, or every cell failed; with `strict=true` also where a
            guard or audit flagged something (its results are in the folder all the same).
    """
    with _user_errors():
        job = composed(overrides)
        if job.run.experiment.dry_run:
            raise ConfigError("dry_run runs nothing, so there are no results to return; use harness.plan(…)")
        job.execute()
        made = _loaded(job.folder, job.config)
        if job.flags:
            on_disk.fail_if_flagged(made.content.table)
        return made


def plan(*overrides: str) -> Plan:
    """Return what `experiment` would do; `print` shows it. Loads no model.

    Raises:
        CutleryError: the configuration or the data is wrong.
    """
    with _user_errors():
        return composed(overrides).plan


def compose(*overrides: str) -> dict[str, Any]:
    """Return the resolved configuration of an experiment as plain data.

    Raises:
        ConfigError: an override is wrong, or a value is missing.
    """
    with _user_errors():
        return configuration.resolved(configuration.compose(overrides))


def tables(results: str | PathLike[str] = "results", *overrides: str) -> list[Comparison]:
    """Make the tables of every experiment below `results` again, from records alone, and return the results.

    Args:
        results: the folder.
        overrides: prices, use and formats, e.g. `prices=gcp_2025`.

    Raises:
        CutleryError: an override is wrong, or records cannot be read; with `strict=true` also where something in a
            table must be acted on.
    """
    with _user_errors():
        config = configuration.compose(overrides)
        formats = reports(config)
        made = [_loaded(folder, config) for folder in _experiments(Path(results).expanduser())]
        for each in made:
            on_disk.put(each.folder, formats, each.content, overrides)
        if config.strict:
            for each in made:
                on_disk.fail_if_flagged(each.content.table)
        return made


def export(results: str | PathLike[str] = "results") -> list[Path]:
    """Write scores.parquet and predictions.parquet of every experiment below `results`; return their paths.

    Raises:
        CutleryError: there are no records, or they cannot be read.
    """
    with _user_errors():
        return [path for folder in _experiments(Path(results).expanduser()) for path in _loaded(folder).export()]


def _loaded(folder: Path, config: Any = None) -> Comparison:
    if not (folder / "records").is_dir():
        below = [str(path) for path in result_folders(folder)] if folder.is_dir() else []
        hint = f"; load one of {', '.join(below)}" if below else "; run an experiment first"
        raise StoreError(f"{folder.resolve()}: holds no records{hint}")
    if config is None:
        config = configuration.compose([])
    return Comparison(folder, on_disk.compared(folder, costing(config)))


def _experiments(root: Path) -> Sequence[Path]:
    folders = result_folders(root)
    if not folders:
        raise StoreError(f"{root.resolve()}: holds no records; run an experiment first")
    return folders


@contextmanager
def _user_errors() -> Iterator[None]:
    """Raise what a user can act on without the stack of calls and causes inside the harness."""
    try:
        yield
    except CutleryError as error:
        raise error.with_traceback(None) from None
    except (*USER_ERRORS, OSError) as error:
        raise to_user_error(error) from None
