"""A study that `make recommend` could run: of which arms, what each would teach the card, and what that takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.roles import Role
from harness.analysis.stats.bootstrap import Floats
from harness.cli.config import compose_job
from harness.cli.old_names import key_of
from harness.cli.study_job import StudyJob
from harness.studies.control_needs import unmet_needs
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.reading import SAME
from harness.studies.recommend.earlier import EarlierStudy
from harness.studies.recommend.partial import read_of, with_needed
from harness.studies.recommend.price import StudyPrice, study_price

TAKES_AWAY: Final = {"quick": 0.95, "full": 0.99}
"""share of the variance of an unknown utility that a study takes away: of 1/12, sixty questions leave at most .25 / 60,
which is a twentieth"""
UNKNOWN_SECONDS: Final = 600.0
"""of a study of all arms where nobody can say (a server answers): what a quick one takes at most on two cores"""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PartialStudy:
    """A study of some arms."""

    arms: tuple[str, ...]
    seconds: float
    tokens: tuple[int, int]
    """that a server reads, and writes at most"""
    learns: Floats
    """shape (arms, criteria): share of the variance of each utility that it takes away"""


@dataclass(frozen=True)
class StudyOption:
    """One study with one budget.

    Args:
        study: its name.
        budget: quick or full.
        raw: the command line without arms.
        job: it with all arms that make sense.
        price: what each arm still needs.
    """

    study: str
    budget: str
    raw: tuple[str, ...]
    job: StudyJob
    price: StudyPrice

    @cached_property
    def earlier(self) -> EarlierStudy | None:
        """It as it was made before; None where it was not, or of other data, whose answers are not asked for now."""
        made = EarlierStudy.read(self.job.run.folder)
        asked = frozenset() if made is None else made.arms & self.price.asked
        return None if asked and asked <= self.price.todo else made

    @property
    def finished(self) -> frozenset[str]:
        """Arms that were asked before, under every condition."""
        return frozenset() if self.earlier is None else self.price.asked - self.price.todo

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Arm -> what it is made of, of those that some condition asks."""
        arms = self.job.run.base.arms
        return {name: arm.role for name, arm in arms.items() if name in self.price.asked}

    def seconds(self, arms: Sequence[str]) -> float:
        """Return what these arms take."""
        if self.price.known:
            return self.price.seconds(arms)
        return UNKNOWN_SECONDS * len(set(arms) & self.price.todo) / max(1, len(self.price.asked))

    def with_arms(self, arms: Sequence[str]) -> StudyJob:
        """Return it with these arms alone."""
        raw = [*self.raw, f"arm=[{','.join(arms)}]"]
        config, settings, given = compose_job(raw)
        return StudyJob(config, settings, given, raw)

    def parts(self, found: Evaluation, wanted: Flags, better: Floats) -> Iterator[PartialStudy]:
        """Yield the study of the arms most likely to be best, then of one more, and so on; each with what it teaches.

        Args:
            found: the card.
            wanted: what is unknown and could be learned, shape (arms, criteria).
            better: what it would add to criteria that another budget of it measured, shape (arms, criteria).
        """
        free, asked = free_of(found, self.study), self._asked(found)
        gains = np.where(wanted, TAKES_AWAY[self.budget], better)
        order = sorted(found.allowed, key=lambda place: -found.first[found.arms[place]])
        names = [found.arms[place] for place in order if (gains * asked)[place].any()]
        names = [name for name in names if name in self.price.todo]
        done, kept = set[frozenset[str]](), self._kept(found, free)
        for many in range(len(names) + 1):
            arms = self._whole({*names[:many], *kept})
            learns = gains * (free | (asked & np.isin(found.arms, list(arms))[:, np.newaxis]))
            if arms not in done and arms & self.price.todo and learns.any():
                done.add(arms)
                ordered = tuple(arm for arm in self.roles if arm in arms)
                yield PartialStudy(ordered, self.seconds(ordered), self.price.tokens(ordered), learns)

    @property
    def unmet(self) -> list[str]:
        """What its controls look at and would not get even with all arms that were chosen, a sentence each."""
        study = self.job.run.study
        found = unmet_needs(study.controls, study.conditions(), self.price.asked_under, self.roles)
        return [one.text for one in found]

    def left_open(self, found: Evaluation, wanted: Flags) -> Flags:
        """Return what stayed unknown of the arms that were asked before, shape (arms, criteria).

        Args:
            found: the card.
            wanted: what is unknown and could be learned.
        """
        finished = np.isin(found.arms, list(self.finished))
        flags: Flags = wanted & self._asked(found) & finished[:, np.newaxis]
        return flags

    def _kept(self, found: Evaluation, free: Flags) -> set[str]:
        """Return arms that must be among those asked, or the card would lose them: those that the study has."""
        held = said_by(found, self.study) & ~found.unknown & ~free
        return set(self.finished) | {arm for at, arm in enumerate(found.arms) if held[at].any() and arm in self.roles}

    def _whole(self, arms: set[str]) -> frozenset[str]:
        seconds = {arm: self.seconds([arm]) for arm in self.roles}
        return with_needed(arms, self.job.run.study, self.price.asked_under, self.roles, seconds)

    def _asked(self, found: Evaluation) -> Flags:
        """Return what it would say something of, shape (arms, criteria).

        An adapter that is trained on a part of its rows is another arm.
        """
        conditions = self.job.run.conditions()
        same = [arm in self.roles and self._trains_the_same(found, arm) for arm in found.arms]
        flags = np.tile(np.array(same)[:, np.newaxis], (1, len(found.criteria)))
        for at, name in enumerate(found.criteria):
            arms = read_of(found.decision.criteria[name].readings, self.study, conditions)
            flags[:, at] &= True if arms is None else np.isin(found.arms, list(arms))
        return flags

    def _trains_the_same(self, found: Evaluation, arm: str) -> bool:
        most, rows = self.job.run.study.chosen.examples.get("train"), found.measured.trained_rows.get(arm)
        return most is None or rows is None or most >= SAME * rows


