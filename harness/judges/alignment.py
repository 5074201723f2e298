"""How a claim's words align with its evidence: four shares between 0 and 1, and what contradicts it.

The evidence is searched by an index: the terms of all its texts numbered in one row, and the places of each word.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from harness.text.terms import Terms, Word, beginning, denied, terms
from harness.text.tokens import LONGEST_SOURCE

PRIOR_WORDS: Final = 4.0
PRIOR_SHARE: Final = 0.8
"""A claim of three words gives less certain shares than one of thirty: each is shrunk towards .8 by four words."""

RELATED: Final = 0.5
"""credit for a word of which the evidence holds only another form"""

JUMP: Final = 2.0
"""cost, in weights of a word, of continuing at another place"""
GAP: Final = 0.1
"""cost of skipping one word of the claim or of the evidence"""
GAPS: Final = 6
"""largest gap, in places of the evidence"""

APART: Final = 1_000
"""places between two texts: longer than any stretch, so that no stretch spans two texts"""

MOST_PLACES: Final = 200
"""of one word; further ones are ignored, or a text of one repeated word would take minutes"""


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """The texts that answers are checked against; equal to itself alone."""

    places: Mapping[str, tuple[int, ...]]
    """word -> its places, rising"""
    beginnings: frozenset[str]
    """first letters of the longer words"""
    has_numbers: bool
    """at least one number is written in digits"""
    denied: tuple[frozenset[str], ...]
    """content words around each negation; equal ones once"""
    all_denied: frozenset[str]
    """the words of all of them"""
    origin: Mapping[int, tuple[int, int, int]]
    """place -> number of the text, start, end"""


@lru_cache(maxsize=64)
def indexed(texts: tuple[str, ...]) -> Indexed:
    """Return the index of the first LONGEST_SOURCE characters of `texts`; several arms' answers share it."""
    places: dict[str, list[int]] = {}
    origin: dict[int, tuple[int, int, int]] = {}
    negations: list[frozenset[str]] = []
    numbers, place = False, 0
    for number, text in enumerate(texts):
        read = terms(text, 0, LONGEST_SOURCE)
        for word, start, end in zip(read.words, read.starts, read.ends, strict=True):
            places.setdefault(word.key, []).append(place)
            origin[place] = (number, start, end)
            numbers = numbers or word.number
            place += 1
        negations += denied(read.words)
        place += APART
    return Indexed(
        places={key: tuple(at[:MOST_PLACES]) for key, at in places.items()},
        beginnings=frozenset(map(beginning, places)) - {""},
        has_numbers=numbers,
        denied=tuple(dict.fromkeys(negations)),
        all_denied=frozenset().union(*negations),
        origin=origin,
    )


@dataclass(frozen=True, slots=True)
class Alignment:
    """One claim against one body of evidence."""

    known: float
    """share of the claim's weight that the evidence holds anywhere"""
    together: float
    """the same within the best stretch of about twice the claim's length"""
    in_order: float
    """the same along the best alignment of the claim with the evidence, less the cost of its jumps"""
    related: float
    """share of neighbouring content words that also are neighbours in the evidence"""
    unknown_numbers: int
    """numbers that the evidence, which holds others, does not hold"""
    unknown_names: int
    """names that the evidence does not hold"""
    negation_differs: bool
    """one of the two negates what the other affirms"""
    stretch: tuple[int, int] | None
    """first and last place of the best stretch; None when no word is known"""


def align(claim: Terms, evidence: Indexed) -> Alignment:
    """Return the alignment of `claim` (at least one term) with `evidence`."""
    return _align(claim.words, claim.named, evidence)


@lru_cache(maxsize=64)  # a model that repeats itself makes hundreds of equal claims
def _align(words: tuple[Word, ...], named: tuple[bool, ...], evidence: Indexed) -> Alignment:
    total = sum(word.weight for word in words)
    known = [presence(word, evidence) for word in words]
    together, stretch = _best_stretch(words, evidence)

    def share(of_total: float) -> float:
        return (of_total * len(words) + PRIOR_WORDS * PRIOR_SHARE) / (len(words) + PRIOR_WORDS)

    present = sum(word.weight * held for word, held in zip(words, known, strict=True)) / total
    relations = _related(words, evidence)
    return Alignment(
        known=share(present),
        together=share(together / total),
        in_order=share(_best_reading(words, evidence) / total),
        related=share(present if relations is None else relations),
        unknown_numbers=_unknown_numbers(words, known, evidence),
        unknown_names=_unknown_names(words, named, known),
        negation_differs=_negation_differs(words, evidence),
        stretch=stretch,
    )


def span(alignment: Alignment, evidence: Indexed) -> tuple[int | None, int, int]:
    """Return number of the text, start and end of the best stretch; (None, 0, 0) without one."""
    if alignment.stretch is None:
        return None, 0, 0
    number, start, _ = evidence.origin[alignment.stretch[0]]
    last_number, _, end = evidence.origin[alignment.stretch[1]]
    assert number == last_number, "texts lie too far apart for one stretch"
    return number, start, end


