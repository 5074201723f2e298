"""The language of a text, guessed from script, common words and letters: to report languages without patterns.

In doubt it gives no language: a repeated word counts once, and a word of several languages counts for little. Short
texts of one origin can be identified together where none of them can be alone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

from harness.text.language_files import language_file
from harness.text.tokens import SCRIPTS

OF_SCRIPT: Final[Mapping[str, re.Pattern[str]]] = {
    code: re.compile(f"[{SCRIPTS[script]}]") for code, script in language_file("scripts").items()
}
"""language -> its script, in this order: Japanese is also written with Chinese characters"""
LETTERS: Final = language_file("letters")
"""letters that none of the other languages has"""
ANY_OF_LETTERS: Final = frozenset("".join(map(str, LETTERS.values())))
READ: Final = 2000
"""characters that are read"""
LETTER: Final = re.compile(r"[^\W\d_]")
WORD: Final = re.compile(r"[^\W\d_]+")
OF_A_SCRIPT: Final = 0.2
"""least share of a text's letters for it to be of that script"""
FEWEST: Final = 3
"""words of the language that a guess needs"""
ENOUGH: Final = 1.5
"""their least weight: a word that two languages share weighs half"""
AHEAD: Final = 1.5
"""least ratio to the weight of the second language, for texts together"""
SHARE: Final = 0.05
"""share of the texts that hold a word of it, for texts together"""
OF_SCRIPT_ALONE: Final[Mapping[str, float]] = {str(number): ENOUGH / FEWEST for number in range(FEWEST)}
"""what a text in the script of one language counts: enough by itself"""


def guessed(text: str) -> str:
    """Return the code of the language, "" where a text is too short or too unusual."""
    read = text[:READ]
    script = _script(read)
    if script:
        return script
    found = _evidence(read)
    weights = {code: sum(words.values()) for code, words in found.items()}
    best = max(weights, key=lambda code: weights[code], default="")
    tied = sum(weights[code] == weights[best] for code in weights) > 1
    return best if best and not tied and len(found[best]) >= FEWEST and weights[best] >= ENOUGH else ""


def guessed_together(texts: Iterable[str]) -> str:
    """Return the language of texts of one origin, however short each of them is; "" where it is unclear."""
    found: dict[str, list[Mapping[str, float]]] = {}
    number = 0
    for text in texts:
        number += 1
        read = text[:READ]
        script = _script(read)
        for code, words in ({script: OF_SCRIPT_ALONE} if script else _evidence(read)).items():
            found.setdefault(code, []).append(words)
    weights = {code: sum(sum(words.values()) for words in own) for code, own in found.items() if _is_shown(own, number)}
    ranked = sorted(weights.items(), key=lambda item: -item[1])
    if not ranked:
        return ""
    (best, most), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    return best if most >= AHEAD * second else ""


def _is_shown(found: Sequence[Mapping[str, float]], texts: int) -> bool:
    """Return whether different words show a language, in enough of the texts: a name in every text is one word."""
    different = {word: weight for words in found for word, weight in words.items()}
    return len(different) >= FEWEST and sum(different.values()) >= ENOUGH and len(found) >= SHARE * texts


def _script(read: str) -> str:
    letters = max(len(LETTER.findall(read)), 1)
    for code, script in OF_SCRIPT.items():
        if len(script.findall(read)) > OF_A_SCRIPT * letters:
            return code
    return ""


def _evidence(read: str) -> Mapping[str, Mapping[str, float]]:
    """Return, per language, the different words of the text that belong to it, and their weights."""
    found: dict[str, dict[str, float]] = {}
    for word in dict.fromkeys(word.casefold() for word in WORD.findall(read)):
        codes = _languages_of().get(word) or _lettered(word)
        for code in codes:
            found.setdefault(code, {})[word] = 1 / len(codes)
    return found


@cache
def _languages_of() -> Mapping[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for code, words in language_file("common_words").items():
        for word in set(str(words).split()):
            languages[word] = (*languages.get(word, ()), str(code))
    return languages


def _lettered(word: str) -> tuple[str, ...]:
    if ANY_OF_LETTERS.isdisjoint(word):  # nearly all words
        return ()
    return tuple(code for code, letters in LETTERS.items() if any(letter in letters for letter in word))
