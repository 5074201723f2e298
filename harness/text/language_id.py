"""The language of a text, guessed from script, common words and letters: to report languages without patterns.

In doubt it gives no language: a repeated word counts once, and a word of several languages counts for little. Short
texts of one origin can be identified together where none of them can be alone.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

import yaml

from harness.text.refusal_patterns import FOLDER
from harness.text.tokens import SCRIPTS

OF_SCRIPT: Final[Mapping[str, re.Pattern[str]]] = {
    code: re.compile(f"[{SCRIPTS[script]}]")
    for code, script in {
        "ja": "kana",
        "ko": "hangul",
        "zh": "han",
        "ar": "arabic",
        "he": "hebrew",
        "hi": "devanagari",
        "th": "thai",
        "el": "greek",
    }.items()
}
"""language -> its script, in this order: Japanese is also written with Chinese characters"""
LETTERS: Final[Mapping[str, str]] = {
    "de": "ß",
    "es": "ñ",
    "pt": "ãõ",
    "pl": "łąęśżź",
    "cs": "řěů",
    "hu": "őű",
    "tr": "ğı",
    "ro": "țșţă",
    "vi": "ươạảấầếềệịọộớờợụủứừ",
    "uk": "іїєґ",
    "ru": "ыэё",
}
"""letters that none of the other languages has"""
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


def guessed(text: str) -> str:
    """Return the code of the language, "" where a text is too short or too unusual."""
    read = text[:READ]
    script = _script(read)
    if script:
        return script
    weights, counts = _evidence(read)
    best = max(weights, key=lambda code: weights[code], default="")
    tied = sum(weights[code] == weights[best] for code in weights) > 1
    return best if best and not tied and counts[best] >= FEWEST and weights[best] >= ENOUGH else ""


def guessed_together(texts: Iterable[str]) -> str:
    """Return the language of texts of one origin, however short each of them is; "" where it is unclear."""
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}
    for text in texts:
        read = text[:READ]
        script = _script(read)
        added, words = ({script: ENOUGH}, {script: FEWEST}) if script else _evidence(read)
        for code in added:
            weights[code] = weights.get(code, 0.0) + added[code]
            counts[code] = counts.get(code, 0) + words[code]
    ranked = sorted(weights.items(), key=lambda item: -item[1])
    if not ranked or counts[ranked[0][0]] < FEWEST or ranked[0][1] < ENOUGH:
        return ""
    (best, most), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    return best if most >= AHEAD * second else ""


def _script(read: str) -> str:
    letters = max(len(LETTER.findall(read)), 1)
    for code, script in OF_SCRIPT.items():
        if len(script.findall(read)) > OF_A_SCRIPT * letters:
            return code
    return ""


def _evidence(read: str) -> tuple[dict[str, float], dict[str, int]]:
    """Return, per language, the weight and the number of the text's different words that belong to it."""
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}
    for word in dict.fromkeys(word.casefold() for word in WORD.findall(read)):
        codes = _languages_of().get(word) or _lettered(word)
        for code in codes:
            weights[code] = weights.get(code, 0.0) + 1 / len(codes)
            counts[code] = counts.get(code, 0) + 1
    return weights, counts


@cache
def _languages_of() -> Mapping[str, tuple[str, ...]]:
    content = yaml.safe_load((FOLDER / "common_words.yaml").read_text(encoding="utf-8"))
    languages: dict[str, tuple[str, ...]] = {}
    for code, words in content.items():
        for word in set(str(words).split()):
            languages[word] = (*languages.get(word, ()), str(code))
    return languages


def _lettered(word: str) -> tuple[str, ...]:
    return tuple(code for code, letters in LETTERS.items() if any(letter in letters for letter in word))
