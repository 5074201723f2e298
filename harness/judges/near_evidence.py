"""The part of the evidence that a claim may restate: the work of a comparison stays bounded, however long both are.

Comparing is quadratic in the facts of a sentence and in the places of a word. People's claims have a dozen words and
passages a few sentences, where that is nothing; a model that repeats itself, or a whole knowledge base as evidence,
must not cost minutes.
"""

from collections import defaultdict
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
"""values, names and words of classes in all of them"""
MOST_PLACES: Final = 500
"""of one word that are looked at where the evidence is long: what stands everywhere tells no sentence from another"""
BESIDE: Final = 1
"""sentences before and behind one that shares words: they may say what it is about"""


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


@lru_cache(maxsize=1024)
def near_evidence(claim: str, evidence: tuple[str, ...]) -> NearEvidence | None:
    """Return what of the evidence a claim is compared with; None where it is no statement that could restate one."""
    if len(claim) > LONGEST_SENTENCE:
        return None
    own = read((claim,))
    if len(own.terms[0]) > MOST_WORDS or len(own.facts) > MOST_WORDS // 2:
        return None
    sentences = _sentences(evidence)
    few = sum(one.facts for one in sentences.values()) <= MOST_FACTS
    if few and sum(map(len, evidence)) <= MOST_CHARACTERS:
        chosen, texts = set(sentences), evidence
    else:
        chosen = _nearest(own, read(evidence), sentences)
        texts = _cut_out(evidence, sorted(sentences[number] for number in chosen))
    if any(_is_list(sentences[number]) for number in chosen):
        return None
    return NearEvidence(texts, texts is evidence)


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


def _nearest(own: ReadTexts, texts: ReadTexts, sentences: dict[int, _Sentence]) -> set[int]:
    """Return the numbers of the sentences that share most words with a claim, and of those beside them."""
    shared: dict[int, float] = defaultdict(float)
    for word in dict.fromkeys(own.terms[0].words):
        places: tuple[Place, ...] = texts.where.get(word.key, ()) if word.content else ()
        for number in {place.sentence for place in places[:MOST_PLACES]}:
            shared[number] += word.weight
    chosen, characters, facts = set[int](), 0, 0
    for number in sorted(shared, key=lambda number: (-shared[number], number)):
        beside = {at for at in range(number - BESIDE, number + BESIDE + 1) if at in sentences} - chosen
        characters += sum(sentences[at].end - sentences[at].start for at in beside)
        facts += sum(sentences[at].facts for at in beside)
        if chosen and (characters > MOST_CHARACTERS or facts > MOST_FACTS):
            break
        chosen |= beside
    return chosen


def _cut_out(evidence: tuple[str, ...], sentences: list[_Sentence]) -> tuple[str, ...]:
    """Return stretches of neighbouring sentences as texts of their own."""
    stretches: list[tuple[int, int, int]] = []
    for one in sentences:
        if stretches and stretches[-1][0] == one.text and stretches[-1][2] == one.start:
            stretches[-1] = (one.text, stretches[-1][1], one.end)
        else:
            stretches.append((one.text, one.start, one.end))
    return tuple(evidence[text][start:end] for text, start, end in stretches)
