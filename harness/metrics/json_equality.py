"""JSON equality: does the answer hold the same JSON as a reference?"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.metrics.metric import KnownAnswer
from harness.metrics.reference_scoring import AnswerMetric, nothing_to_compare
from harness.metrics.selftest.fixture import REFUSAL, answered, failed
from harness.text.entities import decoded
from harness.text.tokens import LONGEST_ANSWER, composed
from harness.types import Example, Prediction, Score

FENCED: Final = re.compile(r"```[^\n`]{0,40}\n(.*?)```", re.DOTALL)
OPENING: Final = re.compile(r"[{\[]")
DEEPEST: Final = 100
"""levels of JSON that is compared"""
TRIES: Final = 20
"""brackets of an answer from which JSON is tried to be read"""
SEVERAL: Final = "the answer holds several JSON values"
NO_JSON: Final = "the answer holds no JSON that can be parsed"
INVOICE: Final = Example(
    "invoice", "Read the invoice.", ('{"total": 12.5, "items": ["lamp", "pump"], "paid": true}',), ()
)
UNANSWERABLE: Final = Example("no invoice", "Read the invoice.", (), (), answerable=False)


@dataclass(frozen=True)
class JsonEquality(AnswerMetric):
    """1 where the JSON of the answer equals that of a reference, else 0.

    The order of keys, white space, a fence (```json) and words around the JSON do not matter; the order of lists does.
    1 and 1.0 are equal, 1 and true or "1" are not. Texts are compared as they are (composed), entities in
    them decoded. An answer with several different values is wrong. The details give partial
    credit, "fields": F1 of the values at the ends of all paths; and "parsed": 0 where the answer is no JSON.
    """

    KEY: ClassVar[str] = "harness.metrics.json_equality.JsonEquality"
    VERSION: ClassVar[int] = 5
    name: ClassVar[str] = "json_equality"
    unit: ClassVar[str] = "share of answers with the JSON of a reference"

    def compare(self, answer: str, text: str) -> float:
        wanted = json_of(text)
        return float(
            wanted is not None and [_leaves(value) for value in json_in(answer, type(wanted))] == [_leaves(wanted)]
        )

    def known_answers(self) -> Sequence[KnownAnswer]:
        other_form = '```json\n{"paid": true,\n "items": ["lamp", "pump"], "total": 12.50}\n```'
        return (
            KnownAnswer("the same JSON", answered(INVOICE, INVOICE.references[0]), 1.0, 1.0),
            KnownAnswer("in a fence, keys in another order", answered(INVOICE, other_form), 1.0, 1.0),
            KnownAnswer("words around it", answered(INVOICE, f"Here it is: {INVOICE.references[0]}"), 1.0, 1.0),
            KnownAnswer("another value", answered(INVOICE, INVOICE.references[0].replace("12.5", "125")), 0.0, 0.0),
            KnownAnswer("another order of a list", answered(INVOICE, '{"items": ["pump", "lamp"]}'), 0.0, 0.0),
            KnownAnswer("1 for true", answered(INVOICE, INVOICE.references[0].replace("true", "1")), 0.0, 0.0),
            KnownAnswer("no JSON", answered(INVOICE, "The total is 12.5."), 0.0, 0.0),
            KnownAnswer("no answer", failed(INVOICE), 0.0, 0.0),
            KnownAnswer("refusal", answered(INVOICE, REFUSAL), 0.0, 0.0, "abstained"),
            KnownAnswer("right refusal", answered(UNANSWERABLE, REFUSAL), 1.0, 1.0, "abstained"),
        )

    def _compared(self, example: Example, prediction: Prediction) -> Score:
        wanted = [value for text in example.references if (value := json_of(text)) is not None]
        if not example.references:
            return nothing_to_compare(self, example)
        if not wanted:
            return Score(example.id, self.name, None, "not_applicable", "no reference is a JSON object or list")
        given = [_leaves(value) for value in json_in(prediction.text, type(wanted[0]))]
        if not given:
            return Score(example.id, self.name, self.worst, note=NO_JSON, details={"parsed": 0.0, "fields": 0.0})
        leaves, references = sum(given, Counter[tuple[str, ...]]()), [_leaves(value) for value in wanted]
        shared = max(2 * (leaves & one).total() / (leaves.total() + one.total()) for one in references)
        value, note = float(len(given) == 1 and leaves in references), "" if len(given) == 1 else SEVERAL
        return Score(example.id, self.name, value, note=note, details={"parsed": 1.0, "fields": shared})


def json_of(text: str) -> Any:
    """Return the object or list that a text is; None where it is none. Entities of the whole text may be escaped."""
    for read in dict.fromkeys((text[:LONGEST_ANSWER], decoded(text[:LONGEST_ANSWER]))):
        try:
            value = json.loads(read)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict | list) and _is_shallow(value, DEEPEST):
            return value
    return None


def json_in(answer: str, kind: type = dict) -> list[Any]:
    """Return the different JSON values of a kind (dict or list) in an answer, else those of the other.

    Read are the whole answer, else what is in fences, else what begins at a bracket; [2] next to others is no value but
    a mark of a source.
    """
    read = answer[:LONGEST_ANSWER]
    found = list(_values(read)) or list(_values(decoded(read)))
    chosen = [value for value in found if isinstance(value, kind)] or found
    leaves = [_leaves(value) for value in chosen]
    different = [value for number, value in enumerate(chosen) if leaves[number] not in leaves[:number]]
    return [value for value in different if not _is_mark(value)] or different


def _is_mark(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], int)


def _values(read: str) -> Iterator[Any]:
    whole = json_of(read)
    if whole is not None:
        yield whole
        return
    fenced = [value for text in FENCED.findall(read) if (value := json_of(text)) is not None]
    yield from fenced or _bracketed(read)


def _bracketed(read: str) -> Iterator[Any]:
    place, decoder = 0, json.JSONDecoder()
    for _ in range(TRIES):
        bracket = OPENING.search(read, place)
        if bracket is None:
            return
        try:
            value, place = decoder.raw_decode(read, bracket.start())
        except (ValueError, RecursionError):
            place = bracket.end()
            continue
        if _is_shallow(value, DEEPEST):
            yield value


def _is_shallow(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inner)


def _leaves(value: Any) -> Counter[tuple[str, ...]]:
    """Return the values at the ends of all paths, each path with its value; equal JSON has equal leaves."""
    return Counter(_paths(value, ()))


def _paths(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        yield from (
            end for key, inner in value.items() for end in _paths(inner, (*path, f".{composed(decoded(key), 'NFC')}"))
        )
    elif isinstance(value, list):
        yield from (end for place, inner in enumerate(value) for end in _paths(inner, (*path, f"[{place}]")))
    if isinstance(value, dict | list):
        if not value:
            yield (*path, "{}" if isinstance(value, dict) else "[]")
        return
    yield (*path, _written(value))


def _written(value: Any) -> str:
    if isinstance(value, str):
        return f"text {composed(decoded(value), 'NFC')}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"number {float(value) + 0.0 if abs(value) < 2**53 else value}"
    return repr(value)
