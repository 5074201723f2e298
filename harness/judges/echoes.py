"""What of an answer only repeats the question, and so claims nothing.

Left out are a clause that says what was asked ("You asked when the museum opened"), and a statement that has no content
word beside those of a question after who, what, when, where, how or why ("The museum opened."). What repeats a question
of yes or no, or one of alternatives, is its answer: "Entry is free on Sundays."
"""

from functools import lru_cache
from typing import Final

from harness.text.language_files import expression
from harness.text.questions import ASKING, INVERTED, MARK
from harness.text.sentences import sentences
from harness.text.statements import LIST, parts, states
from harness.text.terms import Terms, terms

ASKED_BACK: Final = expression("asked_back")
READ: Final = 1_000
"""last characters of what was asked: the question stands there, behind whatever it is about"""


class Echo:
    """What was asked, ready to be compared with the clauses of an answer.

    Args:
        asked: the question, with whatever stands around it; "" where it is unknown.
    """

    def __init__(self, asked: str) -> None:
        self._asked, self._open = _read(asked[-READ:])

    def substance(self, sentence: str, start: int) -> int | None:
        """Return where a sentence begins to say more than what was asked; None where it says no more.

        Args:
            sentence: with straight apostrophes.
            start: the rest is read.
        """
        rest = sentence[start:]
        mention = ASKED_BACK.match(rest) if self._asked else None
        if mention is None:
            return start
        for begin, end in parts(rest)[1:]:
            if states(rest[begin:end]) and not _content(terms(rest, begin, end)) <= self._asked:
                return start + begin
        return None if _content(terms(rest, mention.end())) <= self._asked else start

    def repeats(self, words: Terms) -> bool:
        """Return whether a statement has the words of an open question and no others."""
        content = _content(words)
        return bool(content) and any(content <= own for own in self._open)


@lru_cache(maxsize=256)
def _read(asked: str) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """Return the content words of what was asked, and those of each open question in it."""
    asking = [one for one in sentences(asked) if MARK.search(one) and _is_open(one)]
    return _content(terms(asked)), tuple(_content(terms(one)) for one in asking)


def _is_open(question: str) -> bool:
    """Return whether neither yes or no nor one of its own words answers a question."""
    return ASKING.search(question) is not None and INVERTED.search(question) is None and LIST.search(question) is None


def _content(words: Terms) -> frozenset[str]:
    return frozenset(word.key for word in words.words if word.content or word.negates)
