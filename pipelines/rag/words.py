"""The words of a text in any script: what BM25 counts. Not the model's tokens.

In scripts without spaces each character, with its marks, is a word of its own.
"""

import re
import sys
import unicodedata
from functools import cache

from harness.text.tokens import UNSPACED


@cache
def _pattern() -> re.Pattern[str]:
    # Python's \w leaves combining marks out, which would cut Hindi or Arabic words at every vowel sign.
    marks = "".join(chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code))[0] == "M")
    return re.compile(rf"[{UNSPACED}][{marks}]*|(?:(?![{UNSPACED}])[\w{marks}])+")


def words(text: str) -> list[str]:
    """Return the words of `text`, compatibility-normalised and case-folded; single characters count too."""
    return _pattern().findall(unicodedata.normalize("NFKC", text).casefold())
