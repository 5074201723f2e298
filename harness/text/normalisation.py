"""Text reduced to what an answer says: SQuAD's normalisation, for every script.

On ASCII text `normalised` gives what SQuAD's official script gives (Rajpurkar et al. 2016), except that
it never reduces a text to nothing: "A" and "+" stay what they are.
"""

import re
import unicodedata
from typing import Final

ENGLISH_ARTICLES: Final = re.compile(r"\b(?:a|an|the)\b")
DROPPED: Final = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sc", "Sm", "Sk", "Cf"})
"""Unicode categories of ASCII punctuation, of other quotation marks, and of invisible format characters"""


class _Dropping(dict[int, int | None]):
    """A table for str.translate that is filled as characters are met."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code)) in DROPPED else code
        self[code] = kept
        return kept


_DROPPING: Final = _Dropping()


def folded(text: str) -> str:
    """Return `text` without differences of case, width and composition (NFKC and casefold)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def normalised(text: str) -> str:
    """Return `text` folded, without punctuation, English articles and extra white space."""
    plain = " ".join(folded(text).split())
    bare = " ".join(plain.translate(_DROPPING).split())
    without_articles = " ".join(ENGLISH_ARTICLES.sub(" ", bare).split())
    return without_articles or bare or plain
