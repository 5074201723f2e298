"""The part of the evidence that a claim may restate: the work of a comparison stays bounded, however long both are.

Comparing is quadratic in the facts of a sentence and in the places of a word. People's claims have a dozen words and
passages a few sentences, where that is nothing; a model that repeats itself, or a whole knowledge base as evidence,
must not cost minutes.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Final, NamedTuple

from harness.judges.facts import LONGEST_TEXT, Place, ReadTexts, read

MOST_WORDS: Final = 150
"""of a claim that is compared, and twice as many as its facts: no statement has more"""
MOST_CHARACTERS: Final = 8_000
"""of the sentences that a claim is compared with, the nearest first; four passages have 4,000"""
LONGEST_SENTENCE: Final = 2_000
"""characters of a claim, or of a sentence of the evidence: what is longer is a list, or nothing that was written"""
MOST_FACTS: Final = 300
"""values, names and words of classes in all of them, or in a sentence: what has more is a list"""
LONGEST_WINDOW: Final = 600
"""characters of a list (a table on one line, a transcript without stops) around the words that a claim has as well"""
MOST_IN_WINDOW: Final = 100
"""words there, and thus facts"""
MOST_PLACES: Final = 500
"""of one word that are looked at where the evidence is long: what stands everywhere tells no sentence from another"""
BESIDE: Final = 1
"""sentences before and behind one that shares words: they may say what it is about"""
TIE: Final = 1e-9


class NearEvidence(NamedTuple):
    """What a claim is compared with."""

    texts: tuple[str, ...]
    whole: bool
    """all of the evidence: what is not in it is nowhere"""


class _Sentence(NamedTuple):
    text: int
    start: int
    end: int
    facts: int


@lru_cache(maxsize=64)
def near_evidence(claim: str, evidence: tuple[str, ...]) -> NearEvidence | None:
    """Return what of the evidence a claim is compared with; None where it is no statement that could restate one."""
    if len(claim) > LONGEST_SENTENCE:
        return None
    own = read((claim,))
    if len(own.terms[0]) > MOST_WORDS or len(own.facts) > MOST_WORDS // 2:
        return None
    sentences = _sentences(evidence)
    few = sum(one.facts for one in sentences.values()) <= MOST_FACTS
    if few and sum(map(len, evidence)) <= MOST_CHARACTERS and not any(map(_is_list, sentences.values())):
        return NearEvidence(evidence, True)
    return NearEvidence(_cut_out(evidence, _nearest(own, read(evidence), sentences)), False)


def _is_list(sentence: _Sentence) -> bool:
    return sentence.end - sentence.start > LONGEST_SENTENCE or sentence.facts > MOST_FACTS


@lru_cache(maxsize=256)
def _sentences(evidence: tuple[str, ...]) -> dict[int, _Sentence]:
    """Return the sentences of texts by number, from their first word to the first of the next one."""
    texts = read(evidence)
    facts: dict[int, int] = defaultdict(int)
    for fact in (*texts.facts, *texts.further):
        facts[fact.place.sentence] += 1
    found: dict[int, _Sentence] = {}
    for number, (words, places) in enumerate(zip(texts.terms, texts.places, strict=True)):
        starts = list(zip(words.starts, places, strict=True))
        begins = [own for at, own in enumerate(starts) if not at or starts[at - 1][1].sentence != own[1].sentence]
        ends = [*(start for start, _ in begins[1:]), min(len(evidence[number]), LONGEST_TEXT)]
        for (start, place), end in zip(begins, ends, strict=True):
            found[place.sentence] = _Sentence(number, start, end, facts[place.sentence])
    return found


def _nearest(own: ReadTexts, texts: ReadTexts, sentences: dict[int, _Sentence]) -> list[_Sentence]:
    """Return the sentences that share most words with a claim, and those beside them, in order; of lists a window."""
    shared = _shared(own, texts)
    chosen, characters, facts = dict[int, _Sentence](), 0, 0
    for number in sorted(shared, key=lambda number: (-shared[number], number)):
        found = {number: _window(own, texts, sentences[number]) if _is_list(sentences[number]) else sentences[number]}
        beside = (at for at in range(number - BESIDE, number + BESIDE + 1) if at in sentences)
        found |= {at: sentences[at] for at in beside if not _is_list(sentences[at])}
        new = [one for at, one in found.items() if at not in chosen]
        characters += sum(one.end - one.start for one in new)
        facts += sum(one.facts for one in new)
        if chosen and (characters > MOST_CHARACTERS or facts > MOST_FACTS):
            break
        chosen |= found
    return [chosen[number] for number in sorted(chosen)]


def _shared(own: ReadTexts, texts: ReadTexts) -> dict[int, float]:
    """Return the weight of the claim's words that each sentence has, by number."""
    shared: dict[int, float] = defaultdict(float)
    for word in dict.fromkeys(own.terms[0].words):
        places: tuple[Place, ...] = texts.where.get(word.key, ()) if word.content else ()
        for number in {place.sentence for place in places[:MOST_PLACES]}:
            shared[number] += word.weight
    return shared


