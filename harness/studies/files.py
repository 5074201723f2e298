"""What a study writes beside the records of its conditions, so that its table can be made again without it.

STUDY/study.json names the conditions, the folder of each, and which record answers for which arm: an arm whose answers
do not depend on what differs was asked once, and other conditions point to that record. The records themselves are
ordinary ones, in STUDY/conditions/NAME/records.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from harness.errors import StoreError
from harness.store.files import cell_file, fitting, short_hash, write_text
from harness.store.portable import portable
from harness.store.records import records
from harness.store.records.plain import restored
from harness.studies.data import Made, StudyData
from harness.studies.intervention import Condition
from harness.types import Example, Record

FILE: Final = "study.json"
CONDITIONS: Final = "conditions"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """Where the record of one arm and seed is."""

    arm: str
    seed: int
    """of the record, which may be another than the one that was asked for"""
    folder: str
    """of the condition that it was answered in, below the study's"""


@dataclass(frozen=True, slots=True)
class ConditionEntry:
    """One condition in a study's file."""

    name: str
    level: str
    draw: int
    settings: Mapping[str, Any]
    answered: tuple[Answered, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """arm -> why it makes no sense here"""
    failures: Mapping[str, str] = field(default_factory=dict)
    """arm -> why it has no record"""


@dataclass(frozen=True, slots=True)
class StudyFile:
    """What was run."""

    study: Mapping[str, Any]
    """its configuration"""
    task: str
    model: str
    conditions: tuple[ConditionEntry, ...]
    planned: int
    """conditions in all; fewer than that are listed while it runs, or when it was stopped"""

    @property
    def budget(self) -> str:
        """Quick or full."""
        return str(self.study.get("budget"))

    @property
    def says(self) -> str:
        """What its budget cannot tell; "" for a full one."""
        return str(self.study.get(self.budget, {}).get("says", ""))


def folder_of(condition: Condition) -> str:
    """Return the folder of a condition below the study's."""
    plain = "".join(sign if sign.isalnum() or sign in "=.,-" else "_" for sign in condition.name.replace("%", "pct"))
    name = plain if plain == condition.name else f"{plain[:80]}-{short_hash(condition.name)}"
    return f"{CONDITIONS}/{fitting(name)}"


def write(file: StudyFile, folder: Path) -> None:
    """Write a study's file; like a record it names no place of this machine.

    Raises:
        StoreError: the folder cannot be written.
    """
    text = json.dumps({"format": FORMAT, **portable(asdict(file))}, indent=1, ensure_ascii=False)
    write_text(folder / FILE, text + "\n")


def read(folder: Path) -> StudyFile:
    """Read a study's file.

    Raises:
        StoreError: it is missing, damaged or of a newer version.
    """
    path = folder / FILE
    try:
        entry = dict(json.loads(path.read_text(encoding="utf-8")))
        if entry.pop("format") > FORMAT:
            raise StoreError(f"{path}: written by a newer version; update Cutlery")
        return restored(StudyFile, entry)
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise StoreError(f"{path}: cannot be read ({error!r}); run the study again") from error


def load(folder: Path, file: StudyFile, metric: str | None) -> tuple[StudyData, Sequence[str]]:
    """Return the records of a study, and a line for each that cannot be read.

    Args:
        folder: of the study.
        file: what was run.
        metric: that answers are measured by; None: the first that decides.
    """
    alike: dict[bytes, Example] = {}
    return _load(folder, file, metric, lambda path: records.read(path, alike))


def load_scores(folder: Path, file: StudyFile) -> tuple[StudyData, Sequence[str]]:
    """Return the same without the answers (`records.read_scores`), for what needs scores alone; read once per process.

    Raises:
        StoreError: the study's file cannot be read.
    """
    return _scores(folder, made_from(folder, file))


@lru_cache(maxsize=16)
def _scores(folder: Path, checksum: str) -> tuple[StudyData, Sequence[str]]:
    """Return the records of the study whose file and records have this checksum."""
    file = read(folder)
    return _load(folder, file, file.study.get("metric"), records.read_scores)


def made_from(folder: Path, file: StudyFile) -> str:
    """Return a checksum of the study's file and of the records that it names.

    Raises:
        StoreError: the study's file cannot be read.
    """
    try:
        parts = [(folder / FILE).read_text(encoding="utf-8")]
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{folder / FILE}: cannot be read ({error})") from error
    parts += [records.checksum(path) for path in record_files(folder, file).values()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _load(
    folder: Path, file: StudyFile, metric: str | None, reading: Callable[[Path], Record]
) -> tuple[StudyData, Sequence[str]]:
    known: dict[Answered, Record | None] = {}
    broken: list[str] = []
    for answered, path in record_files(folder, file).items():
        try:
            known[answered] = reading(path)
        except StoreError as error:
            broken.append(str(error).removeprefix(f"{folder}/"))
    cells = {(entry.name, arm): _records(entry, arm, known) for entry in file.conditions for arm in _arms(entry)}
    made = tuple(Made(entry.name, entry.level, entry.draw, entry.settings) for entry in file.conditions)
    failures = {(entry.name, arm): why for entry in file.conditions for arm, why in entry.failures.items()}
    left_out = {(entry.name, arm): why for entry in file.conditions for arm, why in entry.left_out.items()}
    return StudyData(file.task, file.model, metric, made, cells, failures, left_out), broken


def record_files(folder: Path, file: StudyFile) -> dict[Answered, Path]:
    """Return where each record of a study is, each once."""
    named = dict.fromkeys(one for entry in file.conditions for one in entry.answered)
    return {one: cell_file(folder / one.folder / "records", one.arm, one.seed, ".jsonl") for one in named}


def _arms(entry: ConditionEntry) -> Sequence[str]:
    return list(dict.fromkeys(answered.arm for answered in entry.answered))


def _records(entry: ConditionEntry, arm: str, known: Mapping[Answered, Record | None]) -> tuple[Record, ...]:
    own = dict.fromkeys(one for one in entry.answered if one.arm == arm)
    return tuple(record for one in own if (record := known.get(one)) is not None)
