"""What became of an answer, in one word."""

from collections.abc import Iterable
from typing import Final, Literal

from harness.types import Prediction, Score

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
