"""Files that a run writes next to its records, so that its table can be made again without the run.

`last-run.json` says what was compared; `<arm>,seed=N.refused.json` says why a cell has no record. When a cell
succeeds, its refusal is deleted.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from harness.errors import StoreError
from harness.machine.measured import Trial
from harness.store.files import cell_file, unwritable, write_text
from harness.store.portable import portable
from harness.store.records.plain import restored
from harness.store.spec import digest
from harness.types import Cell

FILE: Final = "last-run.json"
REFUSED: Final = ".refused.json"


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the last run in a folder compared."""

    comparison: str
    """as in its records"""
    settings: Mapping[str, str]
    """arm -> digest of its settings; also arms of earlier runs of the same comparison"""
    metrics: Mapping[str, Mapping[str, Any]]
    """metric name -> what its numbers mean, as in the records"""
    trials: tuple[Trial, ...] = ()
    """trainings and indexes of this model and task that the store held, including those of these arms"""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """arm that nobody named and that cannot be run -> what the data lack for it"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell of the run that has no record."""

    cell: Cell
    """which"""
    reason: str
    """why"""
    fingerprint: str
    """of the record that it should have had"""
    comparison: str
    """that it should have taken part in"""


def settings_of(spec: Mapping[str, Any]) -> str:
    """Return the digest of what all seeds of one arm share: a cell's specification without its seeds."""
    return digest(_without_seed(spec))


def write(run: LastRun, folder: Path) -> None:
    """Write the file; arms of the previous run are kept in it if that run compared the same.

    Raises:
        StoreError: the folder cannot be written.
    """
    before = read(folder)
    same = before if before is not None and before.comparison == run.comparison else None
    settings = {**(same.settings if same else {}), **run.settings}
    left_out = {**(same.left_out if same else {}), **run.left_out}
    kept = {arm: why for arm, why in left_out.items() if arm not in settings}
    write_text(folder / FILE, _text({**asdict(run), "settings": settings, "left_out": kept}))


def read(folder: Path) -> LastRun | None:
    """Return what the last run compared; None if there is no readable file."""
    try:
        return restored(LastRun, _entry(folder / FILE))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def refuse(refusal: Refusal, folder: Path) -> None:
    """Write the reason next to the records.

    Raises:
        StoreError: the folder cannot be written.
    """
    write_text(_path(refusal.cell, folder), _text({**asdict(refusal), "reason": portable(refusal.reason)}))


def clear_failure(cell: Cell, folder: Path) -> None:
    """Delete the refusal that an earlier run wrote for this cell.

    Raises:
        StoreError: the folder cannot be written.
    """
    path = _path(cell, folder)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def refusals(folder: Path) -> Sequence[Refusal]:
    """Return the refusals in a folder of records, in the order of their names.

    Raises:
        StoreError: one cannot be read.
    """
    return [_refusal(path) for path in sorted(folder.glob(f"*{REFUSED}"))]


def _refusal(path: Path) -> Refusal:
    try:
        return restored(Refusal, _entry(path))
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise StoreError(f"{path}: cannot be read ({error!r}); delete it or run the experiment again") from error


def _path(cell: Cell, folder: Path) -> Path:
    return cell_file(folder, cell.arm, cell.seed, REFUSED)


def _entry(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _text(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, indent=1) + "\n"


def _without_seed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_seed(item) for key, item in value.items() if key != "seed"}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_seed(item) for item in value]
    return value
