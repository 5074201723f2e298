"""Multiple choice by likelihood per character; see acc.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.acc import ChoiceAccuracy
from harness.types import Example


@dataclass(frozen=True)
class NormalisedChoiceAccuracy(ChoiceAccuracy):
    """1 when the choice with the greatest log-likelihood per character is a reference, else 0."""

    KEY: ClassVar[str] = "harness.metrics.acc_norm.NormalisedChoiceAccuracy"
    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "acc_norm"

    def chosen(self, example: Example, logliks: Sequence[float]) -> str:
        per_character = [value / len(choice) for value, choice in zip(logliks, example.choices, strict=True)]
        return super().chosen(example, per_character)
