"""Where a claim restates its evidence and still says something else: another value, name, opposite, denial or role.

A claim looks supported by a statement of the evidence that shares most of its words. Then what differs decides: a value
or name that the evidence binds to other words, an opposite, a denial, subject and object exchanged, one word put in the
place of another. What is harmless (order, inflection, function words, what is left out) is not looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harness.judges.facts import SAME_CLAUSE, SAME_SENTENCE, Fact, Place, ReadTexts, closeness, read
from harness.judges.quantities.value import UNITED, has_other_unit
from harness.judges.restatement import ClaimDifference, Kind, of_statement, stretch, tokens
from harness.text.terms import Terms, Word, terms

MARGIN: Final = 0.2
"""weight of words by which another fact must fit a claim better than an equal one: more than half a word that stands in
another clause"""
RESTATES: Final = 0.55
"""share of a claim's words, by weight, that a statement must hold for a difference to count"""
UNITS: Final = 0.4
"""the same for a value whose figures stand there with another unit"""
BESIDE_FACTS: Final = 4
"""words beside a stretch of the evidence that may belong to it, as in "most of the houses" """
CLOSELY: Final = 0.75
"""the same for differences of single words"""
NOUN: Final = 0.5
"""weight for a number of the very things that the claim counts"""
FIGURES: Final = 0.5
"""of a claim's words; added where the same figures have another unit"""


@dataclass(frozen=True, slots=True, eq=False)
class Restated:
    """A claim against its evidence."""

    differences: tuple[ClaimDifference, ...]
    equal: tuple[tuple[Fact, Fact], ...]
    """values of the claim with the equal one of the evidence, however it is written there"""


def compare(claim: str, evidence: tuple[str, ...], asked: str = "", *, whole: bool = True) -> Restated:
    """Compare a claim with its evidence.

    Args:
        claim: one statement.
        evidence: texts that may support it.
        asked: the question that it answers: its words say what a short answer is about.
        whole: this is all of the evidence: what is not in it is nowhere.
    """
    return _compared(claim, evidence, asked, whole)


@lru_cache(maxsize=64)
def _compared(claim: str, evidence: tuple[str, ...], asked: str, whole: bool) -> Restated:
    own, texts = read((claim,)), read(evidence)
    words = own.terms[0]
    bound = _bindings(own, texts, _context(words, own.facts, asked))
    equals = tuple((fact, other) for fact, other in bound.items() if other.equals(fact))
    sentences = _sentences(words, own.facts, equals, texts)
    differences = [*_of_facts(own, bound, texts, sentences), *(_absent(own, texts) if whole else ())]
    best = max(sentences, key=lambda number: (sentences[number], -number), default=None)
    if best is not None and sentences[best] >= CLOSELY:
        differences += of_statement(claim, own, texts, best, equals)
    return Restated(tuple(differences), equals)


def _bindings(own: ReadTexts, texts: ReadTexts, context: Sequence[tuple[Word, int]]) -> dict[Fact, Fact]:
    """Return, by fact of the claim, the fact of the evidence that stands in its place."""
    names = frozenset[str]().union(*(fact.names for fact in texts.facts if fact.kind == "name" and not fact.initial))
    bound = {}
    for fact in own.facts:
        if fact.initial and not fact.names & names:
            continue
        among = [other for other in own.facts if other.quantity is not None and other.competes(fact)]
        same_kind = [
            other for other in own.facts if other is not fact and other.kind == fact.kind not in ("name", "quantity")
        ]
        if (other := _bound(fact, among, same_kind, context, texts)) is not None:
            bound[fact] = other
    return bound


def _of_facts(
    own: ReadTexts, bound: Mapping[Fact, Fact], texts: ReadTexts, sentences: Mapping[int, float]
) -> Iterator[ClaimDifference]:
    """Yield values, names and opposites that are bound to something else."""
    for fact, other in bound.items():
        needed = UNITS if _has_other_unit(fact, other) else RESTATES if fact.quantity else CLOSELY
        if other.equals(fact) or sentences.get(other.place.sentence, 0.0) < needed:
            continue
        twins = [mine for mine in bound if mine is not fact and mine.kind == fact.kind and mine.equals(other)]
        if twins and (fact.quantity is None or not any(bound[mine].equals(fact) for mine in twins)):
            continue  # the claim says both
        if fact.quantity is None and not _is_near(other, own, texts):
            continue
        kind: Kind = "value" if fact.kind == "quantity" else "name" if fact.kind == "name" else "opposite"
        said = texts.texts[other.place.text][other.start : other.end]
        yield ClaimDifference(kind, own.texts[0][fact.start : fact.end], said)


