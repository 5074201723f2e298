"""The words of a text in any script: what BM25 counts. Not the model's tokens."""

import re
import sys
import unicodedata
from functools import cache

UNSPACED = "".join(
    (
        "\u0e00-\u0eff",  # Thai, Lao
        "\u1000-\u109f",  # Myanmar
        "\u1780-\u17ff",  # Khmer
        "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff",  # kana, iteration marks
        "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",  # Han
    )
)
"""Scripts written without spaces: each character, with its marks, is a word of its own."""


@cache
def _pattern() -> re.Pattern[str]:
    # Python's \w leaves combining marks out, which would cut Hindi or Arabic words at every vowel sign.
    marks = "".join(chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code))[0] == "M")
    return re.compile(rf"[{UNSPACED}][{marks}]*|(?:(?![{UNSPACED}])[\w{marks}])+")


def words(text: str) -> list[str]:
    """Return the words of `text`, compatibility-normalised and case-folded; single characters count too."""
    return _pattern().findall(unicodedata.normalize("NFKC", text).casefold())