def study_option(study: str, budget: str, overrides: Sequence[str]) -> StudyOption:
    """Return a study of the task and model of a command line.

    Raises:
        CutleryError: it makes no sense for these data.
    """
    quick = [f"study.budget={budget}"] if budget == "quick" else []
    raw = [*(line for line in overrides if key_of(line) != "arm"), f"study={study}", *quick]
    arms = [line for line in overrides if key_of(line) == "arm"]
    config, settings, given = compose_job([*raw, *arms])
    job = StudyJob(config, settings, given, [*raw, *arms])
    return StudyOption(study, budget, tuple(raw), job, study_price(job.run))


def named_by(found: Evaluation, study: str) -> Flags:
    """Return which criteria a study measures that have a weight or a limit, shape (criteria,)."""
    limits = found.decision.limits_set()
    return np.array([
        bool(_of(found.decision.criteria[name].readings, study)) and (found.weights[at] > 0.0 or name in limits)
        for at, name in enumerate(found.criteria)
    ])  # fmt: skip


def unknown_by(found: Evaluation, study: str) -> Flags:
    """Return what is unknown and a study would measure, shape (arms, criteria); only what has a weight or a limit."""
    wanted: Flags = found.unknown & named_by(found, study)
    return wanted


def learnable_by(found: Evaluation, study: str) -> Flags:
    """Return of `unknown_by` what a run may show: nothing of an arm that has nothing to lose, shape (arms, criteria).

    What follows from what an arm is made of counts as known once another arm is measured, and not before.
    """
    lost = found.measured.nothing_to_lose
    hopeless = np.array([[arm in lost.get(name, ()) for name in found.criteria] for arm in found.arms])
    flags: Flags = unknown_by(found, study) & ~hopeless
    measured = np.array([name in found.measured.readouts for name in found.criteria])
    flags &= (flags & ~free_of(found, study)).any(axis=0) | measured
    return flags


def free_of(found: Evaluation, study: str) -> Flags:
    """Return what follows from what an arm is made of once another arm is measured, shape (arms, criteria)."""
    readings = [_of(found.decision.criteria[name].readings, study) for name in found.criteria]
    parts = [{part for one in own for part in one.without} for own in readings]
    lacks = {arm: _lacking(found.measured.roles[arm]) for arm in found.arms}
    return np.array([[bool(own & lacks[arm]) for own in parts] for arm in found.arms])


def said_by(found: Evaluation, study: str) -> Flags:
    """Return which criteria were read off a study, shape (criteria,)."""
    said = [found.measured.readouts[name].said if name in found.measured.readouts else "" for name in found.criteria]
    return np.array([text.startswith(f"study {study}:") for text in said])


def _of(readings: Sequence[Any], study: str) -> list[Any]:
    return [one for one in readings if getattr(one, "study", "") == study]


def _lacking(role: Role) -> set[str]:
    return {part for part, has in (("passages", role.retrieves), ("adapter", role.adapted)) if not has}
