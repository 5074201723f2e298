"""Number equality: does the answer give the number of a reference, however it is written?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.metrics.metric import KnownAnswer
from harness.metrics.reference_scoring import AnswerMetric, nothing_to_compare
from harness.metrics.selftest.fixture import REFUSAL, answered, failed
from harness.text.entities import decoded
from harness.text.quantities import Quantity, quantities, same
from harness.types import Example, Prediction, Score

WEIGHT: Final = Example("weight", "How heavy is lamp 24?", ("1,000.5 g",), ())
UNANSWERABLE: Final = Example("no weight", "How heavy is lamp 25?", (), (), answerable=False)


@dataclass(frozen=True)
class NumberEquality(AnswerMetric):
    """1 where the numbers of the answer are those of a reference, else 0; no value where no reference has a number.

    How numbers and their units are read: `harness.text.quantities`. Numbers of the question that an answer repeats
    ("Lamp 24 weighs 3 kg"), and those that it denies ("not 5 but 6"), do not count unless the reference has them; any
    other number that the reference lacks makes the answer wrong. How often a number is said, and in which order, does
    not matter.
    """

    KEY: ClassVar[str] = "harness.metrics.number_equality.NumberEquality"
    VERSION: ClassVar[int] = 6
    name: ClassVar[str] = "number_equality"
    unit: ClassVar[str] = "share of answers with the numbers of a reference"

    def compare(self, answer: str, text: str) -> float:
        return self._equal(answer, text, "")

    def known_answers(self) -> Sequence[KnownAnswer]:
        right = ("1000.5", "1,000.50 g", "It weighs 1000.5 grams.", "Lamp 24 weighs 1 000.5 g, that is 1000.5 g.")
        wrong = ("10005", "1,000.5 kg", "1000", "-1000.5", "1000.5 or 1000", "Lamp 24 is heavy.")
        return (
            *(KnownAnswer(f"right: {text}", answered(WEIGHT, text), 1.0, 1.0) for text in right),
            *(KnownAnswer(f"wrong: {text}", answered(WEIGHT, text), 0.0, 0.0) for text in wrong),
            KnownAnswer("no answer", failed(WEIGHT), 0.0, 0.0),
            KnownAnswer("refusal", answered(WEIGHT, REFUSAL), 0.0, 0.0, "abstained"),
            KnownAnswer("right refusal", answered(UNANSWERABLE, REFUSAL), 1.0, 1.0, "abstained"),
        )

    def _compared(self, example: Example, prediction: Prediction) -> Score:
        if not example.references:
            return nothing_to_compare(self, example)
        wanted = [decoded(text) for text in example.references if self._read(decoded(text))]
        if not wanted:
            return Score(example.id, self.name, None, "not_applicable", "no reference has a number")
        answer = decoded(prediction.text)
        value = max(self._equal(answer, text, example.text) for text in wanted)
        return Score(example.id, self.name, value, note="" if self._read(answer) else "the answer has no number")

    def _equal(self, answer: str, reference: str, question: str) -> float:
        wanted, asked = self._read(reference), self._read(question)
        given = self._read(answer)
        said = [one for one in given if _is_among(one, wanted) or not (one.denied or _is_among(one, asked))]
        return float(
            bool(said) and all(_is_among(one, wanted) for one in said) and all(_is_among(one, said) for one in wanted)
        )

    def _read(self, text: str) -> list[Quantity]:
        return quantities(text, self.context.decimal_comma)


def _is_among(one: Quantity, others: Sequence[Quantity]) -> bool:
    return any(same(one, other) for other in others)
