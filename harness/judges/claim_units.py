"""The units of a claim (values, names, words, runs of Chinese signs), and where the evidence has each."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from harness.judges.placed_words import PlacedText, PlacedWord, placed
from harness.judges.quantities.value import StatedValue
from harness.judges.restatement import is_form

UNKNOWN_WEIGHT: Final = 0.5
"""of a word of a class that is a function word, such as "all" """
NEAR_SENTENCES: Final = 1
"""sentences beside the one that holds most of a claim where its units are looked for"""
MOST_PLACES: Final = 6
"""of one unit"""
SIGNS: Final = re.compile(r"[\u3400-\u9fff]")
LONGEST_RUN: Final = 8
"""signs of a run that counts as one unit"""
SHORTEST_STEM: Final = 4
"""letters of words that may be forms of one another"""
BESIDE: Final = 2
"""words between the parts of one name"""
UnitKind = Literal["value", "name", "class", "word"]
Found = Literal["same", "form", "part", "apart"]
"""how the evidence has a unit: as it is; another form; a part of a name; its parts in different names"""


@dataclass(frozen=True, slots=True, eq=False)
class ClaimUnit:
    """A value, name or word of a claim."""

    kind: UnitKind
    words: tuple[PlacedWord, ...]
    weight: float
    places: tuple[PlacedWord, ...]
    """where the evidence has it"""
    found: Found = "same"

    @property
    def first(self) -> PlacedWord:
        """Its first word."""
        return self.words[0]

    @property
    def after(self) -> str:
        """Key of the word behind it."""
        return self.words[-1].after

    @property
    def key(self) -> str:
        """What tells it from other units."""
        return self.first.word.key if len(self.words) == 1 else " ".join(own.word.key for own in self.words)


@dataclass(frozen=True, slots=True, eq=False)
class MatchedClaim:
    """A claim, and the sentence of the evidence that holds most of it."""

    claim: PlacedText
    evidence: PlacedText
    units: tuple[ClaimUnit, ...]
    sentence: int
    """-1 where the evidence holds nothing of it"""
    held: float
    """share of its weight that this sentence holds"""

    @property
    def known(self) -> list[ClaimUnit]:
        """Units that the evidence has."""
        return [unit for unit in self.units if unit.places]

    def near(self) -> list[PlacedWord]:
        """Return the words of the sentence and of those beside it."""
        return [own for own in self.evidence.words if abs(own.sentence - self.sentence) <= NEAR_SENTENCES]


@lru_cache(maxsize=64)
def matched(claim: str, evidence: tuple[str, ...]) -> MatchedClaim:
    """Return the units of a claim and where the evidence has them."""
    own, texts = placed((claim,)), placed(evidence)
    units = tuple(_units(claim, own, texts))
    total, weights = sum(unit.weight for unit in units), defaultdict[int, float](float)
    for unit in units:
        for sentence in {place.sentence for place in unit.places}:
            weights[sentence] += unit.weight
    best = max(weights, key=lambda sentence: (weights[sentence], -sentence), default=-1)
    return MatchedClaim(own, texts, units, best, weights[best] / total if weights else 0.0)


def narrowed(match: MatchedClaim) -> MatchedClaim:
    """Return the match with the places of each unit near the sentence, where it has any there."""
    units = []
    for unit in match.units:
        near = [place for place in unit.places if abs(place.sentence - match.sentence) <= NEAR_SENTENCES]
        units.append(replace(unit, places=tuple(near[:MOST_PLACES]) or unit.places[:2]))
    return replace(match, units=tuple(units))


def _units(claim: str, own: PlacedText, texts: PlacedText) -> Iterator[ClaimUnit]:
    runs = {run[0].number: run for run in _runs(claim, own, texts)}
    number = 0
    while number < len(own.words):
        first = own.words[number]
        if number in runs:
            run = runs[number]
            yield _of_signs(run, texts)
            number += len(run)
            continue
        together = _together(own.words, number)
        number += len(together)
        if (first.word.content and not first.word.negates) or first.classes:
            yield _unit(together, texts)


def _together(words: Sequence[PlacedWord], number: int) -> tuple[PlacedWord, ...]:
    """Return a word with the others of its value or name."""
    first, end = words[number], number + 1
    while first.fact is not None and end < len(words) and words[end].fact is first.fact:
        end += 1
    return tuple(words[number:end])


def _unit(words: tuple[PlacedWord, ...], texts: PlacedText) -> ClaimUnit:
    first = words[0]
    weight = first.word.weight if first.word.content else UNKNOWN_WEIGHT
    if first.is_value:
        return ClaimUnit("value", words, weight, tuple(_values(first, texts)))
    if first.fact is not None:
        places, found = _name(words, texts)
        return ClaimUnit("name", words, weight, places, found)
    places, found = _places(first, texts)
    return ClaimUnit("class" if first.classes else "word", words, weight, places, found)


def _values(first: PlacedWord, texts: PlacedText) -> list[PlacedWord]:
    """Return the first word of each equal value; of the same bare figures where none is equal."""
    assert first.fact is not None, "a value has its fact"
    facts = [fact for fact in texts.reading.facts if fact.quantity is not None]
    equal = [fact for fact in facts if fact.equals(first.fact)]
    if not equal:
        equal = [fact for fact in facts if _same_figures(first.fact.quantity, fact.quantity)]
    found = [_first(fact.place.text, fact.start, texts) for fact in equal]
    return [own for own in found if own is not None]


def _first(text: int, start: int, texts: PlacedText) -> PlacedWord | None:
    """Return the word at an offset; behind a sign such as $ the next one."""
    for at in range(start, start + 3):
        if (text, at) in texts.numbers:
            return texts.words[texts.numbers[text, at]]
    return None


def _same_figures(one: StatedValue | None, other: StatedValue | None) -> bool:
    """Whether both are written with the same figures, one of them without a unit: 27 degrees, 27 inland."""
    if one is None or other is None or not one.figures or one.figures != other.figures:
        return False
    return any({kind for kind, _ in own.kinds} <= {"number"} for own in (one, other))


def _name(words: Sequence[PlacedWord], texts: PlacedText) -> tuple[tuple[PlacedWord, ...], Found]:
    places, found = _places(words[0], texts)
    for own in words[1:]:
        more = _same(own.word.key, texts)
        if not more:
            found = "part"
        elif not places:
            places = more
        elif together := tuple(place for place in places if any(_beside(place, other) for other in more)):
            places = together
        else:
            found = "apart"
    return places, found


def _beside(one: PlacedWord, other: PlacedWord) -> bool:
    return (one.fact is not None and one.fact is other.fact) or abs(one.number - other.number) <= BESIDE


def _places(own: PlacedWord, texts: PlacedText) -> tuple[tuple[PlacedWord, ...], Found]:
    """Return where the evidence has a word, another member of its class with the same meaning, or a form of it."""
    if same := _same(own.word.key, texts):
        return same, "same"
    if own.classes:
        mine = set(own.classes)
        if same := tuple(other for other in texts.words if mine.intersection(other.classes)):
            return same, "same"
    key = own.word.key if not own.word.number else ""
    forms = tuple(
        other for form in _stems(texts).get(key[:3] if len(key) >= SHORTEST_STEM else "", ()) if is_form(key, form)
        for other in texts.where[form] if other.word.content
    )  # fmt: skip
    return forms, "form" if forms else "same"


def _same(key: str, texts: PlacedText) -> tuple[PlacedWord, ...]:
    """Return where the evidence has a key, with or without a last e, which endings hide."""
    forms = (key, f"{key}e", key[:-1] if key.endswith("e") else key)
    return next((texts.where[form] for form in forms if form in texts.where), ())


@lru_cache(maxsize=64)
def _stems(texts: PlacedText) -> dict[str, list[str]]:
    """Return the longer keys of the evidence by their first letters."""
    stems: dict[str, list[str]] = defaultdict(list)
    for key in texts.where:
        if len(key) >= SHORTEST_STEM:
            stems[key[:3]].append(key)
    return stems


def _runs(claim: str, own: PlacedText, texts: PlacedText) -> Iterator[tuple[PlacedWord, ...]]:
    """Yield runs of two or more Chinese signs that stand in the evidence as they stand in the claim."""
    number, whole = 0, "\n".join(texts.reading.texts)
    while number < len(own.words):
        length = 0
        while (
            number + length < len(own.words)
            and length < LONGEST_RUN
            and SIGNS.match(claim, own.words[number + length].start)
            and own.words[number + length].end == own.words[number].start + length + 1
            and claim[own.words[number].start : own.words[number + length].end] in whole
        ):
            length += 1
        run = own.words[number : number + length]
        if length >= 2 and not any(sign.is_value for sign in run):
            yield run
            number += length
        else:
            number += 1


def _of_signs(run: tuple[PlacedWord, ...], texts: PlacedText) -> ClaimUnit:
    """Return a run of signs as a unit; two signs weigh as much as a word."""
    keys = [sign.word.key for sign in run]
    starts = texts.where.get(keys[0], ())
    places = tuple(
        place
        for place in starts
        if [own.word.key for own in texts.words[place.number : place.number + len(run)]] == keys
    )
    kind: UnitKind = "class" if any(sign.classes for sign in run) else "word"
    return ClaimUnit(kind, run, len(run) / 2, places)
