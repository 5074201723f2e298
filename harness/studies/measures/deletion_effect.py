"""What a passage does for an answer, by taking it away.

The deletion effect is the share of right answers that are no longer right when the passages of the gold documents go,
minus the share that are no longer right when as many others go: what any shorter prompt does is so taken off. It is
counted over questions whose prompt shows the support and another passage. An answer may stay right because another
passage says the same; how often one does stands beside.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.analysis.metric_facts import RIGHT_FROM
from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.studies.data import StudyData
from harness.studies.deletions import Deletion, deletions
from harness.studies.interventions.next_version import holds, value_now
from harness.studies.measures.measure import Findings, by_row, excludes_zero
from harness.studies.numbers import of_runs, text_of
from harness.types import Prediction


@dataclass(frozen=True)
class DeletionEffect:
    """Every arm that retrieves."""

    KEY: ClassVar[str] = "harness.studies.measures.deletion_effect.DeletionEffect"

    def read(self, data: StudyData) -> Findings:
        arms = [arm for arm, role in data.roles.items() if role.retrieves and not role.control]
        right = {arm: right_before(data, arm) for arm in arms}
        columns = (
            *(SectionColumn("arm"), SectionColumn("right answers", "", 0)),
            *(SectionColumn("wrong without support", "", 3), SectionColumn("wrong without another", "", 3)),
            *(SectionColumn("deletion effect", "", 3), SectionColumn("value still shown", "", 3)),
        )
        rows = [
            (arm, Figure(float(len({one.question.id for one in own}))), without_support(data, own),
             mean_of(data, own, lambda one: changed(data, one, 2)), effect(data, own), mean_of(data, own, still_shown))
            for arm, own in right.items()
            if own
        ]  # fmt: skip
        note = Note(
            "Reading",
            f"right: {data.metric} of {RIGHT_FROM.get(data.metric, 1.0):g} or more with all passages; asked where the "
            "prompt shows the support and another passage; effect: the first share minus the second, paired",
        )
        section = Section("deletion", "Right answers that go wrong when a passage goes", columns, by_row(rows), (note,))
        return Findings((section,) if section.rows else (), tuple(_words(data, right)))


def right_before(data: StudyData, arm: str) -> list[Deletion]:
    """Return the deletions of an arm whose answer was right with all passages."""
    return [one for one in deletions(data, arm) if one.happened and _right(data, one.values[0])]


def changed(data: StudyData, one: Deletion, place: int) -> float:
    """Return 1 where an answer is no longer right without the support (place 1), or without another (place 2)."""
    return float(not _right(data, one.values[place]))


def without_support(data: StudyData, own: Sequence[Deletion]) -> Figure | None:
    """Return the share of right answers that are no longer right without their support."""
    return mean_of(data, own, lambda one: changed(data, one, 1))


def effect(data: StudyData, own: Sequence[Deletion]) -> Figure | None:
    """Return the deletion effect."""
    return mean_of(data, own, lambda one: changed(data, one, 1) - changed(data, one, 2))


def still_shown(one: Deletion) -> float:
    """Return 1 where the right value stands in a passage that is left without the support."""
    return float(_states(one.without_support, value_now(one.question)))


def mean_of(data: StudyData, own: Sequence[Deletion], value: Callable[[Deletion], float]) -> Figure | None:
    """Return the mean of a value over questions, each by its mean over runs; None without any."""
    runs: dict[str, list[float]] = {}
    for one in own:
        runs.setdefault(one.question.id, []).append(value(one))
    means = [[float(np.mean(values)) for values in runs.values()]]
    return of_runs([np.array(means)], data.clusters(list(runs))) if runs else None


def _right(data: StudyData, value: float | None) -> bool:
    return value is not None and value >= RIGHT_FROM.get(data.metric, 1.0)


def _states(answer: Prediction, value: str) -> bool:
    return holds([passage.text for passage in answer.passages], value)


def _words(data: StudyData, right: dict[str, list[Deletion]]) -> Iterator[str]:
    for arm, own in right.items():
        found = effect(data, own)
        if found is not None:
            clear = "" if excludes_zero(found) else ", which could be chance"
            yield (
                f"{arm}: of its right answers {text_of(without_support(data, own))} go wrong without the passage that "
                f"supports them; deletion effect {text_of(found, 2, '+')}{clear}."
            )
