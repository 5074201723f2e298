"""What restating and changing a sentence have in common: its words, numbers and names, and other words in their form."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from validation.reader.wordnet import WordNet

WORD: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
NUMBER: Final = re.compile(
    r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w,]*\d)(?!\w)"
)
NAME: Final = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+(?: (?:of |the |de |von )?[A-Z][a-z]+)*")
MONTHS: Final = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
DAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
COMMON: Final = frozenset(
    ["be", "have", "do", "say", "get", "make", "go", "know", "take", "see", "come", "think", "look", "want", "give", "use", "find", "tell", "ask", "work", "seem", "feel", "try", "leave", "call", "good", "new", "first", "last", "long", "great", "little", "own", "other", "old", "right", "big", "high", "different", "small", "next", "early", "young", "important", "few", "public", "bad", "same", "able", "time", "year", "people", "way", "day", "man", "thing", "woman", "life", "child", "world", "school", "state", "family", "student", "group", "country", "problem", "hand", "part", "place", "case", "week", "company", "system", "program", "question", "number", "night", "point", "home", "water", "room", "mother", "area", "money", "story", "fact", "month", "lot", "study", "book", "eye", "job", "word", "business", "issue", "side", "kind", "head", "house", "service", "friend", "father", "hour", "game", "line", "end", "member", "law", "car", "city", "community", "name"]
)
"""words with so many meanings that a dictionary's synonyms of them are mostly wrong"""
TAGS: Final = ("VBD", "VBN", "VBG", "VBZ", "VB", "NNS", "NN", "JJ", "RB", "JJR", "JJS")
PART_OF: Final = {"V": "v", "N": "n", "J": "a", "R": "r"}


@dataclass(frozen=True)
class Material:
    """What a sentence can be changed with."""

    evidence: Sequence[str]
    """sentences of the evidence; the claim restates the one at `own`"""
    own: int
    elsewhere: Sequence[str]
    """sentences of the same collection that are not part of the evidence"""
    dictionary: WordNet


@lru_cache(maxsize=100_000)
def lemma(word: str, dictionary: WordNet) -> tuple[str, str] | None:
    """Return the (base form, Penn tag) of a word whose part of speech its form and the dictionary leave no doubt of."""
    from lemminflect import getAllLemmas, getInflection

    low = word.lower()
    found = [
        (base, "V" if upos in ("VERB", "AUX") else upos[0] if upos in ("NOUN",) else "J" if upos == "ADJ" else "R")
        for upos, bases in getAllLemmas(low).items()
        if upos in ("VERB", "NOUN", "ADJ", "ADV")
        for base in bases[:1]
    ]
    found = [(base, letter) for base, letter in found if (base, PART_OF[letter]) in dictionary.senses]
    if len({letter for _, letter in found}) != 1:
        return None
    base, letter = found[0]
    if base in COMMON or len(base) < 3:
        return None
    tags = [tag for tag in TAGS if tag[0] == letter and low in getInflection(base, tag)]
    return (base, tags[0]) if tags else None


def inflected(base: str, tag: str, like: str) -> str | None:
    """Return another base form in the form of a word, capitals included."""
    from lemminflect import getInflection

    forms = getInflection(base, tag)
    if not forms:
        return None
    return forms[0][0].upper() + forms[0][1:] if like[:1].isupper() else forms[0]


def replaced(text: str, start: int, end: int, by: str) -> str:
    """Return a text with a stretch replaced, "a" and "an" before it as its sound wants."""
    before, after = text[:start], text[end:]
    article = re.search(r"\b(a|an|A|An) $", before)
    if article and by[:1].isalpha():
        wanted = "an" if by[0].lower() in "aeiou" else "a"
        wanted = wanted.capitalize() if article.group(1)[0] == "A" else wanted
        before = f"{before[: article.start()]}{wanted} "
    return before + by + after


def chosen(generator: random.Random, found: Sequence[object]) -> object | None:
    """Return one of some things, None of none."""
    return generator.choice(found) if found else None


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """Return a text that begins small, unless with a name or an acronym."""
    first = re.match(
        r"(The|A|An|It|He|She|They|We|In|On|At|This|These|That|There|Its|His|Her|Their|Our|For|From|By|With)\b", text
    )
    return text[:1].lower() + text[1:] if first else text
