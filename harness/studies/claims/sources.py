"""What the claims of one task and model are read from: its experiment, its studies, and how more of them is run."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from harness.analysis.costs.horizon import Costing
from harness.analysis.costs.ledger import Ledger, ledger
from harness.analysis.costs.usage import Usage
from harness.analysis.headline import has_short_references
from harness.analysis.sections.comparable_usage import comparable_usage
from harness.studies.claims.effect import Gap
from harness.studies.data import StudyData
from harness.studies.data_kinds import has_documents, has_evidence
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.reading import SAME
from harness.studies.table import StudyTable
from harness.types import Example, Record

RESAMPLES: Final = 4_000
"""of the answers that costs are measured on"""
EXPERIMENT: Final = "experiment"
"""name of the source that is the experiment itself and no study"""
QUICK: Final = "quick"
"""budget of a study that trains on a part of the rows"""
OWN_KEYS: Final = frozenset(
    {"arm", "seed", "metric", "results", "store", "strict", "dry_run", "limit", "report", "audit"}
)
"""keys of a command line that say nothing about task, model and settings"""
OWN_GROUPS: Final = frozenset({"study", "timing", "tracker", "prices", "horizon"})


@dataclass(frozen=True)
class ExperimentSource:
    """The experiment of a task and model."""

    folder: Path
    """relative to the results"""
    data: StudyData
    """its records under one level"""
    costing: Costing | None
    """prices and use"""
    flags: tuple[str, ...] = ()
    """notes of its table that must be acted on, each in words"""

    @property
    def records(self) -> Mapping[str, tuple[Record, ...]]:
        """The records of each arm, one per seed, in the order of a table's rows."""
        level = self.data.levels[0]
        return {arm: self.data.records(level, arm) for arm in self.data.arms}

    @cached_property
    def usage(self) -> Mapping[str, Usage]:
        """What each arm used, as the table of costs has it."""
        return {one.arm: one for one in comparable_usage(self.records).used}

    @cached_property
    def ledgers(self) -> Mapping[str, Ledger]:
        """The costs of each arm; none without prices."""
        costing = self.costing
        return {} if costing is None else {arm: ledger(one, costing, RESAMPLES) for arm, one in self.usage.items()}


@dataclass(frozen=True)
class StudySource:
    """One study of the same task and model."""

    name: str
    folder: Path
    """relative to the results"""
    data: StudyData
    table: StudyTable
    budget: str
    """quick or full"""
    says: str
    """what its budget cannot tell; "" for a full one"""


Evaluating = Callable[[str], Evaluation]
"""preset of the decision card -> every arm of the experiment with its answers"""


@dataclass(frozen=True)
class Evidence:
    """All that was measured of one task and model with one choice of settings."""

    task: str
    model: str
    settings: str
    """what differs from the defaults; "" for nothing"""
    experiment: ExperimentSource | None
    studies: Mapping[str, StudySource]
    unreadable: tuple[str, ...] = ()
    """a line for each source that cannot be read"""
    evaluating: Evaluating | None = None
    """None: without an experiment there is no card"""
    cards: Mapping[str, str] = field(default_factory=dict)
    """preset -> page of its card, of those that were written, relative to the results"""

    def data(self, source: str) -> StudyData | Gap:
        """Return the records of the experiment or of a study; a gap where it was not run, or its control failed."""
        if source == EXPERIMENT:
            if self.experiment is None:
                return Gap("the experiment was not run", self.command())
            return self.experiment.data
        study = self.study(source)
        return study if isinstance(study, Gap) else study.data

    def study(self, name: str) -> StudySource | Gap:
        """Return a study; a gap where it was not run, or its control failed."""
        study = self.studies.get(name)
        if study is None:
            return Gap(f"study {name} was not run", self.command(name))
        if study.table.withheld:
            failed = " ".join(study.table.words)
            return Gap(failed[:1].lower() + failed[1:], self.command(name))
        return study

    def other_arms(self, study: str, arms: Iterable[str]) -> tuple[str, ...]:
        """Return a note for each of these arms that a study trained on far fewer rows than the experiment did.

        For the decision card these are other arms, too. Where the experiment was not run, nobody knows on how many rows
        it would be, so that an arm of a quick study is not taken for it either.
        """
        source = self.studies.get(study)
        found = () if source is None else (self._other(arm, source) for arm in dict.fromkeys(arms))
        return tuple(note for note in found if note)

    def _other(self, arm: str, study: StudySource) -> str:
        """Return how the arm of a study differs from that of the experiment in what it was trained on; "" if not."""
        theirs = study.data.rows_trained(arm)
        own = None if self.experiment is None else self.experiment.data.rows_trained(arm)
        if own and theirs and theirs < SAME * own:
            return f"{arm} was trained on {theirs:,} rows there and on {own:,} in the experiment: another arm"
        if own is None and theirs and study.budget == QUICK:
            return f"{arm} was trained on {theirs:,} rows in a quick study; on how many otherwise, no experiment shows"
        return ""

    def folder(self, source: str) -> Path | None:
        """Return the folder of the experiment or of a study, relative to the results."""
        own = self.experiment if source == EXPERIMENT else self.studies.get(source)
        return None if own is None else own.folder

    def command(self, study: str = "", **settings: Sequence[str]) -> str:
        """Return the command that runs the experiment, or a study.

        Args:
            study: its name; "" for the experiment.
            settings: key -> values of a list: arm=["base", "rag"].
        """
        words = ["make", "study", f"study={study}"] if study else ["make", "experiment"]
        lists = [f"{key}=[{','.join(values)}]" for key, values in settings.items()]
        return " ".join([*words, *map(shlex.quote, [*self._given, *lists])])

    def more_arms(self, *names: str) -> str:
        """Return the command that runs the experiment with some arms more."""
        there = () if self.experiment is None else self.experiment.data.arms
        return self.command(arm=list(dict.fromkeys([*there, *names])))

    def deciding(self, preset: str) -> str:
        """Return the command that makes the decision card with the answers of a preset."""
        return " ".join(["make decide", *map(shlex.quote, [*self._given, f"decision={preset}"])])

    @cached_property
    def examples(self) -> Sequence[Example]:
        """What was asked: of the experiment, or else of the first study."""
        return next((record.examples for record in self._records()), ())

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What the data have of `harness.studies.data_kinds.KINDS`."""
        found = set()
        if has_documents(self.examples, self._records()):
            found.add("documents")
        if has_evidence(self.examples):
            found.add("evidence")
        if any(not one.answerable for one in self.examples):
            found.add("unanswerable")
        if self.examples and not has_short_references(self.examples):
            found.add("style")
        return frozenset(found)

    @cached_property
    def _given(self) -> list[str]:
        """The words of a command line that choose task, model and settings."""
        given: Sequence[str] = next((one for record in self._records() if (one := record.spec.get("given"))), ())
        kept = [word for word in given if not _is_own(word)]
        return kept or [f"task={self.task}", f"model={self.model}"]

    def _records(self) -> Iterator[Record]:
        data = [] if self.experiment is None else [self.experiment.data]
        data += [one.data for one in self.studies.values()]
        yield from (record for one in data for records in one.cells.values() for record in records)


def _is_own(word: str) -> bool:
    key = word.lstrip("+").partition("=")[0]
    return key in OWN_KEYS or key.partition(".")[0] in OWN_GROUPS
