"""Whether a language model has judged the statements that it was given, and no others.

ragas takes any list of verdicts for an answer: on the statements of its own examples, on half of what was asked, on the
same one three times. What is held against each other here are words: white space, case and punctuation do not count.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, get_args

from harness.judges.ragas.reply import UnusableError, short
from harness.text.tokens import words

if TYPE_CHECKING:
    from pydantic import BaseModel

Check = Callable[[Any], None]
"""raises UnusableError at an object that does not answer what was asked"""


def check_for(shape: "type[BaseModel]", heard: Sequence[Any]) -> Check:
    """Return what the model's next object must pass.

    Args:
        shape: of that object.
        heard: what the model gave before: the statements that it is now asked about.
    """
    if heard and {"TP", "FP", "FN"} <= shape.model_fields.keys():
        answer, reference = heard[-2].statements, heard[-1].statements
        return lambda found: _classified(answer, reference, found)
    statements = shape.model_fields.get("statements")
    if heard and statements is not None and get_args(statements.annotation) != (str,):
        asked = heard[-1].statements
        return lambda found: _each_once(asked, [one.statement for one in found.statements])
    return lambda found: None


def _each_once(asked: Sequence[str], judged: Sequence[str]) -> None:
    if len(asked) != len(judged):
        raise UnusableError(f"{len(asked)} statements and {len(judged)} verdicts")
    _among(asked, judged)


def _classified(answer: Sequence[str], reference: Sequence[str], found: Any) -> None:
    _each_once(answer, [one.statement for one in (*found.TP, *found.FP)])
    _among(reference, [one.statement for one in found.FN])


def _among(asked: Sequence[str], judged: Sequence[str]) -> None:
    left = Counter(map(_said, asked))
    for statement in judged:
        if not left[_said(statement)]:
            raise UnusableError(f"a verdict on a statement that was not asked about, or again: {short(statement)}")
        left[_said(statement)] -= 1


def _said(statement: str) -> str:
    return " ".join(words(statement)) or statement.strip()
