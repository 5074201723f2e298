"""Word lists and regular expressions of several languages, read from languages/word_lists.yaml and expressions.yaml."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent / "languages"
PART: Final = re.compile(r"%(\w+)%")
"""the name of an expression within another one"""


def words_of(name: str) -> frozenset[str]:
    """Return a list of words, of all languages together."""
    words = language_file("word_lists")[name]
    return frozenset((words if isinstance(words, str) else " ".join(words.values())).split())


def expression(name: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return an expression that ignores case; %NAME% in it is replaced by another one of the file."""
    return re.compile(_written_out(name), re.IGNORECASE | flags)


@cache
def language_file(name: str) -> Mapping[str, Any]:
    """Return the content of languages/NAME.yaml."""
    return dict(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def _written_out(name: str) -> str:
    return PART.sub(lambda part: _written_out(part[1]), "".join(language_file("expressions")[name]))


FUNCTION_WORDS: Final = words_of("function_words")
FIRST_PERSON: Final = words_of("first_person")
"""singular; not Chinese, where the character is also part of the plural"""
NEGATIONS: Final = words_of("negations")
NUMBER_WORDS: Final = {
    word: str(value)
    for line in language_file("word_lists")["number_words"].splitlines()
    for value, word in enumerate(line.split(), start=2)
}
"""not the word for 1, which is an article in half of the languages"""
DATE_WORDS: Final = words_of("date_words")
