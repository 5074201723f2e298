"""Which answers a record counts as refusals, and which as answers given."""

from collections.abc import Iterable
from typing import Final, Literal

from harness.types import Prediction, Record, Score


def declined(record: Record) -> frozenset[str]:
    """Return the ids of the examples that some metric of the record scored as declined.

    The verdict was reached when the answer was scored. Reading the answer again would take about a millisecond, and
    newer patterns could then contradict the scores beside it.
    """
    return frozenset(score.example_id for score in record.scores if score.reason == "abstained")


def given(record: Record) -> frozenset[str]:
    """Return the ids of the examples that got an answer: neither a failure nor a refusal."""
    refusals = declined(record)
    usable = (prediction.example_id for prediction in record.predictions if not prediction.failed)
    return frozenset(example_id for example_id in usable if example_id not in refusals)


State = Literal["answered", "abstained", "cut off", "empty", "error"]
STATES: Final[tuple[State, ...]] = ("answered", "abstained", "cut off", "empty", "error")


def state(prediction: Prediction, scores: Iterable[Score]) -> State:
    """Return the state; abstained is what a metric said of an answer that did not fail."""
    if prediction.finish == "error":
        return "error"
    if prediction.finish == "length":
        return "cut off"
    if not prediction.text.strip():
        return "empty"
    return "abstained" if any(score.reason == "abstained" for score in scores) else "answered"
