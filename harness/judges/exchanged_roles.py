"""Who does what to whom: the order of two units of a claim against the order in the evidence.

"Wexby beat Loxley" and "Loxley was beaten by Wexby" agree, "Loxley beat Wexby" does not. Word order is turned by the
passive, by the other verb of a pair (sell, buy) and by "from" in the place of "to". How much an order counts is
learned from true claims alone, as what tells a claim from itself with the two units exchanged
(`validation.difference_training`).
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from harness.judges.claim_units import ClaimUnit, MatchedClaim
from harness.judges.placed_words import ARTICLES, CONTINUING, PlacedWord, sides
from harness.judges.restatement import ADVERBIAL, AGENT, FREE_ORDER
from harness.text.language_files import words_of
from harness.text.tokens import WITHOUT_SPACES

SOURCES: Final = words_of("sources") - AGENT
TARGETS: Final = words_of("targets")
PREPOSITIONS: Final = AGENT | words_of("sources") | TARGETS
FEATURES: Final = (
    "order",           # 1 where the order agrees, -1 where it does not; the others are this times a condition
    "agent",           # one side names who acts ("by")
    "one_agent",       # only one of them does
    "verb",            # a content word stands between the two on both sides
    "clause",          # both stand in one clause of the evidence
    "near",            # fewer than eight words apart
    "claim_adverbial", "evidence_adverbial",   # one of the two stands behind a preposition
    "one_adverbial",   # on one side only
    "names",           # both are names
    "joined",          # "and" or "or" stands between them in the claim
    "compared",        # "than" does
    "converse",        # the other verb of a pair turned the order
    "turned",          # "from" in the place of "to", or the reverse, did
    "free_names", "free_verb", "free_agent", "free_near",   # in a sentence of a language whose order is free
    "begins",          # the first is the claim's first unit
    "whole",           # all that stands between them stands in the evidence
    "beside",          # one unit stands between them
    "prepositions",    # the words before both are those of the evidence, less those of the other unit; not times order
)  # fmt: skip
THAN: Final = frozenset({"than", "als", "que", "чем"})
NEAR: Final = 8
MOST_UNITS: Final = 14
"""of a claim whose roles are compared"""
NOUN_PHRASE: Final = 3
"""words of a noun before which an article is looked for"""


class ExchangeTest(NamedTuple):
    """Two units of a claim, and whether their order is the evidence's."""

    first: ClaimUnit
    second: ClaimUnit
    features: tuple[float, ...]
    """of the claim; of the claim with the two exchanged they are the same, negative"""


def tests(match: MatchedClaim) -> Iterator[ExchangeTest]:
    """Yield the pairs of units of a claim that could exchange their roles, in the sentence that holds most of it."""
    units = [unit for unit in match.known if _can_act(unit, match)]
    if len(units) > MOST_UNITS:
        return
    converse = _converse(match)
    free = any(own.word.key in FREE_ORDER for own in _sentence(match))
    for at, first in enumerate(units):
        for distance, second in enumerate(units[at + 1 :], 1):
            names = first.kind == second.kind == "name"
            if not names and (distance < 2 or first.found != "same" or second.found != "same"):
                continue
            pair = _Pair(match, first, second, converse, free)
            if first.key != second.key and (names or pair.are_nouns()) and not pair.are_adverbial(names):
                yield ExchangeTest(first, second, pair.features(begins=at == 0, beside=distance == 2))


def _can_act(unit: ClaimUnit, match: MatchedClaim) -> bool:
    exclusive = any(not kind.startswith("opposites") for own in unit.words for kind, _ in own.classes)
    return unit.kind != "value" and not exclusive and any(own.sentence == match.sentence for own in unit.places)


def _sentence(match: MatchedClaim) -> list[PlacedWord]:
    return [own for own in match.evidence.words if own.sentence == match.sentence]


def _converse(match: MatchedClaim) -> bool:
    """Return whether claim and evidence tell the event from different sides."""
    mine, its = sides(match.claim.words), sides(_sentence(match))
    return not mine & its and any((pair, 1 - side) in mine for pair, side in its)


