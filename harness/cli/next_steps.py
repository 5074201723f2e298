"""What `make recommend` could run next: quick studies and training seeds, what they would teach and what they take."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.stats.bootstrap import Floats
from harness.cli.config import compose_job
from harness.cli.decide import studies_named
from harness.cli.job import ExperimentJob
from harness.cli.study_job import StudyJob
from harness.cli.study_tables import is_study
from harness.errors import CutleryError
from harness.studies import files
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.plain_readings import MetricMean
from harness.studies.decision.reading import SAME
from harness.studies.plan import plan
from harness.studies.recommend.knowledge import LearningStep
from harness.studies.recommend.price import seconds_of, study_seconds

QUICK: Final = 0.95
"""share of the variance of an unknown utility that a quick study takes away: of 1/12, sixty questions leave at most
.25 / 60, which is a twentieth"""
SEED_SPREAD: Final = 0.05
"""standard deviation that another training seed moves an adapted arm's metrics by, in utility: assumed, as with one
seed nobody has seen it"""
MORE_SEEDS: Final = (1, 2)
UNKNOWN_SECONDS: Final = 600.0
"""of a quick study where nobody can say (a server answers): what a quick budget takes at most on two cores"""

Job = StudyJob | ExperimentJob
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NextOption:
    """A study or a seed, looked at once."""

    name: str
    job: Job
    seconds: float


@dataclass
class OptionList:
    """All that can be run for one task and model.

    Args:
        overrides: of the command line, the decision among them.
        per_second: price of a second of this machine; 0 where it is not known.
    """

    overrides: Sequence[str]
    per_second: float
    tried: dict[str, str] = field(default_factory=dict)
    """step that was made in this call -> why it gave nothing; "" for one that went well"""
    not_possible: dict[str, str] = field(default_factory=dict)
    """step -> why it cannot be made, or teaches nothing more"""
    _looked: dict[str, NextOption | None] = field(default_factory=dict)

    def job(self, name: str) -> Job:
        """Return the experiment or study of a step that was offered."""
        option = self._looked[name]
        assert option is not None
        return option.job

    def steps(self, found: Evaluation) -> list[LearningStep]:
        """Return what could be learned now, each with its price."""
        return [*self._studies(found), *self._seeds(found)]

    def _studies(self, found: Evaluation) -> Iterator[LearningStep]:
        for study in sorted(studies_named(found.decision)):
            name = f"study={study}"
            unknown = unknown_by(found, study)
            if name in self.tried or not unknown.any():
                continue
            option = self._look(name, partial(self._study, study))
            if option is None or not isinstance(option.job, StudyJob):
                continue
            asked = np.array([_teaches(option.job, found, arm) for arm in found.arms])
            learns = QUICK * (unknown & asked[:, np.newaxis])
            if learns.any():
                yield self._step(option, learns, np.zeros_like(learns))

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
                yield self._step(option, np.zeros(hidden.shape), hidden)
                return

    def _step(self, option: NextOption, learns: Floats, hidden: Floats) -> LearningStep:
        return LearningStep(option.name, option.seconds, option.seconds * self.per_second, learns, hidden)

    def _look(self, name: str, make: Callable[[], NextOption | str]) -> NextOption | None:
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

    def _study(self, study: str) -> NextOption | str:
        """Return a quick study with what it takes, or why it would teach nothing.

        Its folder is the one beside the experiment, where decide looks: the budget is no setting of the experiment.
        """
        raw = [*self.overrides, f"study={study}", "study.budget=quick"]
        config, _, given = compose_job(raw)
        job = StudyJob(config, compose_job(self.overrides)[1], given, raw)
        if is_study(job.run.folder) and files.read(job.run.folder).study.get("budget") == "full":
            return f"a full one is there and left something open; make study study={study} goes on with it"
        if plan(job.run).complete:
            return "it was made before and left something open: a control that failed, or arms that it does not ask"
        seconds = study_seconds(job.run)
        return NextOption(f"study={study}", job, UNKNOWN_SECONDS if seconds is None else seconds)

    def _seed(self, seed: int) -> NextOption | str:
        config, settings, given = compose_job([*self.overrides, f"seed={seed}", "timing=off"])
        job = ExperimentJob(config, settings, given)
        if all(cell.record is not None for cell in job.run.cells):
            return "it was made before"
        seconds = seconds_of(job.run, job.run.cells, {""})
        return NextOption(f"seed={seed}", job, UNKNOWN_SECONDS if seconds is None else seconds)


def _teaches(job: StudyJob, found: Evaluation, arm: str) -> bool:
    """Return whether a study asks an arm as it is: an adapter that is trained on a part of its rows is another one."""
    most, rows = job.run.study.chosen.examples.get("train"), found.measured.trained_rows.get(arm)
    return arm in job.run.base.arms and (most is None or rows is None or most >= SAME * rows)


def unknown_by(found: Evaluation, study: str) -> Flags:
    """Return what is unknown and a study would measure, shape (arms, criteria); only what has a weight or a limit."""
    limits: Mapping[str, float] = found.decision.limits_set()
    named = [
        any(getattr(reading, "study", "") == study for reading in found.decision.criteria[name].readings)
        and (found.weights[at] > 0.0 or name in limits)
        for at, name in enumerate(found.criteria)
    ]
    wanted: Flags = found.unknown & np.array(named)
    return wanted


def _of_metrics(found: Evaluation) -> Flags:
    """Return which criteria are means of the experiment's metrics, shape (criteria,)."""
    return np.array(
        [
            name in found.measured.readouts
            and any(isinstance(reading, MetricMean) for reading in found.decision.criteria[name].readings)
            for name in found.criteria
        ]
    )
