"""Whose failure decides: the one rule that every metric of the answer's text follows.

0. An answerable example has nothing to compare any answer with, not even a perfect one: no value.
1. The arm failed (error, empty, cut off): the metric's worst value.
2. The answer is a refusal: best if the example is unanswerable, worst if it is answerable; the reason says "abstained".
3. An unanswerable example was answered: worst. In a language whose refusals are not recognised: no value.
4. Otherwise the answer is compared with each reference, and the best match counts. HTML entities count as the
   characters that they stand for, in both: "AT&amp;T" is "AT&T" (`harness.text.entities`).

A reference that is itself a refusal ("I can't find that, please call us") is a right answer: an arm that gives it
has answered, and its text is compared like any other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Protocol

from harness.metrics.blocks_of_cell import in_blocks
from harness.metrics.metric import Metric
from harness.text.entities import decoded
from harness.text.refusals import is_refusal, unlisted_language
from harness.types import Example, Pair, Prediction, Score

UNDECIDABLE: Final = "no example has a reference, and none is marked as answerable or not"


def abstained(example: Example, prediction: Prediction) -> bool:
    """Return whether the arm refused to answer (and the references of an answerable example do not)."""
    if prediction.failed or not is_refusal(prediction.text):
        return False
    return not (example.answerable and any(is_refusal(reference) for reference in example.references))


def not_recognised(metric: Metric, example: Example, prediction: Prediction) -> Score | None:
    """Return the score of a text that may refuse in a language whose refusals are not recognised; None otherwise."""
    code = unlisted_language(prediction.text, example.text)
    note = f"refusals in the language {code!r} are not recognised"
    return Score(example.id, metric.name, None, "not_recognised", note) if code else None


def failure_note(prediction: Prediction) -> str:
    """Return what went wrong with a failed prediction, in words."""
    if prediction.finish == "length":
        return "failed: cut off at the token limit"
    if prediction.finish == "loop":
        return "failed: cut off in a repetition without end"
    return f"failed: {prediction.error or 'empty answer'}"


def ruled(metric: Metric, example: Example, prediction: Prediction, best: float) -> Score | None:
    """Return the score that rules 1 to 3 give; None where the answer's text decides."""
    if prediction.failed:
        return Score(example.id, metric.name, metric.worst, note=failure_note(prediction))
    if abstained(example, prediction):
        value = metric.worst if example.answerable else best
        return Score(example.id, metric.name, value, "abstained")
    if not example.answerable:
        worst = Score(example.id, metric.name, metric.worst, note="answered an unanswerable example")
        return not_recognised(metric, example, prediction) or worst
    return None


def nothing_to_compare(metric: Metric, example: Example) -> Score:
    """Return the score of an answered example without references (or facts)."""
    return Score(example.id, metric.name, None, "not_applicable", "the example has nothing to compare with")


def decidable(pairs: Iterable[Pair]) -> bool:
    """Return whether anything says which of the examples can be answered: a reference, or one that cannot be."""
    return any(example.references or not example.answerable for example, _ in pairs)


@dataclass(frozen=True)
class AnswerMetric(Metric, Protocol):
    """A metric of the answer's text by the rule above, from 0 (worst) to 1. A subclass says how texts are compared."""

    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def compare(self, answer: str, text: str) -> float:
        """Return the value of an answer, neither empty nor a refusal, against one text."""
        ...

    def texts_of(self, example: Example) -> Sequence[str]:
        """Return what an answer is compared with: by default the references."""
        return example.references

    def combined(self, values: Sequence[float]) -> float:
        """Return the value of an answer from those against each text: by default the best match counts."""
        return max(values)

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return [self._scored(*pair) for pair in pairs]

    def _scored(self, example: Example, prediction: Prediction) -> Score:
        ruling = ruled(self, example, prediction, best=1.0)
        if ruling is None:
            return self._compared(example, prediction)
        perfect = replace(prediction, text=next(iter(example.references), ""))
        possible = self._compared(example, perfect) if example.answerable else ruling
        return possible if possible.value is None else ruling

    def _compared(self, example: Example, prediction: Prediction) -> Score:
        answer = decoded(prediction.text)
        values = [self.compare(answer, decoded(text)) for text in self.texts_of(example)]
        if not values:
            return nothing_to_compare(self, example)
        return Score(example.id, self.name, self.combined(values))