class _Pair:
    """Two units, their nearest places in the sentence, and the words before each."""

    def __init__(self, match: MatchedClaim, first: ClaimUnit, second: ClaimUnit, converse: bool, free: bool) -> None:
        self.match, self.first, self.second, self.free = match, first, second, free
        places = [[own for own in unit.places if own.sentence == match.sentence] for unit in (first, second)]
        near = min(((a, b) for a in places[0] for b in places[1]), key=lambda own: abs(own[0].number - own[1].number))
        self.place, self.other_place = near
        claim, evidence = match.claim.words, match.evidence.words
        self.before = [_before(claim, unit.first.number) for unit in (first, second)]
        self.its_before = [_before(evidence, place.number) for place in near]
        self.turned = _side(self.before) * _side(self.its_before) < 0
        self.converse = converse

    def are_nouns(self) -> bool:
        """Return whether both are written like nouns: behind an article or a preposition, or without spaces."""
        return all(
            place.named
            or bool(WITHOUT_SPACES.match(unit.first.word.key) and len(unit.words) > 1)
            or (
                _is_noun(self.match.claim.words, unit.first.number)
                and _is_noun(self.match.evidence.words, place.number)
            )
            for unit, place in ((self.first, self.place), (self.second, self.other_place))
        )

    def are_adverbial(self, names: bool) -> bool:
        """Return whether one stands behind a preposition on each side; names may."""
        return not names and self.claim_adverbial and self.evidence_adverbial

    @property
    def claim_adverbial(self) -> bool:
        return any(own in ADVERBIAL - AGENT for own in self.before)

    @property
    def evidence_adverbial(self) -> bool:
        return any(own in ADVERBIAL - AGENT for own in self.its_before)

    @property
    def order(self) -> int:
        """1 where both sides give the two the same roles, -1 where not."""
        order = -1 if self.before[1] in AGENT and self.before[0] not in AGENT else 1
        forward = self.place.number < self.other_place.number
        agents = [own in AGENT for own in self.its_before]
        turned = agents == ([False, True] if forward else [True, False])
        order *= 1 if forward != turned else -1
        return order * (-1 if self.converse else 1) * (-1 if self.turned else 1)

    def _between(self) -> tuple[list[PlacedWord], list[PlacedWord]]:
        """Return the words between the two in the claim and in the evidence."""
        low, high = sorted((self.place.number, self.other_place.number))
        claim = self.match.claim.words[self.first.first.number + 1 : self.second.first.number]
        return list(claim), list(self.match.evidence.words[low + 1 : high])

    def features(self, begins: bool, beside: bool) -> tuple[float, ...]:
        """Return the features of the order, by FEATURES."""
        mine, its = self._between()
        said, known = {own.word.key for own in mine if own.word.content}, {own.word.key for own in its}
        agents = [any(own in AGENT for own in side) for side in (self.before, self.its_before)]
        names, near = self.first.kind == self.second.kind == "name", len(its) < NEAR - 1
        verb = bool(said & {own.word.key for own in its if own.word.content})
        conditions = (
            True, any(agents), agents[0] != agents[1], verb, self.place.clause == self.other_place.clause, near,
            self.claim_adverbial, self.evidence_adverbial, self.claim_adverbial != self.evidence_adverbial, names,
            any(own.word.key in CONTINUING for own in mine), any(own.word.key in THAN for own in mine),
            self.converse, self.turned,
            self.free and names, self.free and verb, self.free and any(agents), self.free and near,
            begins, bool(said) and said <= known | self.match.evidence.where.keys(), beside,
        )  # fmt: skip
        return (*(float(self.order * condition) for condition in conditions), self._prepositions())

    def _prepositions(self) -> float:
        (one, other), (its_one, its_other) = self.before, self.its_before
        kept = (one == its_one != "") + (other == its_other != "")
        return float(kept - (one == its_other != "") - (other == its_one != ""))


def _side(before: Sequence[str]) -> int:
    """Return 1 where one stands behind "to", -1 behind "from", 0 behind neither or both."""
    return any(own in TARGETS for own in before) - any(own in SOURCES for own in before)


def _before(words: Sequence[PlacedWord], number: int) -> str:
    """Return the function word before a noun, whose own words and articles are passed over; "" at a sign."""
    content = 0
    while number > 0 and not words[number].breaks:
        number -= 1
        own = words[number]
        content += own.word.content
        if content > 2:
            return ""
        if not own.word.content and own.word.key not in ARTICLES:
            return own.word.key
    return ""


def _is_noun(words: Sequence[PlacedWord], number: int) -> bool:
    """Return whether an article, a preposition or a sign stands before a word and those that go with it."""
    first = words[number]
    if first.breaks or words[number - 1].word.key in PREPOSITIONS:
        return True
    at = number - 1
    while at >= 0 and words[at].word.content and not words[at].word.number and number - at < NOUN_PHRASE:
        at -= 1
    return at < 0 or words[at].word.key in ARTICLES
