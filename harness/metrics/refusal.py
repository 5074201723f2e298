"""Refusals: does a text decline to answer, and do nothing else?

Patterns per language, searched in clauses. A text is a refusal when at least one clause declines and every
other clause is filler (an apology, an offer, a pointer to someone else). "I don't know the exact date, but it
opened in 1990" therefore is an answer. Languages without patterns are never recognised as refusing.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from harness.metrics.clauses import clauses
from harness.metrics.normalisation import folded
from harness.metrics.refusal_patterns import DECLINING, FILLER, LEAD_IN


def _one_of(patterns: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """One expression for the patterns of all languages."""
    return re.compile("|".join(f"(?:{pattern})" for language in patterns.values() for pattern in language))


LONGEST_REFUSAL: Final = 2000
LONGEST_CLAUSE: Final = 400
"""characters; what goes on for longer says something, and the patterns need not search it"""

DECLINES: Final = _one_of(DECLINING)
FILLS: Final = _one_of(FILLER)
LEADS_IN: Final = _one_of(LEAD_IN)
CITATION: Final = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]|^\W*(?:final )?answer\s*:", re.IGNORECASE)


@lru_cache(maxsize=16_384)
def is_refusal(text: str) -> bool:
    """Return whether `text` declines to answer and says nothing else; "" is no refusal."""
    if len(text) > LONGEST_REFUSAL:
        return False
    declines = False
    for clause in map(_plain, clauses(CITATION.sub(" ", text))):
        if len(clause) > LONGEST_CLAUSE:
            return False
        if _declines(clause):
            declines = True
        elif not _is_filler(clause):
            return False
    return declines


def _plain(clause: str) -> str:
    """The clause folded, with straight apostrophes and without punctuation at its ends."""
    plain = " ".join(folded(clause).replace("’", "'").split())
    return plain.strip(" \"'.!。,:;()*_")


def _declines(clause: str) -> bool:
    found = DECLINES.search(clause)
    if found is None:
        return False
    before, comma, _ = clause[: found.start()].rpartition(",")
    return not comma or LEADS_IN.match(before.lstrip()) is not None


def _is_filler(clause: str) -> bool:
    return clause.endswith("?") or FILLS.search(clause) is not None
