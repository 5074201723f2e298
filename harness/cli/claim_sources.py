"""Folders of results to the evidence of claims: experiments, and the studies beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.analysis.costs.horizon import Costing
from harness.analysis.guards.registry import sound
from harness.analysis.selection import SelectedRecords
from harness.analysis.table import flags_of
from harness.cli import decide, study_tables
from harness.cli.chosen import chosen_records
from harness.cli.config import compose
from harness.cli.folders import STUDIES, result_folders, without_study_settings
from harness.errors import CutleryError
from harness.studies import files
from harness.studies.claims.sources import Evaluating, Evidence, ExperimentSource, StudySource
from harness.studies.data import Made, StudyData
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.measured import measure

LEVEL: Final = "the experiment"
PLAIN: Final = 2
"""parts of a folder's name without settings: task and model"""


@dataclass(frozen=True, slots=True)
class ExperimentPlace:
    """The folders of one task, model and settings."""

    base: Path
    """of the experiment, relative to the results; it may hold no experiment"""
    folders: tuple[Path, ...]
    """that studies are looked for in, relative to the results: the base first, then those of settings of a study"""

    @property
    def settings(self) -> str:
        """What differs from the defaults; "" for nothing."""
        return "/".join(self.base.parts[PLAIN:])


def places(root: Path) -> list[ExperimentPlace]:
    """Return every task, model and settings that an experiment or a study was run with, in the order of their names."""
    studies = (folder.parent.parent for folder in study_tables.study_folders(root))
    found: dict[Path, list[Path]] = {}
    for folder in sorted({*result_folders(root), *studies}):
        below = folder.relative_to(root)
        found.setdefault(without_study(below), []).append(below)
    return [
        ExperimentPlace(base, tuple(sorted(own, key=lambda one: (one != base, one))))
        for base, own in sorted(found.items())
    ]


def without_study(folder: Path) -> Path:
    """Return the folder of the experiment that a study beside it belongs to.

    A study with settings of its own (study.budget=quick) lies in a folder that is named after them; they change nothing
    of the experiment.
    """
    if len(folder.parts) <= PLAIN:
        return folder
    kept = without_study_settings(folder.name)
    return folder.with_name(",".join(kept)) if kept else folder.parent


def defaults(found: Sequence[ExperimentPlace]) -> list[ExperimentPlace]:
    """Return the places without settings; of a task and model that has none of these all of its places."""
    plain = {place.base for place in found if not place.settings}
    return [place for place in found if not place.settings or place.base.parent not in plain]


def evidence(root: Path, place: ExperimentPlace, money: Costing, broken: list[str]) -> Evidence | None:
    """Return what a place holds; None where nothing of it can be read.

    Args:
        root: the folder of results.
        place: relative to it.
        money: prices and use.
        broken: gets a line for each thing that cannot be read.
    """
    unreadable: list[str] = []
    chosen = _chosen(root / place.base, unreadable)
    experiment = None if chosen is None else _experiment(place.base, chosen, money)
    studies = _studies(root, place, unreadable)
    broken += [f"{place.base}: {line}" for line in unreadable]
    data = experiment.data if experiment is not None else next((one.data for one in studies.values()), None)
    if data is None:
        return None
    evaluating = None if chosen is None else _evaluating(root / place.base, chosen, money)
    cards = sorted((root / place.base / decide.GROUP).glob("*.md"))
    named = {path.stem: path.relative_to(root).as_posix() for path in cards}
    return Evidence(data.task, data.model, place.settings, experiment, studies, tuple(unreadable), evaluating, named)


def _chosen(folder: Path, unreadable: list[str]) -> SelectedRecords | None:
    """Return the records of the experiment in a folder; None without any."""
    if not (folder / "records").is_dir():
        return None
    try:
        chosen, left_out = chosen_records(folder)
        unreadable += left_out
        return sound(chosen)
    except CutleryError as error:
        unreadable.append(str(error))
        return None


def _experiment(folder: Path, chosen: SelectedRecords, money: Costing) -> ExperimentSource:
    cells = {(LEVEL, arm): records for arm, records in chosen.arms.items()}
    cell = next(iter(chosen.arms.values()))[0].cell
    data = StudyData(cell.task, cell.model, None, (Made(LEVEL, LEVEL, 0, {}),), cells, {})
    return ExperimentSource(folder, data, money, tuple(f"{one.topic}: {one.text}" for one in flags_of(chosen)))


def _evaluating(folder: Path, chosen: SelectedRecords, money: Costing) -> Evaluating:
    """Return what makes the decision card of the same records, with the answers of a preset."""

    def evaluated(preset: str) -> Evaluation:
        decision = decide.decision_of(compose([f"+{decide.GROUP}={preset}"]), preset)
        return Evaluation(measure(decide.data_from(folder, chosen, (), decision, money), decision), decision)

    return evaluated


def _studies(root: Path, place: ExperimentPlace, unreadable: list[str]) -> dict[str, StudySource]:
    """Return the studies of a place by name; of one that was run several times the one that counts, if it is whole."""
    found: dict[str, StudySource] = {}
    every = (path.parent for folder in place.folders for path in (root / folder / STUDIES).glob(f"*/{files.FILE}"))
    for folder in study_tables.in_order(every):
        if folder.name not in found and (study := _study(root, folder, unreadable)) is not None:
            found[folder.name] = study
    return dict(sorted(found.items()))


def _study(root: Path, folder: Path, unreadable: list[str]) -> StudySource | None:
    """Return the study in a folder; None, and a line, where it cannot be read."""
    try:
        file, data, table = study_tables.shown(folder)
    except CutleryError as error:
        unreadable.append(str(error))
        return None
    return StudySource(folder.name, folder.relative_to(root), data, table, file.budget, file.says)
