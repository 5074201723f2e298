"""Refusals: does a text decline to answer, and do nothing else?

Patterns per language (harness/languages), searched in clauses. A text is a refusal when at least one clause
declines and every other clause is filler (an apology, an offer, a pointer to someone else) or frame (a greeting before,
a farewell after: "Ahoy! … Fair winds, your crew"). "I don't know the exact date, but it opened in 1990" therefore is an
answer, and so is "I don't know. Please note that entry costs 900 euros": filler that holds a figure states something,
and what announces a statement ("please note that") is no part of it. What stands in quotation marks is said by somebody
else. Languages without patterns are never recognised as refusing; the tables say so.
"""

import re
from functools import lru_cache
from typing import Final

from harness.text.clauses import clauses
from harness.text.normalisation import folded
from harness.text.questions import stretches
from harness.text.refusal_patterns import patterns, variants

LONGEST_REFUSAL: Final = 2000
LONGEST_CLAUSE: Final = 400
"""characters; what goes on for longer says something, and the patterns need not search it"""

CITATION: Final = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
LABEL: Final = re.compile(
    r"^\W*(?:(?:the |final |short )*answer|antwort|réponse|respuesta|ответ|答案|回答|答)\W*[:：]", re.IGNORECASE
)
HEADING: Final = re.compile(r"^\W*[A-Z][A-Z ]{2,30}(?://|::|\||->|:)")
"""what a house writes above whatever it says: BOARD NOTE //"""
QUOTED: Final = re.compile(
    r"\"[^\"]{3,400}\"|[“„][^“”„]{3,400}[“”]|[«»][^«»]{3,400}[«»]|[「『][^「」『』]{3,400}[」』]"
)
REACHED: Final = re.compile(r"\S*@\S+|(?:https?://|www\.)\S+|\+?\d[\d /().-]{5,20}\d|24/7")
"""where somebody can be reached: no figure that states something"""
ENDS: Final = re.compile(r"^[\W_]+|(?:(?!\?)[\W_])+$")
EXCLAMATION: Final = re.compile(r"[!！]\W*$")
LONGEST_FRAME: Final = 7
"""words of a greeting or farewell that no pattern knows"""


@lru_cache(maxsize=16_384)
def is_refusal(text: str) -> bool:
    """Return whether `text` declines to answer and says nothing else; "" is no refusal."""
    if len(text) > LONGEST_REFUSAL:
        return False
    bare = LABEL.sub("", HEADING.sub("", CITATION.sub(" ", text.translate(variants())), count=1), count=1)
    declined = False
    for clause in clauses(_unquoted(bare)):
        plain = _announced(_plain(clause))
        if len(plain) > LONGEST_CLAUSE:
            return False
        if _declines(plain):
            declined = True
        elif plain and not _is_filler(plain) and not _is_frame(clause, plain, declined):
            return False
    return declined


def _unquoted(text: str) -> str:
    """The text without what it quotes; a text that is nothing but a quotation says it itself."""
    without = QUOTED.sub(" … ", text)
    return without if any(map(str.isalnum, without)) else text


def _plain(clause: str) -> str:
    """The clause folded, with straight apostrophes and without punctuation at its ends (a question mark stays)."""
    return ENDS.sub("", " ".join(folded(clause).replace("’", "'").split()))


def _announced(clause: str) -> str:
    """The clause without what only announces it."""
    return patterns(clause).telling.sub("", clause, count=1)


def _declines(clause: str) -> bool:
    known = patterns(clause)
    clause = known.framing.sub("", clause, count=1) or clause
    found = known.declining.search(clause)
    if found is None or known.only.search(clause) or _told_of_others(clause, found):
        return False
    before, comma, _ = clause[: found.start()].rpartition(",")
    return not comma or known.lead_in.match(before.lstrip()) is not None or _is_filler(before.strip())


def _told_of_others(clause: str, found: re.Match[str]) -> bool:
    """Whether somebody else declined ("she said that …") or was not told ("… to the press").

    What comes later is only what the text does not say: "The text does not say what she told the press."
    """
    others = patterns(clause).others.search(clause)
    return others is not None and others.start() <= found.end() + 1


def _is_filler(clause: str) -> bool:
    if any(map(str.isdigit, REACHED.sub("", clause))):
        return False
    if clause.endswith("?"):
        return all(asks for _, _, asks in stretches(clause))
    return patterns(clause).filler.search(clause) is not None


def _is_frame(raw: str, clause: str, declined: bool) -> bool:
    """Whether a clause is a farewell, or an exclamation that names nobody and nothing ("Keep a steady course!")."""
    if declined and patterns(clause).closing.search(clause):
        return True
    words = raw.split()
    if not EXCLAMATION.search(raw) or not 2 <= len(words) <= LONGEST_FRAME or any(map(str.isdigit, raw)):
        return False
    named = all(word[:1].isupper() for word in words)
    return not named and not patterns(clause).stating.search(clause)
