"""What restating and changing a sentence have in common: its words, numbers, names, and other words in their form."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from validation.reader.wordnet import WordNet

WORD: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
NUMBER: Final = re.compile(
    r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w,]*\d)(?!\w)"
)
NAME: Final = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+(?: (?:of |the |de |von )?[A-Z][a-z]+)*")
TABLES: Final[Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
"""words and phrases by which sentences are restated and changed"""
MONTHS: Final[list[str]] = TABLES["months"]
DAYS: Final[list[str]] = TABLES["days"]
COMMON: Final = frozenset(TABLES["common"])
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
