"""A world whose best arm is known: an experiment that shows some of the true utilities, studies that show the rest."""

from dataclasses import dataclass, field

import numpy as np

from harness.analysis.roles import Role
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.measured import Measured
from harness.studies.decision.reading import Readout
from harness.studies.decision.samples import RESAMPLES, ResampledValue
from harness.studies.recommend.chooser import SECONDS, SpendingRule, advise
from harness.studies.recommend.knowledge import LearningStep, knowledge_of
from tests.harness.records import ROLES
from tests.harness.studies.decision.cards import criterion, decision

ARMS = ("base", "rag", "qlora", "hybrid", "raft")
PLAIN = tuple(f"plain{n}" for n in range(8))
STUDIES = tuple(f"study{n}" for n in range(6))
NAMES = (*PLAIN, *STUDIES)
NOISE = {"plain": 0.03, "study": 0.05}
EXPERIMENT = 600.0
"""seconds"""


@dataclass
class World:
    """One user, one task, the truth, and what was paid so far."""

    seed: int
    clear: float
    """least lead of the best arm"""
    paid: float = EXPERIMENT
    shown: dict = field(default_factory=dict)

    def __post_init__(self):
        self.random = np.random.default_rng(self.seed)
        self.weights, self.truth = self._drawn()
        while np.diff(np.sort(self.totals()))[-1] < self.clear:
            self.weights, self.truth = self._drawn()
        self.seconds = dict(zip(STUDIES, np.exp(self.random.uniform(np.log(120), np.log(1200), 6)), strict=True))
        for name in PLAIN:
            self.show(name)

    def _drawn(self):
        return self.random.dirichlet(np.full(len(NAMES), 1.0)), self.random.random((len(ARMS), len(NAMES)))

    def totals(self):
        return self.truth @ self.weights

    @property
    def best(self):
        return ARMS[int(np.argmax(self.totals()))]

    @property
    def everything(self):
        """What all studies cost together with the experiment, each of them once and quick."""
        return EXPERIMENT + sum(self.seconds.values())

    def show(self, name):
        """Measure a criterion of every arm, with the noise of its kind."""
        spread = NOISE[name[:5]]
        means = self.truth[:, NAMES.index(name)] + self.random.normal(0.0, spread, len(ARMS))
        draws = means[:, None] + self.random.normal(0.0, spread, (len(ARMS), RESAMPLES))
        samples = {arm: ResampledValue(float(means[at]), draws[at]) for at, arm in enumerate(ARMS)}
        self.shown[name] = Readout(samples, name)

    def known(self):
        weights = dict(zip(NAMES, self.weights.tolist(), strict=True))
        made = decision({name: criterion() for name in NAMES}, weights=weights, draws=1_000, concentration=300.0)
        roles = {arm: Role(**ROLES.get(arm, {})) for arm in ARMS}
        wanted = {name: "make study" for name in NAMES if name not in self.shown}
        return Evaluation(Measured("own", "tiny", roles, "", self.shown, wanted), made)

    def steps(self):
        for name in STUDIES:
            if name not in self.shown:
                learns = np.zeros((len(ARMS), len(NAMES)))
                learns[:, NAMES.index(name)] = 0.95
                yield LearningStep(name, self.seconds[name], 0.0, learns, np.zeros_like(learns))

    def recommend(self, budget=float("inf")):
        """Run what is advised until it stops; return the arm and why it stopped."""
        rule = SpendingRule(SECONDS)
        while True:
            found = self.known()
            said = advise(knowledge_of(found), list(self.steps()), budget - self.paid, rule)
            if said.step is None:
                return ARMS[found.recommended], said.reason
            self.show(said.step.name)
            self.paid += said.step.seconds
