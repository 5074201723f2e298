"""Does each unit of a claim stand where the evidence has it, or where the evidence has a rival of it?

"The Lumo 3 weighs 410 grams, the Lumo 5 680 grams": 680 is said of the Lumo 5, and a claim that says it of the Lumo 3
fits 410 better. For each unit that the evidence has, every rival (another value, name, member of its class, or word in
the same surroundings) is tried in its place. How well one fits is a weighted sum of `FEATURES`, whose
weights were learned from true claims alone, as what tells the unit that was said from those that were not
(`validation.difference_training`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp
from typing import Final, NamedTuple

from harness.judges.claim_units import ClaimUnit, MatchedClaim
from harness.judges.placed_words import RIVALRIES, PlacedWord, Rivalry, rivalry

FEATURES: Final = (
    "clause",      # share of the claim's other units in its clause
    "sentence",    # the same, in its sentence
    "close",       # how close they are: falls by half in 3 steps
    "around",      # the same in 8 steps
    "left_clause", "left_around", "right_clause", "right_around",   # of the units beside it in the claim
    "before", "after",   # the word before it, and behind it, is the claim's
    "order",       # units on the same side of it as in the claim
    "nearest",     # units that are nearer to it than to its rivals
    "contested",   # units that have a rival of their own nearer by
    "turns",       # where units and rivals alternate: units whose turn it is, less those whose turn it is not
    "subject_clause", "subject_around",   # of the claim's first unit
)  # fmt: skip
CLOSE, AROUND = 4.0, 12.0
"""steps in which closeness falls to a third"""
MOST_RIVALS: Final = 8
"""of one unit"""
FAR: Final = 30.0
"""steps beyond which turns say nothing"""
TIE: Final = 1e-9


class Fit(NamedTuple):
    """How a candidate fits the place of a unit."""

    rivalry: Rivalry | None
    """None for the unit itself"""
    features: tuple[float, ...]


class TriedUnit(NamedTuple):
    """A unit with how it, and each rival, fits its place."""

    unit: ClaimUnit
    own: Fit
    rivals: tuple[Fit, ...]


@dataclass(frozen=True, eq=False)
class _Line:
    """A claim's units on the line of the evidence."""

    match: MatchedClaim

    @cached_property
    def units(self) -> list[ClaimUnit]:
        return self.match.known

    @cached_property
    def rivals(self) -> list[dict[int, Rivalry]]:
        """Of each unit: number of a word of the evidence -> what makes it a rival."""
        said = {own.word.key for unit in self.match.units for own in unit.words}
        places = {place.number for unit in self.units for place in unit.places}
        facts = {id(place.fact) for unit in self.units for place in unit.places if place.fact is not None}
        free = [
            own
            for own in self.match.near()
            if own.number not in places and own.word.key not in said and (own.word.content or own.classes)
        ]
        free = [own for own in free if own.fact is None or id(own.fact) not in facts]
        return [self._rivals(unit, free) for unit in self.units]

    def _rivals(self, unit: ClaimUnit, free: Sequence[PlacedWord]) -> dict[int, Rivalry]:
        found: dict[int, Rivalry] = {}
        facts = set[int]()
        for own in free:
            if own.fact is not None and id(own.fact) in facts:
                continue
            kinds = [kind for place in unit.places if (kind := rivalry(place, own)) is not None]
            if kinds:
                found[own.number] = min(kinds, key=RIVALRIES.index)
                facts |= {id(own.fact)} if own.fact is not None else set()
        return found

    def chosen(self, unit: int) -> dict[int, Rivalry]:
        """Return the surest and nearest rivals of a unit."""
        rivals, words = self.rivals[unit], self.match.evidence.words
        if len(rivals) <= MOST_RIVALS:
            return rivals
        places = [place.at for place in self.units[unit].places]

        def order(number: int) -> tuple[int, float]:
            return RIVALRIES.index(rivals[number]), min(abs(words[number].at - at) for at in places)

        return {number: rivals[number] for number in sorted(rivals, key=order)[:MOST_RIVALS]}


