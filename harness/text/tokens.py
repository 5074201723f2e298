"""Words of a text in any script. Scripts written without spaces give one token per character."""

import re
import unicodedata
from typing import Final

from harness.text.normalisation import folded

WITHOUT_SPACES: Final = re.compile(
    "(["
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese kana and iteration marks
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "])"
)


class _WordCharacters(dict[int, str]):
    """A table for str.translate: letters, their marks and digits stay, all else becomes a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kept = character if unicodedata.category(character)[0] in "LMN" else " "
        if unicodedata.category(character) == "Cf":
            kept = ""  # a soft hyphen or joiner does not end a word
        self[code] = kept
        return kept


_WORD_CHARACTERS: Final = _WordCharacters()


def spaced(text: str) -> str:
    """Return `text` with a space on both sides of every character of a script that has none."""
    return WITHOUT_SPACES.sub(r" \1 ", text)


def words(text: str) -> list[str]:
    """Return the folded words of `text`, without punctuation and symbols.

    On ASCII text these are the tokens of rouge_score's default tokenizer without stemming.
    """
    return spaced(folded(text).translate(_WORD_CHARACTERS)).split()
