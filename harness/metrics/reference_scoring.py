"""Whose failure decides: the one rule that every metric of the answer's text follows.

1. The arm failed (error, empty, cut off): the metric's worst value.
2. The answer is a refusal: best if the example is unanswerable, worst if it is answerable; the reason says "abstained".
3. An unanswerable example was answered: worst.
4. Otherwise the answer is compared with each reference, and the best match counts.

A reference that is itself a refusal ("I can't find that, please call us") is a right answer: an arm that gives it
has answered, and its text is compared like any other.
"""

from collections.abc import Callable, Sequence

from harness.metrics.metric import Metric
from harness.text.refusals import is_refusal
from harness.types import Example, Pair, Prediction, Score

Compare = Callable[[str, str], float]
"""(answer, reference) -> value; sees only answers that are neither empty nor refusals"""

TextsOf = Callable[[Example], Sequence[str]]
"""example -> the texts that its answer is compared with"""


def abstained(example: Example, prediction: Prediction) -> bool:
    """Return whether the arm refused to answer (and the references of an answerable example do not)."""
    if prediction.failed or not is_refusal(prediction.text):
        return False
    return not (example.answerable and any(is_refusal(reference) for reference in example.references))


def references_of(example: Example) -> Sequence[str]:
    """Return the right answers: what most metrics compare an answer with."""
    return example.references


def score_answers(
    metric: Metric,
    pairs: Sequence[Pair],
    best: float,
    compare: Compare,
    texts_of: TextsOf = references_of,
    choose: Callable[[Sequence[float]], float] = max,
) -> list[Score]:
    """Return one score per pair by the rule above.

    Args:
        metric: gives name and worst value.
        pairs: examples and answers.
        best: value of a perfect answer.
        compare: value of an answer against one reference.
        texts_of: other texts than the references to compare with.
        choose: combines the values of one answer; by default the best match counts.
    """
    return [
        ruled(metric, example, prediction, best)
        or _compared(metric, example, [compare(prediction.text, text) for text in texts_of(example)], choose)
        for example, prediction in pairs
    ]


def failure_note(prediction: Prediction) -> str:
    """Return what went wrong with a failed prediction, in words."""
    if prediction.finish == "length":
        return "failed: cut off at the token limit"
    return f"failed: {prediction.error or 'empty answer'}"


def ruled(metric: Metric, example: Example, prediction: Prediction, best: float) -> Score | None:
    """Return the score that rules 1 to 3 give; None where the answer's text decides."""
    if prediction.failed:
        return Score(example.id, metric.name, metric.worst, note=failure_note(prediction))
    if abstained(example, prediction):
        value = metric.worst if example.answerable else best
        return Score(example.id, metric.name, value, "abstained")
    if not example.answerable:
        return Score(example.id, metric.name, metric.worst, note="answered an unanswerable example")
    return None


def _compared(
    metric: Metric, example: Example, values: Sequence[float], choose: Callable[[Sequence[float]], float]
) -> Score:
    if not values:
        return Score(example.id, metric.name, None, "not_applicable", "the example has nothing to compare with")
    return Score(example.id, metric.name, choose(values))