def _window(own: ReadTexts, texts: ReadTexts, sentence: _Sentence) -> _Sentence:
    """Return the part of a list that has most of a claim's words, by weight, each counted once."""
    weights = {word.key: word.weight for word in own.terms[0].words if word.content}
    places = sorted((start, key) for key in weights for start in _starts(key, texts, sentence))
    inside, weight, best, first = Counter[str](), 0.0, (0.0, sentence.start, sentence.start), 0
    for start, key in places:
        weight += weights[key] * (not inside[key])
        inside[key] += 1
        while places[first][0] < start - LONGEST_WINDOW // 2:
            left = places[first][1]
            inside[left] -= 1
            weight -= weights[left] * (not inside[left])
            first += 1
        if weight > best[0] + TIE:
            best = (weight, places[first][0], start)
    return _around(texts, sentence, best[1], best[2])


def _starts(key: str, texts: ReadTexts, sentence: _Sentence) -> list[int]:
    """Return where a word stands in a list."""
    known = texts.offsets.get(key, ())
    at = bisect_left(known, (sentence.text, sentence.start), key=lambda own: (own[0].text, own[1]))
    return [start for place, start in known[at : at + MOST_PLACES] if _holds(sentence, place, start)]


def _holds(sentence: _Sentence, place: Place, start: int) -> bool:
    return place.text == sentence.text and sentence.start <= start < sentence.end


def _around(texts: ReadTexts, sentence: _Sentence, first: int, last: int) -> _Sentence:
    """Return the words of a list from one place to another, and those on either side while there is room."""
    words, room = texts.terms[sentence.text], (LONGEST_WINDOW - (last - first)) // 2
    inner = (bisect_left(words.starts, first), bisect_left(words.starts, last))
    more = max(MOST_IN_WINDOW - 1 - (inner[1] - inner[0]), 0) // 2
    begin = max(bisect_left(words.starts, max(sentence.start, first - room)), inner[0] - more)
    end = bisect_left(words.starts, min(sentence.end, last + room + 1))
    end = max(min(end, inner[1] + more + 1, begin + MOST_IN_WINDOW), begin + 1)
    return _Sentence(sentence.text, words.starts[begin], words.ends[end - 1], end - begin)


def _cut_out(evidence: tuple[str, ...], sentences: list[_Sentence]) -> tuple[str, ...]:
    """Return stretches of neighbouring sentences as texts of their own."""
    stretches: list[tuple[int, int, int]] = []
    for one in sentences:
        if stretches and stretches[-1][0] == one.text and stretches[-1][2] == one.start:
            stretches[-1] = (one.text, stretches[-1][1], one.end)
        else:
            stretches.append((one.text, one.start, one.end))
    return tuple(evidence[text][start:end] for text, start, end in stretches)
