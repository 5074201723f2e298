"""Settings of the timing pass."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar


@dataclass(frozen=True)
class Timing:
    """How many requests the timing pass makes.

    Args:
        examples: test examples that are drawn; 0 for no timing pass.
        repeats: requests per example and arm.
        warmup: first requests per arm, which are discarded.
        concurrency: concurrent requests; 1 must be among them. Empty for no timing pass, whatever a model's
            configuration says.
        per_answer: largest number of timed requests of an arm per scored answer: repeats are reduced so that a
            small run is not mostly timing. Every example that was drawn is timed at least once.
        seed: of the draw.
    """

    KEY: ClassVar[str] = "harness.timing.settings.Timing"
    VERSION: ClassVar[int] = 2
    """raised when new timings cannot be compared with old ones; 2: without what is done for the record alone"""

    examples: int
    repeats: int
    warmup: int
    concurrency: tuple[int, ...]
    per_answer: float = field(compare=False)  # it acts through repeats, which are part of the key
    seed: int

    @property
    def wanted(self) -> bool:
        """False for no timing pass."""
        return self.examples > 0 and bool(self.concurrency)

    def fitted(self, scored: int) -> "Timing":
        """Return the settings for a run with so many scored answers per arm: fewer repeats if these are few."""
        if not self.wanted or not scored:
            return self
        most = int(self.per_answer * scored) // min(self.examples, scored)
        return replace(self, repeats=max(1, min(self.repeats, most)))

    def problems(self) -> Sequence[str]:
        problems = [f"{name} is {value}; it must be 0 or more" for name, value in self._counts().items() if value < 0]
        if not self.wanted:
            return problems
        if self.repeats < 1:
            problems.append(f"repeats is {self.repeats}; it must be 1 or more (timing=off for no timing pass)")
        if self.per_answer <= 0:
            problems.append(f"per_answer is {self.per_answer}; it must be more than 0")
        if 1 not in self.concurrency or min(self.concurrency) < 1:
            problems.append(f"concurrency is {list(self.concurrency)}; it must hold 1, and others above it")
        return problems

    def _counts(self) -> dict[str, int]:
        return {"examples": self.examples, "repeats": self.repeats, "warmup": self.warmup, "seed": self.seed}
