"""What turns the records of a task and model into the number that a claim is decided by."""

from typing import Protocol, runtime_checkable

from harness.studies.claims.effect import Effect, Gap
from harness.studies.claims.sources import Evidence


@runtime_checkable
class ClaimReading(Protocol):
    """A frozen dataclass; it knows kinds of numbers, and no claim."""

    @property
    def source(self) -> str:
        """Where it is read: "experiment", or the name of a study."""
        ...

    @property
    def is_ratio(self) -> bool:
        """Whether its number is a ratio, which is compared on the logarithmic scale."""
        ...

    def read(self, evidence: Evidence) -> Effect | Gap:
        """Return the number, or why there is none and which command would give it."""
        ...
