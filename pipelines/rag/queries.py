"""What is searched for: a question as it is, a long text by its ends, a conversation by its last turns.

Embedders read a few hundred tokens, and what they read together is one vector, in which a question of ten words
behind a preamble of hundreds hardly counts; nor does it among the words that BM25 counts. Measured with the default
retriever on 80 documents (tests/pipelines/rag/test_queries.py has a small one of the kind): a question that ends 28
turns about other things finds its document with MRR 0.05 if all turns are searched for, and 0.97 as below ("it" for a
thing of the turn before: 0.06 and 0.94); one behind a preamble of 470 words 0.06 and 0.93.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from harness.audits import AuditResult
from harness.text.sentences import sentences
from harness.text.tokens import UNSPACED
from harness.types import THE_INPUT, Example, Turn

VERSION: Final = 1
"""of these rules; part of the keys of what is searched for by them"""
LONGEST: Final = 180
"""words of a text that is searched for whole: what an embedder of 256 tokens reads"""
END: Final = 40
"""words of each end of a longer one"""
TIMES: Final = 3
"""how often a question stands next to its context, so that it outweighs it"""
FEW_FLAGGED: Final = 0.02
"""share of long queries above which they are flagged"""
_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]{{1,20}}")
_ASKED: Final = re.compile(r"[?？؟][\"'”’»)\]」』）》]*$")


def query_text(example: Example) -> str:
    """Return the text that is searched for.

    Of a conversation the user's last turn, three times unless it is long, and the user's turn before it, which a
    question such as "And how much is it?" needs. A text that is its own evidence is a document and no question: it is
    searched for whole.
    """
    if not isinstance(example.input, str):
        return _of_conversation(example.input)
    return example.input if example.evidence == THE_INPUT else _by_its_ends(example.input)


def rule(examples: Iterable[Example]) -> dict[str, int]:
    """Return what keys say of these rules: nothing where every example is searched for by its whole text."""
    return {"queries": VERSION} if any(query_text(example) != example.text for example in examples) else {}


def audit_queries(examples: Sequence[Example]) -> list[AuditResult]:
    """Count the queries that are not the whole input, if any, and flag long texts when they are more than a few.

    Args:
        examples: what is asked.
    """
    shortened = [example for example in examples if query_text(example) != example.text]
    texts = [example for example in shortened if isinstance(example.input, str)]
    chats = len(shortened) - len(texts)
    if not shortened:
        return []
    flag = _flag(texts, len(examples)) if len(texts) > FEW_FLAGGED * len(examples) else ""
    unit = f"queries ({chats} conversations by the user's last turns)" if chats else "queries"
    details = {"texts": len(texts), "chats": chats}
    return [AuditResult("shortened queries", len(examples), unit, flag, details=details)]


def _flag(long: Sequence[Example], total: int) -> str:
    return (
        f"{len(long)} of {total} inputs ({len(long) / total:.0%}, e.g. {long[0].id}) have more than {LONGEST} words "
        f"and are searched for by their first and last {END} and the questions there: what is asked elsewhere is not "
        "found; name the column of the question alone in task.columns.input, or take shorter inputs"
    )


def _of_conversation(turns: Sequence[Turn]) -> str:
    said = [turn.content for turn in turns if turn.role == "user"]
    last = _by_its_ends(said[-1])
    if len(said) == 1:
        return last
    times = TIMES if _words(said[-1], END) <= END else 1
    return "\n".join([*[last] * times, _by_its_ends(said[-2])])


def _by_its_ends(text: str) -> str:
    """Return a long text's first and last words, after the questions among them, and any other text whole."""
    if _words(text, LONGEST) <= LONGEST:
        return text
    places = [(found.start(), found.end()) for found in _WORD.finditer(text)]
    ends = (text[: places[END - 1][1]], text[places[-END][0] :])
    asked = [sentence for end in ends for sentence in sentences(end) if _ASKED.search(sentence)]
    return "\n".join([*asked * TIMES, *ends])


def _words(text: str, most: int) -> int:
    """Return a bound of the words of a text, of scripts without spaces its characters; exact if it is above `most`."""
    return len(text) if len(text) <= most else sum(1 for _ in islice(_WORD.finditer(text), most + 1))
