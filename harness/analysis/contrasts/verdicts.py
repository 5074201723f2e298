"""Comparisons in words: "hybrid beats rag by 0.041 [0.010, 0.072]"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from harness.analysis.numbers import decimals_for, interval, number, rounded_up
from harness.analysis.result import ArmComparison, Difference, Table

Kind = Literal["beats", "differs", "too close", "same", "too few", "no value"]
"""differs: on a metric without a better side"""

MOST_TIMES: Final = 100
"""times as many examples as there are: more are not worth naming"""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The verdict on one comparison."""

    arms: tuple[str, str]
    """the better one (or the higher one) first, if the data decide"""
    metric: str
    """what they are compared on"""
    kind: Kind
    """the verdict"""
    text: str
    """without the metric's name"""


def sentences(comparisons: Table | Iterable[ArmComparison]) -> tuple[Sentence, ...]:
    """Return one sentence per comparison, in their order."""
    return tuple(map(sentence, comparisons.comparisons if isinstance(comparisons, Table) else comparisons))


def sentence(one: ArmComparison) -> Sentence:
    """Return the verdict on one comparison."""
    difference, pair = one.difference, f"{one.first} vs {one.second}"
    if difference is None:
        return _said(one, "no value", f"{pair}: nothing to compare")
    if difference.low is None:
        return _said(one, "too few", f"{pair}: too few examples to compare")
    if not one.wins and not one.losses:
        return _said(one, "same", f"{pair}: the same on all {difference.n:,} examples")
    if not difference.significant:
        return _said(one, "too close", f"{pair}: too close to call; {_what_would_decide(one, difference)}")
    return _decided(one, difference)


def _decided(one: ArmComparison, difference: Difference) -> Sentence:
    ahead = difference.mean > 0 if one.higher_is_better is not False else difference.mean < 0
    arms = (one.first, one.second) if ahead else (one.second, one.first)
    by = _by(difference)
    if one.higher_is_better is None:
        return Sentence(arms, one.metric, "differs", f"{arms[0]} is {by} above {arms[1]}")
    return Sentence(arms, one.metric, "beats", f"{arms[0]} beats {arms[1]} by {by}")


def _said(one: ArmComparison, kind: Kind, text: str) -> Sentence:
    return Sentence((one.first, one.second), one.metric, kind, text)


def _what_would_decide(one: ArmComparison, difference: Difference) -> str:
    assert one.needed is not None
    if one.needed <= MOST_TIMES * difference.n:
        return f"about {rounded_up(one.needed):,} examples would decide"
    show, most = _shown(difference), max(abs(difference.low or 0.0), abs(difference.high or 0.0))
    return f"if there is a difference, it is likely at most {show(most)}"


def _by(difference: Difference) -> str:
    """Return the size of a difference with its interval, whichever arm is named first."""
    show, sign = _shown(difference), 1.0 if difference.mean > 0 else -1.0
    low, high = sorted(sign * (end or 0.0) for end in (difference.low, difference.high))
    return interval(sign * difference.mean, low, high, show)


def _shown(difference: Difference) -> Callable[[float], str]:
    decimals = decimals_for([abs(difference.mean)])
    return lambda value: number(value, decimals)
