"""Refusals: of what cannot be answered (abstention recall) beside what can (over-refusal). One alone says nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.studies.data import StudyData
from harness.studies.deletions import scores_of
from harness.studies.measures.measure import Findings, by_row, listed
from harness.studies.numbers import share_of, text_of
from harness.studies.shown_support import noise_levels
from harness.types import Example, Prediction, Record, Score

METRIC = "abstention"
ABSTAINED = "abstained"
"""reason of its scores for a refusal"""


@dataclass(frozen=True)
class Refusals:
    """By condition and arm: the share of unanswerable questions that are refused, and of answerable ones."""

    KEY: ClassVar[str] = "harness.studies.measures.refusals.Refusals"

    def read(self, data: StudyData) -> Findings:
        columns = (SectionColumn("condition"), *(SectionColumn(arm, "", 3) for arm in data.arms))
        tables = {
            answerable: [
                (level, *(refused(data, level, arm, answerable) for arm in data.arms)) for level in _levels(data)
            ]
            for answerable in (False, True)
        }
        note = Note(
            "Reading",
            "1 minus this share is the share of fabricated or unusable answers: there is nothing right to say",
        )
        recall = Section(
            "abstention_recall", "Unanswerable questions that are refused", columns, by_row(tables[False]), (note,)
        )
        over = Section("over_refusal", "Answerable questions that are refused", columns, by_row(tables[True]))
        return Findings(tuple(one for one in (recall, over) if one.rows), tuple(_words(data)))


def refused(data: StudyData, level: str, arm: str, answerable: bool) -> Figure | None:
    """Return the share of refusals among the questions that can be answered, or among those that cannot."""
    refusals = {id(answer): _refuses(score) for record in data.records(level, arm) for answer, score in _scored(record)}

    def flag(question: Example, answer: Prediction) -> float | None:
        return refusals.get(id(answer)) if question.answerable is answerable else None

    return share_of(data, data.records(level, arm), flag)


def _levels(data: StudyData) -> list[str]:
    """Return the levels but those with distractors, of which DistractorEffect knows which ones hold the answer."""
    own = set(noise_levels(data).values())
    return [level for level in data.levels if level not in own]


def _scored(record: Record) -> Iterator[tuple[Prediction, Score]]:
    scores = scores_of(record, METRIC)
    return ((answer, scores[answer.example_id]) for answer in record.predictions if answer.example_id in scores)


def _refuses(score: Score) -> float | None:
    """Return whether an answer is a refusal, which one that failed is not; None where that is unknown."""
    return None if score.value is None else float(score.reason == ABSTAINED)


def _words(data: StudyData) -> list[str]:
    lines = []
    for level in _levels(data):
        rates = {
            arm: figure for arm in data.arms if (figure := refused(data, level, arm, answerable=False)) is not None
        }
        if rates:
            parts = [f"{arm} {text_of(figure)}" for arm, figure in rates.items()]
            lines.append(f"Refused of what cannot be answered, {level}: {listed(parts)}.")
    return lines
