"""How the timing pass is run."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar


@dataclass(frozen=True)
class Timing:
    """What is asked in the timing pass, and how often.

    Args:
        examples: test examples that are drawn; 0 for no timing pass.
        repeats: times that every one of them is asked.
        warmup: requests per arm that are thrown away first.
        concurrency: requests under way at once; 1 must be among them. Empty for no timing pass, whatever a model
            asks for.
        per_answer: timed requests of an arm per answer that it was scored on, at most: repeats are left out until a
            small run is not mostly timing. Every example that was drawn is asked once at least.
        seed: of the draw.
    """

    KEY: ClassVar[str] = "harness.timing.settings.Timing"
    VERSION: ClassVar[int] = 1
    """raise it when timings of before and after cannot be compared"""

    examples: int
    repeats: int
    warmup: int
    concurrency: tuple[int, ...]
    per_answer: float = field(compare=False)  # what comes of it are the repeats, and they count
    seed: int

    @property
    def wanted(self) -> bool:
        """False for no timing pass."""
        return self.examples > 0 and bool(self.concurrency)

    def fitted(self, scored: int) -> "Timing":
        """Return how the pass is run where so many answers per arm were scored: with fewer repeats if these are few."""
        if not self.wanted or not scored:
            return self
        most = int(self.per_answer * scored) // min(self.examples, scored)
        return replace(self, repeats=max(1, min(self.repeats, most)))

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the values, one line each."""
        found = [f"{name} is {value}; it must be 0 or more" for name, value in self._counts().items() if value < 0]
        if not self.wanted:
            return found
        if self.repeats < 1:
            found.append(f"repeats is {self.repeats}; it must be 1 or more (timing=off for no timing pass)")
        if self.per_answer <= 0:
            found.append(f"per_answer is {self.per_answer}; it must be more than 0")
        if 1 not in self.concurrency or min(self.concurrency) < 1:
            found.append(f"concurrency is {list(self.concurrency)}; it must hold 1, and others above it")
        return found

    def _counts(self) -> dict[str, int]:
        return {"examples": self.examples, "repeats": self.repeats, "warmup": self.warmup, "seed": self.seed}
