"""What criteria are measured by: the interface, and what a reading may read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, Protocol, runtime_checkable

from harness.analysis.comparison import ComparisonData
from harness.analysis.costs.ledger import Ledger, ledger
from harness.analysis.costs.usage import Usage
from harness.analysis.costs.usage_of_records import with_trials
from harness.analysis.headline import needs
from harness.analysis.metric_facts import FACTS
from harness.analysis.result import Section
from harness.analysis.roles import Role
from harness.analysis.sections.comparable_usage import comparable_usage
from harness.studies.data import StudyData
from harness.studies.data_kinds import has_documents, has_evidence
from harness.studies.decision.samples import RESAMPLES, ResampledValue, exact

Part = Literal["passages", "adapter"]
"""what an arm may do without"""
STUDY: Final = "study "
"""how what a study measured begins in words"""
SAME: Final = 0.9
"""share of the experiment's training rows from which on an adapter counts as the same"""


@dataclass(frozen=True, slots=True)
class StudyEvidence:
    """A study that was run beside the experiment."""

    data: StudyData
    """its records"""
    sections: tuple[Section, ...]
    """of its table, as its file has them"""
    withheld: bool = False
    """a control failed: nothing of it counts"""
    budget: str = ""
    """what its budget cannot tell; "" for one that can be relied on"""
    failed: Mapping[str, str] = field(default_factory=dict)
    """title of each control that failed -> what it found"""

    def rows(self, arm: str) -> int | None:
        """Return the most rows that an arm's adapter was trained on in it; None without one."""
        return self.data.rows_trained(arm)


@dataclass(frozen=True)
class DecisionData:
    """An experiment and the studies beside it."""

    source: ComparisonData
    """of the experiment, with prices and use"""
    studies: Mapping[str, StudyEvidence]
    """name -> study, of those that were run"""
    unread: tuple[str, ...] = ()
    """a line for each record or study that cannot be read"""

    @property
    def arms(self) -> tuple[str, ...]:
        """What can be chosen, from the simplest to the most complex: all arms but the controls."""
        return tuple(arm for arm, role in self.source.roles.items() if not role.control)

    @property
    def task(self) -> str:
        """Name of the task."""
        return self.source.records[self.source.arms[0]][0].cell.task

    @property
    def model(self) -> str:
        """Name of the model."""
        return self.source.records[self.source.arms[0]][0].cell.model

    def trained_rows(self, arm: str) -> int | None:
        """Return how many rows the arm's adapter was trained on in the experiment; None where that is not known."""
        training = self.usage[arm].training
        return None if training is None else training.rows

    def has(self, study: StudyEvidence, arm: str) -> bool:
        """Return whether a study asked the arm that the experiment has.

        An adapter that was trained on fewer than nine tenths of its rows (a study of budget quick) makes another arm.
        """
        own = self.trained_rows(arm) if self.source.roles[arm].adapted else None
        theirs = study.rows(arm)
        return own is None or theirs is None or theirs >= SAME * own

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What the data have of `harness.studies.data_kinds.KINDS`, as far as studies need it."""
        records = (record for own in self.source.records.values() for record in own)
        found = ["documents"] if has_documents(self.source.examples, records) else []
        return frozenset([*found, "evidence"] if has_evidence(self.source.examples) else found)

    @cached_property
    def deciding(self) -> str:
        """The metric that answers are measured by, as a study of these data chooses it; "" without one."""
        measured = [column.metric for column in self.source.columns]
        order = (*needs(self.source.examples)[0].metrics, *FACTS, *measured)
        return next((name for name in order if name in measured), "")

    @cached_property
    def usage(self) -> Mapping[str, Usage]:
        """Arm -> what it used of time, labels and storage."""
        records, trials = self.source.records, self.source.chosen.trials
        used = comparable_usage(records).used
        return {one.arm: with_trials(one, records[one.arm][0], trials) for one in used}

    @cached_property
    def ledgers(self) -> Mapping[str, Ledger]:
        """Arm -> what it costs, with as many resamples as every other measurement; empty without prices."""
        costing = self.source.costing
        return {} if costing is None else {arm: ledger(one, costing, RESAMPLES) for arm, one in self.usage.items()}


@dataclass(frozen=True, slots=True)
class Readout:
    """What a reading found."""

    samples: Mapping[str, ResampledValue]
    """arm -> its measurement; arms without one are left out"""
    said: str
    """what was measured, in a few words"""
    nothing_to_lose: tuple[str, ...] = ()
    """arms without a measurement since they are at chance, where a loss says nothing"""

    @property
    def study(self) -> str:
        """What measured it in words, where that was no plain experiment: "study hallucination"; else ""."""
        return self.said.partition(":")[0] if self.said.startswith(STUDY) else ""


@runtime_checkable
class CriterionReading(Protocol):
    """A frozen dataclass, named in conf/decision/criteria.yaml."""

    def read(self, data: DecisionData) -> Readout | None:
        """Return what was measured; None where nothing of it was."""
        ...

    def wanted(self, task: str) -> str:
        """Return what would measure it: a command, or what data lack."""
        ...


def with_structure(
    samples: Mapping[str, ResampledValue | None], roles: Mapping[str, Role], without: Mapping[Part, float]
) -> dict[str, ResampledValue]:
    """Return the measurements, and of arms without one what follows from what they lack: `without`, part -> value."""
    found: dict[str, ResampledValue] = {}
    for arm, sample in samples.items():
        lacking: dict[Part, bool] = {"passages": not roles[arm].retrieves, "adapter": not roles[arm].adapted}
        given = next((value for part, value in without.items() if lacking[part]), None)
        if sample is not None or given is not None:
            found[arm] = exact(given or 0.0) if sample is None else sample
    return found
