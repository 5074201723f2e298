"""A text cut into clauses: the smallest parts that can refuse or state something by themselves."""

import re
from typing import Final

from harness.text.language_files import expression
from harness.text.sentences import bounds

TURN: Final = expression("turn")
"""where a sentence turns from one statement to another"""

CONCESSION: Final = expression("concession")
CHINESE_CONCESSION: Final = re.compile(r"^\s*(?:虽然|尽管)")


def clauses(text: str) -> list[str]:
    """Return the clauses of `text` in order, without empty ones.

    A cut is made after every sentence, where a sentence turns ("…, but …"), and after a leading
    concession ("Although …, …"). Texts of many sentences cost linear time.
    """
    plain = (" ".join(text[start:end].split()) for start, end in bounds(text))  # the patterns take single spaces
    parts = (part for sentence in plain for part in _turns(sentence))
    return [part.strip() for part in parts if any(map(str.isalnum, part))]


def _turns(sentence: str) -> list[str]:
    if CONCESSION.match(sentence) or CHINESE_CONCESSION.match(sentence):
        conceded, comma, rest = sentence.replace("，", ",").partition(",")
        if comma:
            return [conceded, *TURN.split(rest)]
    return TURN.split(sentence)
