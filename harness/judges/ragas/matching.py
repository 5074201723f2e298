"""Whether a language model has judged the statements that it was given, and no others.

ragas accepts any list of verdicts: on the statements of its own examples, on half of the given ones, on one of them
three times. Statements are compared here by their words: white space, case and punctuation do not count.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, get_args

from harness.judges.ragas.reply import UnusableReplyError, short
from harness.text.tokens import words

if TYPE_CHECKING:
    from pydantic import BaseModel

Check = Callable[[Any], None]
"""raises UnusableReplyError for an object that does not answer the request"""


def check_for(shape: "type[BaseModel]", replies: Sequence[Any]) -> Check:
    """Return the check of the model's next object.

    Args:
        shape: of that object.
        replies: the objects before it: they hold the statements that it must judge.
    """
    if replies and {"TP", "FP", "FN"} <= shape.model_fields.keys():
        answer, reference = replies[-2].statements, replies[-1].statements
        return lambda reply: _classified(answer, reference, reply)
    statements = shape.model_fields.get("statements")
    if replies and statements is not None and get_args(statements.annotation) != (str,):
        given = replies[-1].statements
        return lambda reply: _each_once(given, [verdict.statement for verdict in reply.statements])
    return lambda reply: None


def _each_once(given: Sequence[str], judged: Sequence[str]) -> None:
    if len(given) != len(judged):
        raise UnusableReplyError(f"{len(given)} statements and {len(judged)} verdicts")
    _among(given, judged)


def _classified(answer: Sequence[str], reference: Sequence[str], reply: Any) -> None:
    _each_once(answer, [verdict.statement for verdict in (*reply.TP, *reply.FP)])
    _among(reference, [verdict.statement for verdict in reply.FN])


def _among(given: Sequence[str], judged: Sequence[str]) -> None:
    left = Counter(map(_wording, given))
    for statement in judged:
        if not left[_wording(statement)]:
            raise UnusableReplyError(f"a verdict on a statement that was not asked about, or again: {short(statement)}")
        left[_wording(statement)] -= 1


def _wording(statement: str) -> str:
    return " ".join(words(statement)) or statement.strip()
