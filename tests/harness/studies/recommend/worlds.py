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
STARTS = 0.1
"""share of a study's price that is paid however few arms it asks"""


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
        self.shares = dict(zip(STUDIES, self.random.dirichlet(np.full(len(ARMS), 3.0), 6), strict=True))
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

    def show(self, name, arms=ARMS):
        """Measure a criterion of some arms, with the noise of its kind; what is known of others stays."""
        spread = NOISE[name[:5]]
        means = self.truth[:, NAMES.index(name)] + self.random.normal(0.0, spread, len(ARMS))
        draws = means[:, None] + self.random.normal(0.0, spread, (len(ARMS), RESAMPLES))
        before = dict(self.shown[name].samples) if name in self.shown else {}
        new = {arm: ResampledValue(float(means[at]), draws[at]) for at, arm in enumerate(ARMS) if arm in arms}
        self.shown[name] = Readout(before | new, name)

    def known(self):
        weights = dict(zip(NAMES, self.weights.tolist(), strict=True))
        made = decision({name: criterion() for name in NAMES}, weights=weights, draws=1_000, concentration=300.0)
        roles = {arm: Role(**ROLES.get(arm, {})) for arm in ARMS}
        wanted = {name: "make study" for name in NAMES if name not in self.shown}
        return Evaluation(Measured("own", "tiny", roles, "", self.shown, wanted), made)

    def price(self, study, arms):
        """Seconds of a study of some arms: a part is paid whoever is asked, the rest is the arms'."""
        own = sum(share for arm, share in zip(ARMS, self.shares[study], strict=True) if arm in arms)
        return self.seconds[study] * (STARTS + (1.0 - STARTS) * own)

    def steps(self, found):
        """Each study of the arm most likely to be best, then of one more, and so on: those that it has not asked."""
        order = sorted(ARMS, key=lambda arm: -found.first[arm])
        for name in STUDIES:
            left = [arm for arm in order if name not in self.shown or arm not in self.shown[name].samples]
            for many in range(1, len(left) + 1):
                learns = np.zeros((len(ARMS), len(NAMES)))
                learns[np.isin(ARMS, left[:many]), NAMES.index(name)] = 0.95
                seconds = self.price(name, left[:many])
                yield LearningStep(" ".join([name, *left[:many]]), seconds, 0.0, learns, np.zeros_like(learns), name)

    def recommend(self, budget=float("inf")):
        """Run what is advised until it stops; return the arm and why it stopped."""
        rule = SpendingRule(SECONDS)
        while True:
            found = self.known()
            said = advise(knowledge_of(found), list(self.steps(found)), budget - self.paid, rule)
            if said.step is None:
                return ARMS[found.recommended], said.reason
            name, *arms = said.step.name.split()
            self.show(name, arms)
            self.paid += said.step.seconds
