"""Accuracy: does the answer state the right label?"""

from dataclasses import dataclass
from typing import ClassVar

from harness.metrics.label_reading import MOST, labels_of
from harness.metrics.metric import Kind
from harness.metrics.reference_scoring import AnswerMetric


@dataclass(frozen=True)
class Accuracy(AnswerMetric):
    """1 where the answer states the right label, else 0. The labels are the references of all splits.

    How an answer is read: `harness.metrics.label_reading`. Of several references of an example each is right.
    """

    KEY: ClassVar[str] = "harness.metrics.accuracy.Accuracy"
    VERSION: ClassVar[int] = 5
    kind: ClassVar[Kind] = "answer"
    name: ClassVar[str] = "accuracy"
    unit: ClassVar[str] = "share of answers with the right label"

    def compare(self, answer: str, text: str) -> float:
        return float(self.stated(answer, text) == text)

    def stated(self, answer: str, right: str) -> str | None:
        """Return the label that an answer states, or None.

        Args:
            answer: of an arm.
            right: a right label, which a task need not have.
        """
        known = self.context.labels
        labels = labels_of(known if right in known else (*known, right))
        read = labels.read(answer)
        return right if read == labels.of(right) else read

    def doubts(self) -> str:
        """Return which of the task's labels cannot be told apart; "" where all can, or where they are texts."""
        known = self.context.labels
        return "; ".join(labels_of(known).doubts()) if len(known) <= MOST else ""
