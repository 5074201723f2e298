"""Facts of a text that can be exchanged for another of their kind: values, names, and words that exclude each other.

A text is read once: its terms with the sentence and clause of each, its facts, and where each word stands.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final, NamedTuple

from harness.judges.quantities.reader import quantities
from harness.judges.quantities.value import StatedValue, comparable, equal, inheriting
from harness.text.language_files import language_file, words_of
from harness.text.language_id import READ, guessed
from harness.text.sentences import bounds
from harness.text.terms import Terms, terms
from harness.text.tokens import folded

CUT: Final = re.compile(
    r"[,;:()](?!\d)|[–—]|\s(?:and|but|or|while|whereas|und|aber|oder|sondern|et|mais|ou|y|pero|o|sino|и|а|но|или)\s|[，；、：]|而|但",
    re.IGNORECASE,
)
"""where a clause ends"""
SAME_CLAUSE, SAME_SENTENCE, NEXT_SENTENCE, SAME_TEXT = 1.0, 0.7, 0.3, 0.2
"""how near a word is to a fact"""
MOST_NAMES: Final = 0.8
"""share of the content words"""
GERMAN: Final = words_of("german")
FURTHER: Final = "further"
"""begins the names of classes that are less sure"""
LONGEST_TEXT: Final = 100_000
"""characters of a text whose facts are read, about 40 pages; what follows is compared by its words alone"""
LONGEST_ENDING: Final = 3
"""letters that * stands for in the lists of exclusive words"""
SHORTEST_STEM: Final = 2
"""letters before *"""
NEED_CAPITALS: Final = frozenset({"may", "march", "august", "sur", "este"})
"""names of months and directions that are ordinary words as well"""


class Place(NamedTuple):
    """Where a word or fact stands."""

    text: int
    sentence: int
    """counted over all texts"""
    clause: int
    """counted over all texts"""


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """A part of a text that another of its kind would contradict."""

    kind: str
    """quantity, name, or the name of a class of exclusive words"""
    start: int
    end: int
    place: Place
    quantity: StatedValue | None = None
    """of a quantity"""
    names: frozenset[str] = frozenset()
    """keys of a name's words; or the member of a class"""
    initial: bool = False
    """a capitalised word that begins a sentence: perhaps a name"""

    def competes(self, other: "Fact") -> bool:
        """Return whether both could stand in the same place of a statement."""
        if self.kind != other.kind:
            return False
        return self.quantity is None or other.quantity is None or comparable(self.quantity, other.quantity)

    def equals(self, other: "Fact") -> bool:
        """Return whether both are the same value, name or word."""
        if self.quantity is not None and other.quantity is not None:
            return equal(self.quantity, other.quantity)
        return self.names <= other.names or other.names <= self.names


@dataclass(frozen=True, slots=True, eq=False)
class ReadTexts:
    """Texts, read."""

    texts: tuple[str, ...]
    terms: tuple[Terms, ...]
    """of each text"""
    places: tuple[tuple[Place, ...], ...]
    """of each term of each text"""
    facts: tuple[Fact, ...]
    further: tuple[Fact, ...]
    """words of classes that are less sure"""
    where: Mapping[str, tuple[Place, ...]]
    """key of a word -> its places, once per clause"""
    offsets: Mapping[str, tuple[tuple[Place, int], ...]]
    """key of a word -> place and offset wherever it stands"""


@lru_cache(maxsize=64)
def read(texts: tuple[str, ...]) -> ReadTexts:
    """Return the first LONGEST_TEXT characters of texts with their sentences, clauses and facts."""
    all_terms, all_places, facts = list[Terms](), list[tuple[Place, ...]](), list[Fact]()
    where: dict[str, dict[Place, None]] = defaultdict(dict)
    sentence = clause = 0
    for number, text in enumerate(own[:LONGEST_TEXT] for own in texts):
        known, words = quantities(text), terms(text)
        starts, sentence_at, clause_at = _cuts(text, known)
        places = []
        for start in words.starts:
            at = bisect_right(starts, start) - 1
            places.append(Place(number, sentence + sentence_at[at], clause + clause_at[at]))
        for word, place in zip(words.words, places, strict=True):
            where[word.key][place] = None
        facts += _facts(text, words, places, known)
        all_terms.append(words)
        all_places.append(tuple(places))
        sentence, clause = sentence + sentence_at[-1] + 2, clause + clause_at[-1] + 1
    return ReadTexts(
        texts,
        tuple(all_terms),
        tuple(all_places),
        tuple(fact for fact in facts if not fact.kind.startswith(FURTHER)),
        tuple(fact for fact in facts if fact.kind.startswith(FURTHER)),
        {key: tuple(at) for key, at in where.items()},
        _offsets(all_terms, all_places),
    )


def _offsets(words: Sequence[Terms], places: Sequence[Sequence[Place]]) -> Mapping[str, tuple[tuple[Place, int], ...]]:
    found: dict[str, list[tuple[Place, int]]] = defaultdict(list)
    for own, at in zip(words, places, strict=True):
        for word, start, place in zip(own.words, own.starts, at, strict=True):
            if word.content:
                found[word.key].append((place, start))
    return {key: tuple(known) for key, known in found.items()}


def _cuts(text: str, known: Sequence[StatedValue]) -> tuple[list[int], list[int], list[int]]:
    """Return where clauses begin, and the number of the sentence and of the clause of each."""
    inside = [(own.start, own.end) for own in known]
    starts, sentences, at = [0], [0], 0
    for number, (start, end) in enumerate(bounds(text)):
        if number:
            starts.append(start)
            sentences.append(number)
        for cut in CUT.finditer(text, start, end):
            while at < len(inside) and inside[at][1] <= cut.start():
                at += 1
            if at < len(inside) and inside[at][0] < cut.start():
                continue
            starts.append(cut.end())
            sentences.append(number)
    return starts, sentences, list(range(len(starts)))


