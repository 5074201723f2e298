"""Which language is a text in? A guess by script and commonest words, good enough to say what has no patterns."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

import yaml

from harness.languages.patterns import FOLDER

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
READ: Final = 2000
LETTER: Final = re.compile(r"[^\W\d_]")
WORD: Final = re.compile(r"[^\W\d_]+")
OF_A_SCRIPT: Final = 0.2
"""share of a text's letters that makes it one of that script"""
FEWEST: Final = 3
"""common words that a guess needs"""


def guessed(text: str) -> str:
    """Return the code of the language, "" where a text is too short or too odd to tell."""
    read = text[:READ]
    letters = max(len(LETTER.findall(read)), 1)
    for code, script in SCRIPTS.items():
        if len(script.findall(read)) > OF_A_SCRIPT * letters:
            return code
    words = [word.casefold() for word in WORD.findall(read)]
    counted = {code: sum(word in common for word in words) for code, common in _common().items()}
    code, most = max(counted.items(), key=lambda one: one[1])
    return code if most >= FEWEST else ""


@cache
def _common() -> Mapping[str, frozenset[str]]:
    content = yaml.safe_load((FOLDER / "common_words.yaml").read_text(encoding="utf-8"))
    return {str(code): frozenset(str(words).split()) for code, words in content.items()}
