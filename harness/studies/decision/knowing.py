"""Which arms answer no better than whoever knows nothing: where one of them takes over, no arm will do.

Such an arm is fast and cheap and refuses, or says the same to, whatever it is asked. A limit that the good arms break
leaves it as the best one; a card that said no more than that would recommend it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.analysis.numbers import listed
from harness.studies.decision.criterion import CriteriaList
from harness.studies.decision.reading import DecisionData, Readout
from harness.studies.decision.standing import LOSS
from harness.studies.floor import chance_of, has_to_lose

Better = Literal["no better", "hardly better", "not surely better"]


@dataclass(frozen=True, slots=True)
class AtFloor:
    """An arm that is not surely better than one and the same answer to everything."""

    better: Better
    """than that answer; not surely: on average it is, and the questions are too few to tell"""
    values: str
    """what it has, and what that answer would have"""

    @property
    def text(self) -> str:
        """The whole, in words that follow "is"."""
        return f"{self.better} than one and the same answer to everything: {self.values}"

    @property
    def short(self) -> str:
        """The same in brackets behind its name."""
        return f"{self.better} than one answer to everything"

    @property
    def cell(self) -> str:
        """The same behind its name in a table."""
        return "perhaps at chance" if self.better == "not surely better" else "at chance"

    @property
    def taking_over(self) -> str:
        """What to think of it where it takes over, in a sentence."""
        if self.better == "not surely better":
            return "Where it takes over, that is no safe choice: more test questions would tell."
        return "Where it takes over, read that as: none of these arms will do."

    def chosen(self, better: Sequence[str]) -> str:
        """Return what to think of it where it is recommended, in a sentence; `better`: arms that know something."""
        if better:
            return f"{listed(better)} {'is' if len(better) == 1 else 'are'} better there: weights or limits decide."
        if self.better == "not surely better":
            return "More test questions would tell whether it is of use."
        return "None of these arms will do."


def knowing_nothing(
    data: DecisionData, asked: CriteriaList, readouts: Mapping[str, Readout]
) -> Iterator[tuple[str, AtFloor]]:
    """Yield each arm that is not surely above chance at what always counts (`CriteriaList.always`), and why."""
    for name in list(asked.always)[:1]:
        readout, chance = readouts.get(name), chance_of(data.source.examples)
        for arm, sample in () if readout is None else readout.samples.items():
            better = _how_much_better(sample.value, sample.figure.low, chance)
            if better is not None:
                values = f"its {asked.criteria[name].title} is {sample.value:.2f}, that of such an answer {chance:.2f}"
                yield arm, AtFloor(better, values)


def _how_much_better(value: float, low: float | None, chance: float) -> Better | None:
    """Return what is to be said of an arm; None where it is clearly better, and surely."""
    if value <= chance:
        return "no better"
    if not has_to_lose(value, chance, LOSS):
        return "hardly better"
    return "not surely better" if low is not None and low <= chance else None