def _facts(text: str, words: Terms, places: Sequence[Place], known: Sequence[StatedValue]) -> Iterator[Fact]:
    covered = set[int]()
    for numbers, fact in _quantities(words, places, known):
        covered.update(numbers)
        yield fact
    if not _capitals_are_usual(text, words):
        yield from _names(words, places, covered)
        yield from _initial(text, words, places, covered)
    for number, (start, end) in enumerate(zip(words.starts, words.ends, strict=True)):
        if number not in covered:
            for kind, member in _classes(text[start:end]):
                yield Fact(kind, start, end, places[number], None, frozenset({member}))
    for kind, member, start, end in _chinese(text):
        number = min(bisect_right(words.starts, start), len(words)) - 1
        if number >= 0:
            yield Fact(kind, start, end, places[number], None, frozenset({member}))


def _quantities(words: Terms, places: Sequence[Place], known: Sequence[StatedValue]) -> Iterator[tuple[range, Fact]]:
    """Yield each quantity with the numbers of its terms; a bare one inherits what the one before it counts."""
    last: Fact | None = None
    for quantity in known:
        first, behind = bisect_left(words.ends, quantity.start + 1), bisect_left(words.starts, quantity.end)
        if first >= behind:
            continue
        if last is not None and last.quantity and last.place.sentence == places[first].sentence and not quantity.counts:
            quantity = inheriting(quantity, last.quantity)
        last = Fact("quantity", quantity.start, quantity.end, places[first], quantity)
        yield range(first, behind), last


def _capitals_are_usual(text: str, words: Terms) -> bool:
    """Whether capitals do not mark names: in German, and where nearly all words have them, as in headings."""
    content = sum(word.content for word in words.words)
    german = any(word.key in GERMAN for word in words.words) or guessed(text[:READ]) == "de"
    return german or sum(words.named) > MOST_NAMES * content >= 1


def _names(words: Terms, places: Sequence[Place], covered: set[int]) -> Iterator[Fact]:
    """Yield runs of capitalised words as names."""
    run: list[int] = []
    for number in range(len(words) + 1):
        named = number < len(words) and words.named[number] and number not in covered
        if named and (not run or words.starts[number] - words.ends[number - 1] <= 2):
            run.append(number)
            continue
        if run:
            yield _name(words, places, run)
        run = [number] if named else []


def _initial(text: str, words: Terms, places: Sequence[Place], covered: set[int]) -> Iterator[Fact]:
    sentence = -1
    for number, place in enumerate(places):
        first, sentence = place.sentence != sentence, place.sentence
        written = text[words.starts[number] : words.ends[number]]
        if (
            first
            and words.words[number].content
            and number not in covered
            and written[0].isupper()
            and not any(not kind.startswith(FURTHER) for kind, _ in _classes(written))
        ):
            yield replace(_name(words, places, [number]), initial=True)


def _name(words: Terms, places: Sequence[Place], run: Sequence[int]) -> Fact:
    keys = frozenset(words.words[number].key for number in run)
    return Fact("name", words.starts[run[0]], words.ends[run[-1]], places[run[0]], None, keys)


@lru_cache(maxsize=100_000)
def _classes(written: str) -> tuple[tuple[str, str], ...]:
    plain = folded(written)
    if plain in NEED_CAPITALS and not written[0].isupper():
        return ()
    known, ends = _members(), range(len(plain), max(len(plain) - LONGEST_ENDING, SHORTEST_STEM) - 1, -1)
    return (*known.get(plain, ()), *(own for end in ends for own in known.get(f"{plain[:end]}*", ())))


@cache
def _members() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return, by folded word, the classes that it is in and the member that it is there."""
    members: dict[str, list[tuple[str, str]]] = {}
    groups = language_file("exclusive")
    for group in ("quantifiers", "opposites", "kinds", f"{FURTHER}_opposites", f"{FURTHER}_kinds"):
        for number, line in enumerate(groups[group]):
            for member in line.split():
                for form in member.split("/"):
                    members.setdefault(folded(form), []).append((f"{group} {number}", member))
    return {form: tuple(own) for form, own in members.items()}


def _chinese(text: str) -> Iterator[tuple[str, str, int, int]]:
    for match in _chinese_words().finditer(text) if not text.isascii() else ():
        kind, member = _chinese_members()[match.group()]
        yield kind, member, *match.span()


@cache
def _chinese_words() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _chinese_members()), key=len, reverse=True)))


@cache
def _chinese_members() -> Mapping[str, tuple[str, str]]:
    return {
        form: (f"{group} {number}", member)
        for group in ("chinese", f"{FURTHER}_chinese")
        for number, line in enumerate(language_file("exclusive")[group])
        for member in line.split()
        for form in member.split("/")
    }


def closeness(place: Place, others: Sequence[Place]) -> float:
    """Return how near the nearest of some places is."""
    best = 0.0
    for other in others:
        if other.clause == place.clause:
            return SAME_CLAUSE
        if other.sentence == place.sentence:
            best = max(best, SAME_SENTENCE)
        elif abs(other.sentence - place.sentence) == 1:
            best = max(best, NEXT_SENTENCE)
        elif other.text == place.text:
            best = max(best, SAME_TEXT)
    return best
