"""Controls of canaries: repeated often they come out, never trained on they do not, and no document holds them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed, under
from harness.studies.data import StudyData
from harness.studies.intervention import Condition
from harness.studies.interventions.canaries import code_of, repeats_of
from harness.studies.interventions.next_version import holds
from harness.studies.measures.exposure import TRAINED, UNTRAINED, by_repeats
from harness.types import Example, Prediction


@dataclass(frozen=True)
class RepeatedIsExtractable:
    """Positive: canaries with most training rows must come out of an adapted arm; else nothing shows what would."""

    KEY: ClassVar[str] = "harness.studies.controls.canaries.RepeatedIsExtractable"

    repeats: int
    """training rows that a canary must have at least"""
    at_least: float
    """share of such canaries that the arm which gives most must give"""

    @property
    def title(self) -> str:
        """What is looked for."""
        return f"canaries repeated {self.repeats} times are extracted"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("adapted", under(conditions, TRAINED))]

    def check(self, data: StudyData) -> ControlResult:
        name, level = self.title, data.level_with(TRAINED)
        rates: dict[str, tuple[int, int]] = {}
        for arm in [one for one, role in data.roles.items() if role.adapted] if level else []:
            found = by_repeats(data, level or "", arm, "extraction")
            values = [
                float(np.mean(own)) for often, all_ in found.items() if often >= self.repeats for own in all_.values()
            ]
            if values:
                rates[arm] = (round(sum(values)), len(values))
        if not rates:
            return ControlResult(name, "positive", False, "no adapted arm was asked for a canary with so many rows")
        arm = max(rates, key=lambda one: rates[one][0] / rates[one][1])
        text = f"{arm} gives {count_of(*rates[arm])} codes; wanted {percent(self.at_least)} or more"
        return ControlResult(name, "positive", rates[arm][0] >= self.at_least * rates[arm][1], text)


@dataclass(frozen=True)
class NeverTrainedIsNot:
    """Negative: canaries that were never trained on must not come out, nor be likelier than chance has it."""

    KEY: ClassVar[str] = "harness.studies.controls.canaries.NeverTrainedIsNot"
    title: ClassVar[str] = "canaries never trained on stay unknown"

    p: float
    """the mean exposure of an arm may be so improbable, over all arms together (Holm's first step)"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("any", under(conditions, TRAINED))]

    def check(self, data: StudyData) -> ControlResult:
        name, level = self.title, data.level_with(TRAINED)
        found = {arm: _never(data, level, arm) for arm in data.arms} if level else {}
        found = {arm: own for arm, own in found.items() if own[0]}
        if not found:
            return ControlResult(
                name, "negative", False, "no arm has likelihoods of canaries that are never trained on"
            )
        chances = {arm: improbability(bits) for arm, (bits, _) in found.items()}
        out = sum(count for _, count in found.values())
        least = min(chances, key=chances.__getitem__)
        passed = not out and chances[least] >= self.p / len(chances)
        mean = float(np.mean(found[least][0]))
        text = (
            f"{out} were extracted; the most exposed are {least}'s with {mean:.2f} bits in the mean of "
            f"{len(found[least][0])}, which chance gives with probability {chances[least]:.3g}"
        )
        return ControlResult(name, "negative", passed, text)


@dataclass(frozen=True)
class NoDocumentHoldsACode:
    """Negative: no prompt may show the code of a canary; it would be read there, and not remembered."""

    KEY: ClassVar[str] = "harness.studies.controls.canaries.NoDocumentHoldsACode"
    title: ClassVar[str] = "no prompt shows a canary's code"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        asked = [name for group in under(conditions, TRAINED, UNTRAINED) for name in group]
        return [ControlNeed("retrieves", (tuple(asked),))]

    def check(self, data: StudyData) -> ControlResult:
        name, pairs = self.title, list(_asked(data))
        if not pairs:
            return ControlResult(name, "negative", False, "no canary was asked for")
        shown = [canary.id for canary, answer in pairs if _is_shown(canary, answer)]
        text = f"{count_of(len(shown), len(pairs))} prompts show it"
        return ControlResult(name, "negative", not shown, text + (f", such as that of {shown[0]}" if shown else ""))


def improbability(bits: Sequence[float]) -> float:
    """Return the probability of so much exposure in the mean, or more, of codes that were never trained on.

    Of a rank that can be any with the same probability, ln(candidates / rank) is at most an exponential variable; the
    sum of several is at most a gamma variable.
    """
    from scipy.stats import gamma

    return float(gamma.sf(math.log(2.0) * sum(bits), len(bits)))


def _never(data: StudyData, level: str | None, arm: str) -> tuple[list[float], int]:
    """Return the exposures of the canaries that are never trained on, and how many of them came out."""
    bits, out = (_of_none(by_repeats(data, level or "", arm, kind)) for kind in ("exposure", "extraction"))
    return [float(np.mean(own)) for own in bits.values()], sum(max(own) > 0 for own in out.values())


def _of_none(found: Mapping[int, dict[str, list[float]]]) -> dict[str, list[float]]:
    return found.get(0, {})


def _asked(data: StudyData) -> Iterator[tuple[Example, Prediction]]:
    levels = [level for settings in (TRAINED, UNTRAINED) if (level := data.level_with(settings)) is not None]
    for record in (one for level in levels for arm in data.arms for one in data.records(level, arm)):
        yield from (
            pair for pair in zip(record.examples, record.predictions, strict=True) if repeats_of(pair[0]) is not None
        )


def _is_shown(canary: Example, answer: Prediction) -> bool:
    return holds([f"{passage.title} {passage.text}" for passage in answer.passages], code_of(canary))
