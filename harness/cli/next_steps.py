"""What `make recommend` could run next: studies and training seeds, what they would teach and what they take."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.cli.config import compose_job
from harness.cli.decide import studies_named, study_folders
from harness.cli.job import ExperimentJob
from harness.cli.study_job import StudyJob
from harness.cli.study_option import (
    UNKNOWN_SECONDS,
    Flags,
    PartialStudy,
    StudyOption,
    learnable_by,
    named_by,
    said_by,
    study_option,
    unknown_by,
)
from harness.errors import CutleryError
from harness.studies import files
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.plain_readings import MetricMean
from harness.studies.recommend.earlier import EarlierStudy
from harness.studies.recommend.knowledge import LearningStep, knowledge_of
from harness.studies.recommend.price import run_price

SEED_SPREAD: Final = 0.05
"""standard deviation that another training seed moves an adapted arm's metrics by, in utility: assumed, as with one
seed nobody has seen it"""
MORE_SEEDS: Final = (1, 2, 3, 4)
SHORTEST: Final = 1.0
"""minutes that a full study takes at least: one that would not be worth them is not even looked at"""

Job = StudyJob | ExperimentJob


@dataclass(frozen=True, slots=True)
class SeedOption:
    """Another training seed, looked at once."""

    job: ExperimentJob
    seconds: float
    tokens: tuple[int, int]
    """that a server reads, and writes at most"""


@dataclass
class OptionList:
    """All that can be run for one task and model.

    Args:
        overrides: of the command line, the decision among them.
        money: price of seconds of this machine and of tokens that a server reads and writes.
        folder: of the experiment's results.
        least: utility that a minute is worth.
    """

    overrides: Sequence[str]
    money: Callable[[float, int, int], float]
    folder: Path
    least: float
    pace: float = 1.0
    """seconds that steps took over those that were forecast"""
    tried: dict[str, str] = field(default_factory=dict)
    """step that was made in this call -> why it gave nothing; "" for one that went well"""
    not_possible: dict[str, str] = field(default_factory=dict)
    """study or seed -> why it cannot be made, or teaches nothing more"""
    silent: set[tuple[str, str]] = field(default_factory=set)
    """study and criterion that it was bought for in this call, and that it taught nothing about"""
    _looked: dict[str, Any] = field(default_factory=dict)
    _offered: dict[str, Callable[[], Job]] = field(default_factory=dict)

    def job(self, name: str) -> Job:
        """Return the experiment or study of a step that was offered; it is looked at anew afterwards."""
        self._looked.pop(name.partition(" arm=")[0], None)
        return self._offered[name]()

    def steps(self, found: Evaluation) -> list[LearningStep]:
        """Return what could be learned now, each with its price."""
        self._offered.clear()
        studies = sorted(studies_named(found.decision))
        return [*(step for study in studies for step in self._studies(found, study)), *self._seeds(found)]

    def _studies(self, found: Evaluation, study: str) -> Iterator[LearningStep]:
        there, nothing = self._budget_there(study), np.zeros(found.unknown.shape)
        wanted = self._wanted(found, study, there)
        if wanted.any() and there != "full":
            yield from self._parts(found, study, "quick", wanted, nothing)
        better = self._better(found, study) if there == "quick" else nothing
        if self._may_be_worth_it(found, np.where(wanted, 1.0, better)):
            yield from self._parts(found, study, "full", wanted, better)

    def _wanted(self, found: Evaluation, study: str, there: str) -> Flags:
        """Return what is unknown and the study could show, shape (arms, criteria); why not is kept to be said."""
        unknown, wanted = unknown_by(found, study), learnable_by(found, study)
        for name in (name for at, name in enumerate(found.criteria) if (unknown & ~wanted)[:, at].any()):
            if why := found.measured.unmeasurable.get(name):
                self.not_possible[f"study={study}"] = why
        made = self._option(study, there) if there else None
        left = np.zeros(wanted.shape, dtype=bool) if made is None else made.left_open(found, wanted)
        silent = np.array([(study, name) in self.silent for name in found.criteria])
        silent |= left.any(axis=0) & ~said_by(found, study)  # else arms that were not asked may have a value, as others
        never = wanted & (silent | left)
        if never.any() and not self._mended(study, made):
            wanted &= ~never
            for name in (name for at, name in enumerate(found.criteria) if never[:, at].any()):
                self.not_possible[f"study={study}, for {name}"] = f"it was made before, and {why_silent(found, name)}"
        return wanted

    def _mended(self, study: str, made: StudyOption | None) -> bool:
        """Return whether a study that does not count would count the next time: arms are added, or more is trained."""
        earlier = None if made is None else made.earlier
        if made is None or earlier is None or not earlier.failed:
            return False
        offered = [option for budget in ("quick", "full") if (option := self._option(study, budget)) is not None]
        return any(not option.unmet and not self._fails_again(option, earlier) for option in offered)

    def _fails_again(self, option: StudyOption, earlier: EarlierStudy) -> str:
        return earlier.fails_again(option.job.run.study, option.roles)

    def _option(self, study: str, budget: str) -> StudyOption | None:
        subject = f"study={study} study.budget={budget}"
        found: StudyOption | None = self._look(subject, partial(study_option, study, budget, self.overrides))
        return found

    def _parts(
        self, found: Evaluation, study: str, budget: str, wanted: Flags, better: Floats
    ) -> Iterator[LearningStep]:
        subject, option = f"study={study} study.budget={budget}", self._option(study, budget)
        if option is None:
            return
        if why := self._against(option, study):
            self.not_possible[subject] = why
            return
        for part in option.parts(found, wanted, better):
            name = f"{subject} arm=[{','.join(part.arms)}]"
            if name not in self.tried:
                self._offered[name] = partial(option.with_arms, part.arms)
                yield self._study_step(name, study, part)

    def _against(self, option: StudyOption, study: str) -> str:
        """Return why nothing of a study would count, so that it is not bought; "" where it may."""
        if option.unmet:
            return f"a control would fail: {option.unmet[0]}"
        there = self._budget_there(study)
        made = self._option(study, there) if there else None
        return "" if made is None or made.earlier is None else self._fails_again(option, made.earlier)

    def _study_step(self, name: str, study: str, part: PartialStudy) -> LearningStep:
        seconds = part.seconds * self.pace
        money = self.money(seconds, *part.tokens)
        return LearningStep(name, seconds, money, part.learns, np.zeros_like(part.learns), study)

    def _budget_there(self, study: str) -> str:
        """Return the budget of the study that the card reads; "" without one."""
        place = study_folders(self.folder, [study]).get(study)
        return "" if place is None else str(files.read(place).study.get("budget"))

    def _better(self, found: Evaluation, study: str) -> Floats:
        """Return the share of the variance that all questions take away of what a part of them showed."""
        option = self._option(study, "quick")
        share = 0.0
        if option is not None:
            asked, whole = option.job.run.study.chosen.examples.get("test"), option.job.run.base.task.examples("test")
            share = 0.0 if asked is None else max(0.0, 1.0 - asked / max(1, len(whole)))
        better: Floats = share * (said_by(found, study) & named_by(found, study) & ~found.unknown).astype(np.float64)
        return better

    def _may_be_worth_it(self, found: Evaluation, learns: Floats) -> bool:
        step = LearningStep("", 0.0, 0.0, learns, np.zeros_like(learns), "")
        return bool(learns.any()) and knowledge_of(found).worth([step]) > SHORTEST * self.least

    def _seeds(self, found: Evaluation) -> Iterator[LearningStep]:
        """Yield the next training seed, if an arm that can be chosen is trained."""
        adapted = np.array([found.measured.roles[arm].adapted for arm in found.arms])
        if not adapted[found.allowed].any():
            return
        for seed in MORE_SEEDS:
            name = f"seed={seed}"
            option = None if name in self.tried else self._look(name, partial(self._seed, seed))
            if option is not None:
                moved = SEED_SPREAD * np.sqrt(1.0 / seed - 1.0 / (seed + 1))
                hidden = moved * (adapted[:, np.newaxis] & _of_metrics(found))
                self._offered[name] = partial(_same, option.job)
                seconds = option.seconds * self.pace
                money = self.money(seconds, *option.tokens)
                yield LearningStep(name, seconds, money, np.zeros(hidden.shape), hidden, name)
                return

    def _look(self, name: str, make: Callable[[], Any]) -> Any:
        """Return a step that can be made, composed and priced once; what stands against it is kept to be said."""
        if name not in self._looked:
            try:
                made = make()
            except CutleryError as error:
                made = str(error)
            if isinstance(made, str):
                self.not_possible[name] = made
            self._looked[name] = None if isinstance(made, str) else made
        return self._looked[name]

    def _seed(self, seed: int) -> SeedOption | str:
        config, settings, given = compose_job([*self.overrides, f"seed={seed}", "timing=off"])
        job = ExperimentJob(config, settings, given)
        if all(cell.record is not None for cell in job.run.cells):
            return "it was made before"
        price = run_price(job.run)
        seconds = price.seconds(price.asked) if price.known else UNKNOWN_SECONDS
        return SeedOption(job, seconds, price.tokens(price.asked))


def _same(job: ExperimentJob) -> Job:
    return job


def why_silent(found: Evaluation, criterion: str) -> str:
    """Return why a study that was made teaches nothing of a criterion, in words that follow "and"."""
    title = found.decision.criteria[criterion].title
    why = found.measured.unmeasurable.get(criterion) or "it shows no value of these arms"
    return f"taught nothing about {title}: {why}"


def _of_metrics(found: Evaluation) -> Flags:
    """Return which criteria are means of the experiment's metrics, shape (criteria,)."""
    return np.array(
        [
            name in found.measured.readouts
            and any(isinstance(reading, MetricMean) for reading in found.decision.criteria[name].readings)
            for name in found.criteria
        ]
    )
