"""The words of an answer as concepts: own person, negation, knowing, source, sorry …, in six languages alike.

Words stand in languages/refusal_concepts.yaml. The order of concepts is what the score of refusals reads
(`harness.text.refusal_score`): "nothing in the minutes says" and "в письмах нет ни строчки" are the same to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from harness.text.language_files import language_file
from harness.text.refusal_patterns import variants
from harness.text.tokens import folded

Concepts = frozenset[str]

CHINESE: Final = "一-鿿"
TOKEN: Final = re.compile(rf"[^\W\d_{CHINESE}]+|\d+|[{CHINESE}]+|[?!;:,.\"。、「」“”«»„`]")
RUSSIAN_LETTER: Final = re.compile("[а-я]")
CHINESE_LETTER: Final = re.compile(f"[{CHINESE}]")
LATIN: Final = ("en", "de", "fr", "es")
SHORTEST_STEM: Final = 3
"""letters before an asterisk"""
SIGNS: Final[Mapping[str, str]] = {
    "?": "?", "!": "!", ";": ";", ":": ";", ",": ",", "、": ",", ".": ".", "。": ".",
}  # fmt: skip
"""every other sign counts as a quotation mark"""
NUMBER: Final = "number"
NOTHING: Final[Concepts] = frozenset()


@dataclass(frozen=True)
class Lexicon:
    """The words of one language."""

    phrases: Mapping[tuple[str, ...], Concepts]
    """tokens -> what they are about; of Chinese, one token each"""
    stems: Mapping[str, Concepts]
    """beginnings of words"""
    longest: int
    """tokens of the longest phrase, or characters of the longest Chinese word"""


def tokens(text: str) -> list[str]:
    """Return words, digits, runs of Chinese characters and signs, folded and with simplified characters."""
    return TOKEN.findall(folded(text.translate(variants())).replace("ё", "е"))


def concepts(words: Sequence[str]) -> list[Concepts]:
    """Return what each word or phrase is about, in order; the language is the one that knows most of the words."""
    whole = "".join(words)
    if CHINESE_LETTER.search(whole):
        return [one for word in words for one in _of_chinese(word)]
    if RUSSIAN_LETTER.search(whole):
        return _read(words, _lexicon("ru"))[0]
    return max((_read(words, _lexicon(code)) for code in LATIN), key=lambda read: read[1])[0]


def latin_language(words: Sequence[str]) -> str:
    """Return the code of the language of LATIN that knows most of the words, the first one in doubt."""
    return max(LATIN, key=lambda code: _read(words, _lexicon(code))[1])


def _read(words: Sequence[str], lexicon: Lexicon) -> tuple[list[Concepts], int]:
    """Return the concepts and how many of the words are known."""
    found: list[Concepts] = []
    place = known = 0
    while place < len(words):
        length, about = _longest(words, place, lexicon)
        found.append(about)
        known += length if about else 0
        place += length
    return found, known


def _longest(words: Sequence[str], place: int, lexicon: Lexicon) -> tuple[int, Concepts]:
    for length in range(min(lexicon.longest, len(words) - place), 0, -1):
        about = lexicon.phrases.get(tuple(words[place : place + length]))
        if about is not None:
            return length, about
    word = words[place]
    stems = (
        lexicon.stems[word[:end]] for end in range(len(word), SHORTEST_STEM - 1, -1) if word[:end] in lexicon.stems
    )
    return 1, _sign(word) or next(stems, NOTHING)


def _sign(word: str) -> Concepts:
    if word[0].isalpha():
        return NOTHING
    return frozenset([NUMBER if word[0].isdigit() else SIGNS.get(word, '"')])


def _of_chinese(word: str) -> Iterator[Concepts]:
    if not CHINESE_LETTER.match(word):
        yield _sign(word)
        return
    lexicon = _lexicon("zh")
    place = 0
    while place < len(word):
        lengths = range(min(lexicon.longest, len(word) - place), 0, -1)
        length = next((one for one in lengths if (word[place : place + one],) in lexicon.phrases), 0)
        yield lexicon.phrases[(word[place : place + length],)] if length else NOTHING
        place += length or 1


@cache
def _lexicon(code: str) -> Lexicon:
    phrases: dict[tuple[str, ...], Concepts] = {}
    stems: dict[str, Concepts] = {}
    for concept, listed in language_file("refusal_concepts")[code].items():
        for written in filter(None, map(str.strip, listed.split(","))):
            key = tuple(tokens(written.rstrip("*")))
            if written.endswith("*"):
                stems[key[0]] = stems.get(key[0], NOTHING) | {concept}
            else:
                phrases[key] = phrases.get(key, NOTHING) | {concept}
    longest = max(len(key[0]) if code == "zh" else len(key) for key in phrases)
    return Lexicon(phrases, stems, longest)
