"""Refusals: does a text decline to answer, and do nothing else?

Patterns per language (harness/languages), searched in clauses. A text is a refusal when at least one clause
declines and every other clause is filler (an apology, an offer, a pointer to someone else). "I don't know the exact
date, but it opened in 1990" therefore is an answer. Languages without patterns are never recognised as refusing; the
tables say so.
"""

import re
from functools import lru_cache
from typing import Final

from harness.languages.patterns import patterns
from harness.metrics.clauses import clauses
from harness.metrics.normalisation import folded

LONGEST_REFUSAL: Final = 2000
LONGEST_CLAUSE: Final = 400
"""characters; what goes on for longer says something, and the patterns need not search it"""

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
    found = patterns().declining.search(clause)
    if found is None:
        return False
    before, comma, _ = clause[: found.start()].rpartition(",")
    return not comma or patterns().lead_in.match(before.lstrip()) is not None


def _is_filler(clause: str) -> bool:
    return clause.endswith("?") or patterns().filler.search(clause) is not None
