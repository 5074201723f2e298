"""Which language is a text in? A guess by script, commonest words and letters, good enough to say what has no patterns.

It would rather say nothing than be wrong: a word counts once however often it is repeated, and what many languages
share counts for little. Short texts tell together what none of them tells alone.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

import yaml

from harness.text.refusal_patterns import FOLDER

SCRIPTS: Final[Mapping[str, re.Pattern[str]]] = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
}
"""in this order: Japanese is written with Chinese characters, too"""
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
"""letters that no other of the languages has"""
READ: Final = 2000
LETTER: Final = re.compile(r"[^\W\d_]")
WORD: Final = re.compile(r"[^\W\d_]+")
OF_A_SCRIPT: Final = 0.2
"""share of a text's letters that makes it one of that script"""
FEWEST: Final = 3
"""telling words that a guess needs"""
ENOUGH: Final = 1.5
"""what they must weigh: a word that two languages share weighs half"""
AHEAD: Final = 1.5
"""times what the next language has, for texts together"""


def guessed(text: str) -> str:
    """Return the code of the language, "" where a text is too short or too odd to tell."""
    read = text[:READ]
    script = _script(read)
    if script:
        return script
    weights, counts = _evidence(read)
    best = max(weights, key=lambda code: weights[code], default="")
    tied = sum(weights[code] == weights[best] for code in weights) > 1
    return best if best and not tied and counts[best] >= FEWEST and weights[best] >= ENOUGH else ""


def guessed_together(texts: Iterable[str]) -> str:
    """Return the language that texts of one origin are in, however short each of them is; "" where they do not tell."""
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}
    for text in texts:
        read = text[:READ]
        script = _script(read)
        found, words = ({script: ENOUGH}, {script: FEWEST}) if script else _evidence(read)
        for code in found:
            weights[code] = weights.get(code, 0.0) + found[code]
            counts[code] = counts.get(code, 0) + words[code]
    ranked = sorted(weights.items(), key=lambda one: -one[1])
    if not ranked or counts[ranked[0][0]] < FEWEST or ranked[0][1] < ENOUGH:
        return ""
    (best, most), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    return best if most >= AHEAD * second else ""


def _script(read: str) -> str:
    letters = max(len(LETTER.findall(read)), 1)
    for code, script in SCRIPTS.items():
        if len(script.findall(read)) > OF_A_SCRIPT * letters:
            return code
    return ""


def _evidence(read: str) -> tuple[dict[str, float], dict[str, int]]:
    """What the different words of a text weigh for each language, and how many of them speak for it."""
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}
    for word in dict.fromkeys(word.casefold() for word in WORD.findall(read)):
        codes = _spoken_in().get(word) or _lettered(word)
        for code in codes:
            weights[code] = weights.get(code, 0.0) + 1 / len(codes)
            counts[code] = counts.get(code, 0) + 1
    return weights, counts


@cache
def _spoken_in() -> Mapping[str, tuple[str, ...]]:
    content = yaml.safe_load((FOLDER / "common_words.yaml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for code, words in content.items():
        for word in set(str(words).split()):
            found[word] = (*found.get(word, ()), str(code))
    return found


def _lettered(word: str) -> tuple[str, ...]:
    return tuple(code for code, letters in LETTERS.items() if any(letter in letters for letter in word))
