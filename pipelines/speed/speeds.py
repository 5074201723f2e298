"""How fast a machine is with a model: seconds over lengths and numbers of rows. measuring.py finds them out."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class LengthCurve:
    """Seconds of a row over its length: attention takes more than its share of long ones."""

    points: tuple[tuple[float, float], ...]
    """tokens and seconds of one row, the shortest first"""

    def seconds(self, rows: float, length: float) -> float:
        """Return the seconds of so many rows of this length, on straight lines between and beyond what was measured."""
        if len(self.points) == 1:
            return rows * self.points[0][1] * length / self.points[0][0]
        place = min(max(1, bisect_left(self.points, (length, 0.0))), len(self.points) - 1)
        (few, short), (many, long) = self.points[place - 1 : place + 1]
        return rows * max(0.0, short + (long - short) * (length - few) / (many - few))


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Seconds that some passes over tokens take."""

    per_pass: float
    """of a pass, however short"""
    per_token: float
    """of each token, in addition"""

    def seconds(self, passes: float, tokens: float) -> float:
        """Return the seconds of so many passes that read so many tokens, all together."""
        return passes * self.per_pass + tokens * self.per_token

    @classmethod
    def through(cls, points: Sequence[tuple[int, float]]) -> Self:
        """Return the line through what was measured, nowhere negative.

        Args:
            points: tokens and seconds of a pass, the shortest first; one or two.
        """
        (few, seconds), (many, more) = points[0], points[-1]
        if few == many:
            return cls(0.0, seconds / few)
        per_token = max(0.0, (more - seconds) / (many - few))
        start = seconds - few * per_token
        return cls(start, per_token) if start >= 0 else cls(0.0, more / many)


@dataclass(frozen=True, slots=True)
class ModelSpeed:
    """Of answering."""

    load: float
    """seconds until the weights are in memory"""
    read: LengthCurve
    """of a prompt in a batch"""
    read_alone: LengthCurve
    """of a prompt alone"""
    write: StraightLine
    """of one token of each answer in a batch; tokens: how many answers there are"""


@dataclass(frozen=True, slots=True)
class TrainingSpeed:
    """Of training an adapter."""

    load: float
    """seconds until the first step"""
    row: LengthCurve
    """of forward, backward and optimiser, for one row of a micro-batch"""
    adapted: float
    """how many times longer the model takes with an adapter than without, 1 or more"""


@dataclass(frozen=True, slots=True)
class EmbeddingSpeed:
    """Of embedding passages and queries."""

    load: float
    """seconds until the embedder is in memory"""
    per_token: float
    """seconds"""
