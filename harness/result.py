"""The nouns of a result table: plain frozen data that every report format reads."""

from dataclasses import dataclass
from typing import Final

BASE: Final = "base"
"""the arm that all others are compared with"""
SIGNIFICANT: Final = 0.05


@dataclass(frozen=True, slots=True)
class Column:
    """One metric."""

    metric: str
    """its name"""
    unit: str
    """what the numbers are"""
    higher_is_better: bool | None
    """None: a description, no judgement"""
    worst: float | None
    """what a failed prediction gets"""


@dataclass(frozen=True, slots=True)
class Difference:
    """An arm minus base, over the examples where both have a value."""

    mean: float
    low: float | None
    """None when there are too few examples to tell"""
    high: float | None
    n: int
    """examples compared"""
    p: float
    """two-sided sign-flip permutation p"""
    p_adjusted: float
    """Holm over the arms of this metric"""

    @property
    def significant(self) -> bool:
        """True when the difference is marked in tables."""
        return self.p_adjusted < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Entry:
    """One arm's result on one metric."""

    mean: float | None
    """None: the metric says nothing about this arm; `why` tells why"""
    low: float | None
    """lower end of the 95 % interval; None when there are too few examples to tell"""
    high: float | None
    """upper end"""
    n: int
    """examples with a value"""
    unjudged: int
    """predictions that the judge could not judge"""
    why: str
    """why there is no mean; "" if there is one"""
    difference: Difference | None
    """to base; None for base itself and when there is nothing to compare"""


@dataclass(frozen=True, slots=True)
class Row:
    """One arm."""

    arm: str
    """its name"""
    seeds: tuple[int, ...]
    """seeds that were run; an example's value is its mean over them"""
    n: int
    """examples"""
    answers: int
    """predictions: examples × seeds"""
    failed: int
    """predictions with an error, without text or cut off"""
    cut_off: int
    """of these, the ones that met the token limit"""
    abstained: int
    """predictions that declined to answer"""
    passages_dropped: int
    """retrieved passages that did not fit into the context window"""
    inputs_cut: int
    """predictions whose input was shortened to fit"""
    quantisation: str
    """of the model's weights; "" when not recorded"""
    fingerprints: tuple[str, ...]
    """one per seed"""
    entries: tuple[Entry, ...]
    """one per column of the table"""


@dataclass(frozen=True, slots=True)
class Note:
    """A line under the table."""

    topic: str
    """one or two words"""
    text: str
    """plain text"""
    warning: bool = False
    """True for what a reader must know before believing the numbers"""


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison: arms × metrics."""

    title: str
    task: str
    model: str
    has_base: bool
    """False: there are no differences"""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]
    """warnings first"""
