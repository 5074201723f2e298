"""Controls of the order of passages: the prompts' order is another one, and the right passage is where it was put."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed
from harness.studies.data import StudyData
from harness.studies.intervention import Condition
from harness.studies.shown_support import (
    answers_of,
    can_move,
    order_read,
    place_levels,
    read_flags,
    stands,
    why_not_asked,
)
from harness.types import PLACES, Place, Prediction

MOVES = "moves passages"
NO_MIDDLE = "not asked: no prompt shows the right passage and two others"


@dataclass(frozen=True)
class OrderChanges:
    """Positive: the same passages must stand in another order when the right one comes last; else nothing was tried."""

    KEY: ClassVar[str] = "harness.studies.controls.passage_place.OrderChanges"
    title: ClassVar[str] = "passages change their order"

    at_least: float
    """share of the prompts with the right passage first, over the arms that search and all runs"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return []  # where no arm searches nothing is asked of it, and it passes

    def check(self, data: StudyData) -> ControlResult:
        name, levels = self.title, place_levels(data)
        if why := why_not_asked(data, list(levels.values()), MOVES):
            return ControlResult(name, "positive", True, f"not asked: {why}")
        first, last = (_by_question(data, levels.get(place)) for place in ("first", "last"))
        shared = first.keys() & last.keys()
        if not shared and _answered(data, levels):
            return ControlResult(name, "positive", True, NO_MIDDLE)
        moved = sum(_reordered(first[key], last[key]) for key in shared)
        text = (
            f"{count_of(moved, len(shared))} prompts show the same passages in another order when the right one comes "
        )
        text += f"last and not first; wanted {percent(self.at_least)} or more"
        return ControlResult(name, "positive", bool(shared) and moved >= self.at_least * len(shared), text)


@dataclass(frozen=True)
class SupportIsInPlace:
    """Negative: no prompt may have the right passage in another place than the condition says, as the model read it."""

    KEY: ClassVar[str] = "harness.studies.controls.passage_place.SupportIsInPlace"
    title: ClassVar[str] = "the right passage is where it was put"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return []  # as above

    def check(self, data: StudyData) -> ControlResult:
        name, levels = self.title, place_levels(data)
        if why := why_not_asked(data, list(levels.values()), MOVES):
            return ControlResult(name, "negative", True, f"not asked: {why}")
        seen = [pair for place, level in levels.items() for pair in _places(data, place, level)]
        if not seen and _answered(data, levels):
            return ControlResult(name, "negative", True, NO_MIDDLE)
        wrong = [name for name, right in seen if not right]
        text = f"{count_of(len(wrong), len(seen))} prompts have it elsewhere" + (
            f"; such as {wrong[0]}" if wrong else ""
        )
        return ControlResult(name, "negative", bool(seen) and not wrong, text)


def _answered(data: StudyData, levels: Mapping[Place, str]) -> bool:
    """Return whether there are answers under all orders, with a middle or without one."""
    return all(place in levels and any(answers_of(data, levels[place])) for place in PLACES)


def _by_question(data: StudyData, level: str | None) -> dict[tuple[str, str], Prediction]:
    """Return (arm, id) -> an answer whose prompt shows the support and others."""
    rows = answers_of(data, level) if level else ()
    return {(arm, question.id): answer for arm, question, answer in rows if can_move(read_flags(question, answer))}


def _reordered(first: Prediction, last: Prediction) -> bool:
    one, other = ([answer.passages[at].text for at in order_read(answer)] for answer in (first, last))
    return one != other and sorted(one) == sorted(other)


def _places(data: StudyData, place: Place, level: str) -> Iterator[tuple[str, bool]]:
    """Yield the id of each question whose prompt has a middle, and whether the support is where it should be."""
    for _, question, answer in answers_of(data, level):
        flags = read_flags(question, answer)
        if can_move(flags):
            yield question.id, stands(flags, place)