def tried(match: MatchedClaim) -> Iterator[TriedUnit]:
    """Yield each unit of a claim that has rivals, with how well it and they fit its place."""
    line = _Line(match)
    if len(line.units) < 2:
        return
    for number, unit in enumerate(line.units):
        rivals = line.chosen(number)
        if not rivals:
            continue
        fits = _Fits(line, number, [place.number for place in unit.places], list(rivals))
        own = Fit(None, _best([fits.features(place.number) for place in unit.places]))
        yield TriedUnit(unit, own, tuple(Fit(kind, fits.features(rival)) for rival, kind in rivals.items()))


CONTESTED: Final = FEATURES.index("contested")


def _best(features: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """Return the best of each feature over the places of one unit."""
    columns = list(zip(*features, strict=True))
    return tuple(min(own) if at == CONTESTED else max(0.0, *own) for at, own in enumerate(columns))


@dataclass(frozen=True, eq=False)
class _Fits:
    """The candidates for the place of one unit."""

    line: _Line
    number: int
    places: list[int]
    """of the unit"""
    rivals: list[int]

    @cached_property
    def others(self) -> list[tuple[int, ClaimUnit, float]]:
        """The other units with their numbers and shares of weight."""
        others = [(at, unit) for at, unit in enumerate(self.line.units) if at != self.number]
        total = sum(unit.weight for _, unit in others)
        return [(at, unit, unit.weight / total) for at, unit in others]

    @cached_property
    def nearest(self) -> dict[int, float]:
        """Number of another unit -> steps to the nearest candidate."""
        words = self.line.match.evidence.words
        candidates = [words[own].at for own in (*self.places, *self.rivals)]
        return {
            at: min(abs(place.at - own) for place in unit.places for own in candidates) for at, unit, _ in self.others
        }

    def features(self, candidate: int) -> tuple[float, ...]:
        """Return how a word of the evidence fits, by FEATURES."""
        found = dict.fromkeys(FEATURES, 0.0)
        word, unit = self.line.match.evidence.words[candidate], self.line.units[self.number]
        for at, other, weight in self.others:
            steps, place = min((abs(place.at - word.at), place.number) for place in other.places)
            self._add(found, word, at, weight, steps, self.line.match.evidence.words[place])
        found["before"] = float(word.before == unit.first.before != "")
        found["after"] = float(word.after == unit.after != "")
        return tuple(found.values())

    def _add(
        self, found: dict[str, float], word: PlacedWord, at: int, weight: float, steps: float, place: PlacedWord
    ) -> None:
        """Add what another unit, whose nearest place is `steps` away, says of a candidate."""
        unit, other = self.line.units[self.number], self.line.units[at]
        together, around = float(place.clause == word.clause), exp(-steps / AROUND)
        found["clause"] += weight * together
        found["sentence"] += weight * (place.sentence == word.sentence)
        found["close"] += weight * exp(-steps / CLOSE)
        found["around"] += weight * around
        for side, number in (("left", self.number - 1), ("right", self.number + 1), ("subject", 0)):
            if at == number:
                found[f"{side}_clause"], found[f"{side}_around"] = together, around
        found["order"] += weight * ((other.first.number < unit.first.number) == (place.number < word.number))
        found["nearest"] += weight * (steps <= self.nearest[at] + TIE)
        rivals = [own for own in self.line.rivals[at] if own not in self.places and own not in self.rivals]
        if self.line.rivals[at]:
            words = self.line.match.evidence.words
            found["contested"] += weight * any(abs(words[own].at - word.at) < steps for own in rivals)
            if place.sentence == word.sentence or steps < FAR:
                found["turns"] += weight * self._turn(word.number, [own.number for own in other.places], rivals)

    def _turn(self, candidate: int, places: Sequence[int], rivals: Sequence[int]) -> int:
        """Return whose turn it is where another unit and its rivals alternate with candidates: 1 the unit's, -1 not.

        Whoever comes first has what follows until the next one: "A costs 3, B 5"; else what stands before: "3 for A, 5
        for B".
        """
        holders = sorted((*places, *rivals))
        held = [own for own in (*self.places, *self.rivals) if own not in places]
        if len(holders) + len(held) <= 2 or not held:
            return 0
        leads = holders[0] < min(held)
        on_side = [own for own in holders if (own < candidate if leads else own > candidate)]
        if not on_side:
            return 0
        return 1 if (on_side[-1] if leads else on_side[0]) in places else -1