def presence(word: Word, evidence: Indexed) -> float:
    """Return 1 for a word that the evidence holds, RELATED where it may hold another form of it, else 0."""
    if word.key in evidence.places:
        return 1.0
    return RELATED if not word.number and beginning(word.key) in evidence.beginnings else 0.0


def _unknown_numbers(words: Sequence[Word], known: Sequence[float], evidence: Indexed) -> int:
    if not evidence.has_numbers:
        return 0
    return sum(word.number and held == 0 for word, held in zip(words, known, strict=True))


def _unknown_names(words: Sequence[Word], named: Sequence[bool], known: Sequence[float]) -> int:
    """Count names; where half of the content words are capitalised (German, headings) capitals do not mark names."""
    if 2 * sum(named) >= sum(word.content for word in words):
        return 0
    return sum(name and held == 0 for name, held in zip(named, known, strict=True))


def _best_stretch(words: Sequence[Word], evidence: Indexed) -> tuple[float, tuple[int, int] | None]:
    """Return the greatest weight found within a stretch, each word counted as often as the claim has it."""
    length = min(max(12, 2 * len(words) + 4), APART)
    wanted = Counter(word.key for word in words)
    weights = {word.key: word.weight for word in words}
    hits = {place: key for key in wanted for place in evidence.places.get(key, ())}
    spare = dict(wanted)  # how many more of each word the claim has than the current stretch
    weight, best, stretch = 0.0, 0.0, None
    places = sorted(hits)
    first = 0
    for place in places:
        key = hits[place]
        spare[key] -= 1
        if spare[key] >= 0:
            weight += weights[key]
        while places[first] <= place - length:
            left = hits[places[first]]
            if spare[left] >= 0:
                weight -= weights[left]
            spare[left] += 1
            first += 1
        if weight > best + 1e-9:
            best, stretch = weight, (places[first], place)
    return best, stretch


def _best_reading(words: Sequence[Word], evidence: Indexed) -> float:
    """Return the weight of the best alignment of the claim with the evidence, less gaps and jumps.

    Local alignment (Smith and Waterman 1981) with one more move: a jump to anywhere.
    """
    reached: dict[int, tuple[float, int]] = {}
    best = anew = 0.0
    for at, word in enumerate(words):
        places = evidence.places.get(word.key)
        if places is None:
            continue
        fronts = sorted(reached)
        steps = {}
        for place in places:
            value = anew
            for front in fronts[bisect_left(fronts, place - GAPS) : bisect_left(fronts, place)]:
                before, then = reached[front]
                going_on = before - GAP * (place - front + at - then - 2)
                if going_on > value:
                    value = going_on
            steps[place] = (value + word.weight, at)
        reached.update(steps)
        best = max(best, max(steps.values())[0])
        if best - JUMP > anew:
            anew = best - JUMP
            # continuing from a lower value is never better than a jump: few steps are left
            reached = {place: step for place, step in reached.items() if step[0] > anew}
    return best


def _related(words: Sequence[Word], evidence: Indexed) -> float | None:
    """Return the weighted share of pairs of near content words that are near in the evidence, in either order.

    None when there are no two content words.
    """
    content = [(at, word) for at, word in enumerate(words) if word.content]
    related = total = 0.0
    for first, (at, word) in enumerate(content):
        for later, other in content[first + 1 : first + 4]:
            if word.key == other.key:
                continue
            weight = word.weight + other.weight
            total += weight
            related += weight * _nearness(word.key, other.key, later - at, evidence)
    return related / total if total else None


def _nearness(first: str, second: str, distance: int, evidence: Indexed) -> float:
    here, there = evidence.places.get(first, ()), evidence.places.get(second, ())
    if not here or not there:
        return 0.0
    nearest = _smallest_distance(here, there)
    return 1.0 if nearest <= distance + 3 else 0.5 if nearest <= distance + 10 else 0.0


def _smallest_distance(here: Sequence[int], there: Sequence[int]) -> int:
    """Return the smallest distance from a place to a later one; a step back counts four more."""
    if len(here) == len(there) == 1:
        return there[0] - here[0] if here[0] < there[0] else here[0] - there[0] + 4
    merged = sorted([(place, 0) for place in here] + [(place, 1) for place in there])
    steps = [(b - a) + (4 if kind else 0) for (a, kind), (b, other) in pairwise(merged) if kind != other]
    return min(steps)


def _negation_differs(words: Sequence[Word], evidence: Indexed) -> bool:
    """Return whether one side negates what the other holds without a negation."""
    held = {word.key for word in words if word.content}
    here = [near for near in denied(words) if near]
    for near in here:
        known = near & evidence.places.keys()
        if len(known) >= 2 and not known & evidence.all_denied:
            return True
    if any(word.negates for word in words):
        return False
    return any(len(near) >= 2 and near <= held and _once(near, evidence) for near in evidence.denied)


def _once(keys: frozenset[str], evidence: Indexed) -> bool:
    """Return whether the evidence holds each of `keys` only once: nothing affirms them elsewhere."""
    return all(len(evidence.places[key]) == 1 for key in keys)
