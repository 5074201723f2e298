"""Whether the decision card, with the documents' own answers to its questions, recommends what they recommend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import Floats
from harness.errors import CutleryError
from harness.studies.claims.arms import arm_named
from harness.studies.claims.effect import Effect, Gap, Spread
from harness.studies.claims.sources import Evidence
from harness.studies.decision.evaluation import Evaluation, Recommendation, recommendation
from harness.studies.decision.unknowns import unknowns


@dataclass(frozen=True)
class Recommended:
    """The utility of the best of the documents' arms, minus that of the best other arm in each draw.

    At the documents' own weights: a draw holds a resample of what was measured, and anything from worst to best for
    what was not, so that the interval says how sure the lead is.
    """

    KEY: ClassVar[str] = "harness.studies.claims.readings.recommended.Recommended"
    source: ClassVar[str] = "decision"
    is_ratio: ClassVar[bool] = False

    preset: str
    """file of conf/decision that holds the documents' answers"""
    arms: tuple[str, ...]
    """that the documents recommend; see `harness.studies.claims.arms`"""

    def problems(self) -> Sequence[str]:
        return [] if self.arms else ["arms is []; give at least one"]

    def read(self, evidence: Evidence) -> Effect | Gap:
        experiment = evidence.experiment
        if experiment is None or evidence.evaluating is None:
            return Gap("the experiment was not run", evidence.command())
        try:
            card = evidence.evaluating(self.preset)
        except CutleryError as error:
            return Gap(f"the decision card cannot be made ({error})", evidence.deciding(self.preset))
        named = {arm_named(word, experiment.data.roles) for word in self.arms}
        own = [at for at, arm in enumerate(card.arms) if arm in named and at in card.allowed]
        others = [at for at in card.allowed if card.arms[at] not in named]
        if not own or not others:
            return Gap(_why(card, own), evidence.more_arms(*self.arms))
        data = experiment.data
        asked = list(data.examples(data.levels[0], data.arms[0]))
        return self._effect(card, lead(card.scores, own, others), draws_of_lead(card, own, others), evidence, asked)

    def _effect(
        self, card: Evaluation, value: float, drawn: Floats, evidence: Evidence, asked: Sequence[str]
    ) -> Effect:
        assert evidence.experiment is not None
        groups = len(set(evidence.experiment.data.clusters(asked).tolist()))
        low, high = np.quantile(drawn, stats.tails(max(2, groups)))
        said = f"lead of {' or '.join(self.arms)} in utility, with the answers of conf/decision/{self.preset}.yaml"
        lacking = [one.criterion for one in unknowns(card) if one.criterion]
        notes = (*_notes(recommendation(card)), f"{evidence.deciding(self.preset)} prints the whole card")
        return Effect(
            value, float(low), float(high), said, len(asked), notes=notes,
            spread=Spread(float(drawn.std(ddof=1)), max(1, groups - 1)), anchor=evidence.cards.get(self.preset, ""),
            command=card.measured.wanted.get(lacking[0], "") if lacking else "",
        )  # fmt: skip


def lead(scores: Floats, own: Sequence[int], others: Sequence[int]) -> float:
    """Return by how much the best of some arms is ahead of the best other one; arms by their places."""
    return float(max(scores[at] for at in own) - max(scores[at] for at in others))


def draws_of_lead(card: Evaluation, own: Sequence[int], others: Sequence[int]) -> Floats:
    """Return the lead of the best of some arms over whichever other one is best in each draw, shape (draws,)."""
    utilities = card.utilities @ card.weights
    best = max(own, key=lambda at: card.scores[at])
    drawn: Floats = utilities[:, best] - utilities[:, list(others)].max(axis=1)
    return drawn


def _why(card: Evaluation, own: Sequence[int]) -> str:
    if not own and card.kept.ruled_out:
        return f"the card's limits rule out {', '.join(card.kept.ruled_out)}"
    return "no arm that the documents recommend was run, or no other one"


def _notes(card: Recommendation) -> Iterator[str]:
    if card.arm is None:
        yield "its limits rule out every arm"
        return
    second = "" if card.runner_up is None else f"; {card.runner_up} with {_percent(card.first[card.runner_up])}"
    yield f"the card recommends {card.arm}, the best with a probability of {_percent(card.probability)}{second}"
    if card.unmeasured:
        weight, names = _percent(sum(card.unmeasured.values())), ", ".join(card.unmeasured)
        yield f"{weight} of its weights are on what was not measured, or of some arms alone: {names}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