def _absent(own: ReadTexts, texts: ReadTexts) -> Iterator[ClaimDifference]:
    """Yield values with a unit that the evidence, which has others of that unit, does not hold: 5 °C for -5 °C."""
    for fact in own.facts:
        if fact.quantity is None or not {kind for kind, _ in fact.quantity.kinds} & UNITED:
            continue
        rivals = [other for other in texts.facts if fact.competes(other)]
        if rivals and not any(map(fact.equals, rivals)):
            other = rivals[0]
            said = texts.texts[other.place.text][other.start : other.end]
            yield ClaimDifference("value", own.texts[0][fact.start : fact.end], said)


def _is_near(other: Fact, own: ReadTexts, texts: ReadTexts) -> bool:
    """Return whether a fact stands in the stretch of its sentence that the claim restates."""
    mine = tokens(own, 0, None)
    known = {token.word.key for token in mine if token.word.content}
    near = stretch(tokens(texts, other.place.text, other.place.sentence), known, BESIDE_FACTS)
    return near[0].start <= other.start < near[-1].end


def _context(words: Terms, facts: Sequence[Fact], asked: str) -> list[tuple[Word, int]]:
    """Return the content words of the claim with their offsets, and those of the question for a short answer."""
    own = [
        (word, start)
        for word, start in zip(words.words, words.starts, strict=True)
        if word.content and not word.negates
    ]
    free = [start for _, start in own if not any(fact.start <= start < fact.end for fact in facts)]
    if len(free) < 2 and asked:
        own += [(word, -1) for word in read((asked,)).terms[0].words if word.content]
    return own


def _bound(
    fact: Fact, among: Sequence[Fact], same_kind: Sequence[Fact], context: Sequence[tuple[Word, int]], texts: ReadTexts
) -> Fact | None:
    """Return the fact of the evidence that stands where the claim has this one; None where nothing tells.

    Args:
        fact: of the claim.
        among: values of the claim that could stand in its place: they say nothing about it.
        same_kind: other names or words of the claim: what the claim says as well is no rival.
        context: words of the claim, with their offsets.
        texts: the evidence.
    """
    rivals = [other for other in texts.facts if fact.competes(other) and (not other.initial or other.equals(fact))]
    rivals = [other for other in rivals if other.equals(fact) or not any(map(other.equals, same_kind))]
    if not rivals:
        return None
    others = [word for word, start in context if not any(other.start <= start < other.end for other in (fact, *among))]
    total = sum(word.weight for word in others)
    if not total:
        equals = [other for other in rivals if other.equals(fact)]
        return equals[0] if equals else None
    scores = {other: _fit(fact, other, rivals, others, texts) for other in rivals}
    same = max((other for other in rivals if other.equals(fact)), key=scores.__getitem__, default=None)
    rest = max((other for other in rivals if not other.equals(fact)), key=scores.__getitem__, default=None)
    if rest is None or (same is not None and scores[rest] <= scores[same] + MARGIN):
        return same
    if same is not None and same.place.sentence != rest.place.sentence and _is_bare(fact):
        return same
    if _has_other_unit(fact, rest):
        return rest if scores[rest] >= UNITS * total else None
    needed = CLOSELY if same is None and fact.kind == "name" else RESTATES
    return rest if scores[rest] >= needed * total else None


def _is_bare(fact: Fact) -> bool:
    """Whether it is a number that does not say what it counts."""
    own = fact.quantity
    return own is not None and not own.nouns and {kind for kind, _ in own.kinds} == {"number"}


def _has_other_unit(fact: Fact, other: Fact) -> bool:
    return fact.quantity is not None and other.quantity is not None and has_other_unit(fact.quantity, other.quantity)


