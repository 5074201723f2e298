"""Results in MLflow: one run per experiment with its files, one nested run per arm with its settings and numbers.

A copy of results/, for teams that look there; nothing is ever read back.
"""

import importlib.util
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.analysis.result import Table, TableRow
from harness.errors import StoreError
from harness.reports.links import REPORT, ROWS
from harness.reports.trackers.flattened import numbers, settings
from harness.types import Record

FILES: Final = ("table.md", "details.md", "table.csv", "table.sections.csv", "table.tex", REPORT)
SQLITE: Final = "sqlite:///"
LONGEST_PARAMETER: Final = 500
"""characters; older servers take no more"""
MOST_PARAMETERS: Final = 100
MOST_METRICS: Final = 1000
"""in one request"""
FORBIDDEN: Final = re.compile(r"[^\w\-. /]")
"""in the name of a metric or parameter"""


@dataclass(frozen=True)
class Mlflow:
    """A local store or a server; credentials come from MLflow's own environment variables.

    Args:
        uri: sqlite:///FILE, or the address of a server.
        experiment: what MLflow calls an experiment: the name that all runs are found under.
        artifacts: where files go (a folder or a bucket) when the experiment is new; null leaves it to the store.
    """

    KEY: ClassVar[str] = "harness.trackers.mlflow.Mlflow"

    uri: str
    experiment: str
    artifacts: str | None

    def problems(self) -> Sequence[str]:
        if importlib.util.find_spec("mlflow") is None:
            return ["MLflow is not installed; pip install 'cutlery[mlflow]', or choose tracker=none"]
        return []

    def log(self, folder: Path, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        """Log one experiment.

        Args:
            folder: its results; tables and report are taken from there.
            table: the comparison.
            arms: the records that it was made from.

        Returns:
            A line that says where.

        Raises:
            StoreError: the store or server cannot be written.
        """
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read when MLflow is imported
        from mlflow.exceptions import MlflowException
        from mlflow.tracking import MlflowClient

        failures: tuple[type[Exception], ...] = (MlflowException, OSError, *_database_errors())
        database = Path(self.uri.removeprefix(SQLITE))
        new = self.uri.startswith(SQLITE) and not database.exists()
        try:
            return self._log(MlflowClient(tracking_uri=self.uri), folder, table, arms)
        except failures as error:
            if new:  # MLflow does not go on from half of its tables
                database.unlink(missing_ok=True)
            why = next(iter(str(error).splitlines()), type(error).__name__)  # SQL follows
            raise StoreError(f"tracker.uri {self.uri}: cannot be written ({why}); results are in {folder}") from error

    def _log(self, client: Any, folder: Path, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        experiment = self._experiment(client)
        whole = _started(client, experiment, table.title, {"task": table.task, "model": table.model})
        for path in (folder / name for name in FILES):
            if path.is_file():
                client.log_artifact(whole, str(path))
        if (folder / ROWS).is_dir():
            client.log_artifacts(whole, str(folder / ROWS), ROWS)
        for row in table.rows:
            part = _started(client, experiment, f"{table.title} · {row.arm}", {"mlflow.parentRunId": whole})
            _written(client, part, _parameters(row, arms[row.arm][0]), dict(numbers(table, row)))
            client.set_terminated(part)
        client.set_terminated(whole)
        return f"Logged to {self.uri}, experiment {self.experiment}, run {whole}"

    def _experiment(self, client: Any) -> str:
        found = client.get_experiment_by_name(self.experiment)
        if found is not None:
            return str(found.experiment_id)
        return str(client.create_experiment(self.experiment, artifact_location=self.artifacts))


def _database_errors() -> tuple[type[Exception], ...]:
    """Return what MLflow passes on when it cannot create its tables: a full disk, a database that is none."""
    if importlib.util.find_spec("sqlalchemy") is None:  # a server needs no database here
        return ()
    from sqlalchemy.exc import SQLAlchemyError

    return (SQLAlchemyError,)


def _started(client: Any, experiment: str, name: str, tags: Mapping[str, str]) -> str:
    return str(client.create_run(experiment, run_name=name, tags=dict(tags)).info.run_id)


def _written(client: Any, run: str, parameters: Mapping[str, str], measured: Mapping[str, float]) -> None:
    """Log everything of one run, in as few requests as MLflow allows."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    params = [Param(_accepted(name), value[:LONGEST_PARAMETER]) for name, value in parameters.items()]
    metrics = [Metric(_accepted(name), value, now, 0) for name, value in measured.items()]
    for some in _batched(params, MOST_PARAMETERS):
        client.log_batch(run, params=some)
    for some in _batched(metrics, MOST_METRICS):
        client.log_batch(run, metrics=some)


def _batched(items: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    """Yield the items in pieces of at most `most`."""
    yield from (items[at : at + most] for at in range(0, len(items), most))


def _accepted(name: str) -> str:
    return FORBIDDEN.sub("_", name)


def _parameters(row: TableRow, record: Record) -> dict[str, str]:
    given = record.spec.get("given", ())
    own = {
        "task": record.cell.task,
        "model": record.cell.model,
        "arm": row.arm,
        "seeds": " ".join(map(str, row.seeds)),
        "quantisation": row.quantisation,
        "fingerprints": " ".join(row.fingerprints),
        "given": " ".join(given),
        "commit": str(record.environment.get("commit", "")),
    }
    return settings(record) | own
