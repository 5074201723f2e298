"""Answers to one question with all passages, without those that support it, and without as many others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.studies.data import StudyData
from harness.types import Example, Passage, Prediction, Record, Score

ORDER = ("nothing", "support", "another")


@dataclass(frozen=True, slots=True)
class Deletion:
    """One question of one run, under the three conditions."""

    question: Example
    whole: Prediction
    """with all passages"""
    without_support: Prediction
    without_another: Prediction
    values: tuple[float | None, float | None, float | None]
    """the metric's values of the three answers"""

    @property
    def support(self) -> list[Passage]:
        """The passages of the gold documents that the whole prompt shows, and such as say the same."""
        texts = {one.text for one in self.whole.passages if one.document_id in self.question.evidence}
        return [one for one in self.whole.passages if one.text in texts]

    @property
    def happened(self) -> bool:
        """Whether the whole prompt shows the support and another passage, so that one of either kind could go."""
        return 0 < len(self.support) < len(self.whole.passages)

    @property
    def another(self) -> list[Passage]:
        """The passages that went in place of the support."""
        left = {(one.document_id, one.start) for one in self.without_another.passages}
        return [one for one in self.whole.passages if (one.document_id, one.start) not in left]


Levels = tuple[str, str, str]
"""where nothing, the support and another passage are removed"""


def deletion_levels(data: StudyData) -> Levels | None:
    """Return the first levels where nothing, the support and another passage are removed; None if one was not run."""
    return next(iter(all_deletion_levels(data)), None)


def all_deletion_levels(data: StudyData) -> list[Levels]:
    """Return the levels with each of the other settings (prompt.cite) that were run with all three."""
    groups: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for level in data.levels:
        settings = dict(data.settings(level))
        removed = str(settings.pop("removed", ""))
        others = tuple(sorted((name, str(value)) for name, value in settings.items()))
        groups.setdefault(others, {}).setdefault(removed, level)
    return [(own[ORDER[0]], own[ORDER[1]], own[ORDER[2]]) for own in groups.values() if set(ORDER) <= own.keys()]


def deletions(data: StudyData, arm: str, levels: Levels | None = None) -> list[Deletion]:
    """Return all questions of all runs of an arm that retrieves; [] for one that was not asked under each level.

    Args:
        data: of the study.
        arm: its name.
        levels: of `all_deletion_levels`; None: the first.
    """
    levels = levels or deletion_levels(data)
    runs = zip(*(data.records(level, arm) for level in levels), strict=False) if levels else ()
    return [found for records in runs for found in _of_run(records, data.metric)]


def _of_run(records: Sequence[Record], metric: str) -> Iterator[Deletion]:
    answers = [{one.example_id: one for one in record.predictions} for record in records]
    values = [{one.example_id: one.value for one in record.scores if one.metric == metric} for record in records]
    for question in records[0].examples:
        if all(question.id in own for own in answers):
            whole, support, another = (own[question.id] for own in answers)
            first, second, third = (own.get(question.id) for own in values)
            yield Deletion(question, whole, support, another, (first, second, third))


def scores_of(record: Record, metric: str) -> dict[str, Score]:
    """Return the scores of a metric by the id of their example."""
    return {score.example_id: score for score in record.scores if score.metric == metric}