def _fit(fact: Fact, other: Fact, rivals: Sequence[Fact], words: Sequence[Word], texts: ReadTexts) -> float:
    """Return the weight of the claim's other words that stand near a fact of the evidence.

    In one sentence a word belongs to the nearest rival; what stands before all of them belongs to each.
    """
    mine, its = fact.quantity, other.quantity
    beside = [one for one in rivals if one.place.sentence == other.place.sentence]
    fit = sum(word.weight * _nearness(word.key, other, beside, texts) for word in words)
    if mine is not None and its is not None:
        fit += NOUN * bool(mine.nouns & its.nouns)
        if has_other_unit(mine, its):
            fit += FIGURES * sum(word.weight for word in words)
    return fit


def _nearness(key: str, other: Fact, beside: Sequence[Fact], texts: ReadTexts) -> float:
    near = max(closeness(other.place, texts.where.get(form, ())) for form in _forms(key))
    if near < SAME_SENTENCE:
        return near
    places = [
        (place, at)
        for form in _forms(key)
        for place, at in texts.offsets.get(form, ())
        if place.sentence == other.place.sentence
    ]
    first = min(one.start for one in beside)
    if any(at < first and not _is_contested(place, at, first, texts) for place, at in places):
        return SAME_CLAUSE  # the subject of all that follows
    owned = any(_distance(*own, other) <= min(_distance(*own, one) for one in beside) for own in places)
    return SAME_CLAUSE if owned else SAME_SENTENCE


def _is_contested(place: Place, at: int, first: int, texts: ReadTexts) -> bool:
    """Return whether a word is a name, say, and another name stands behind: each may have a value of its own."""
    here = [fact for fact in texts.facts if fact.place.sentence == place.sentence and fact.quantity is None]
    own = [fact for fact in here if fact.start <= at < fact.end]
    return any(fact.kind == mine.kind and not fact.equals(mine) and fact.start > first for mine in own for fact in here)


def _distance(place: Place, at: int, fact: Fact) -> tuple[bool, int]:
    """Return how far a word is from a fact: in another clause or not, and the characters between them."""
    return place.clause != fact.place.clause, fact.start - at if at < fact.start else max(at - fact.end, 0)


def _sentences(
    words: Terms, facts: Sequence[Fact], equals: Sequence[tuple[Fact, Fact]], texts: ReadTexts
) -> Mapping[int, float]:
    """Return the share of the claim's words, by weight, that each sentence of the evidence holds; facts left out."""
    weights: dict[int, float] = defaultdict(float)
    total = 0.0
    for word, start in zip(words.words, words.starts, strict=True):
        if not word.content or word.negates:
            continue
        fact = next((own for own in facts if own.start <= start < own.end), None)
        if fact is not None and fact.kind != "name":
            continue
        total += word.weight
        sentences = {place.sentence for key in _forms(word.key) for place in texts.where.get(key, ())}
        sentences |= {its.place.sentence for mine, its in equals if mine is fact}
        for sentence in sentences:
            weights[sentence] += word.weight
    return {sentence: weight / total for sentence, weight in weights.items()}


def _forms(key: str) -> tuple[str, ...]:
    """Return the keys of a word and of its forms with and without a last e, which endings hide: take, takes."""
    return (key, f"{key}e", key[:-1]) if key.endswith("e") else (key, f"{key}e")


def respelled(words: Terms, comparison: Restated, texts: tuple[str, ...], offset: int = 0) -> Terms:
    """Return a claim's terms with equal values as the evidence writes them, so that "3 pm" is found as "15:00".

    Args:
        words: of the claim.
        comparison: of the claim with the texts.
        texts: the evidence.
        offset: of the claim in the text that the terms count from.
    """
    columns: list[tuple[Word, int, int, bool]] = []
    written = set[Fact]()
    for row in zip(words.words, words.starts, words.ends, words.named, strict=True):
        pair = next((own for own in comparison.equal if own[0].start <= row[1] - offset < own[0].end), None)
        if pair is None or pair[0].quantity is None:
            columns.append(row)
        elif pair[0] not in written:
            mine, its = pair
            written.add(mine)
            spelled = terms(texts[its.place.text], its.start, its.end).words
            columns += [(word, mine.start + offset, mine.end + offset, False) for word in spelled]
    return Terms(*zip(*columns, strict=True)) if written else words
