"""Refusals: of what cannot be answered (abstention recall) beside what can (over-refusal). One alone says nothing."""

from dataclasses import dataclass
from typing import ClassVar

from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.studies.data import StudyData
from harness.studies.measures.measure import Findings, by_row, listed
from harness.studies.numbers import of_runs, text_of

METRIC = "abstention"


@dataclass(frozen=True)
class Refusals:
    """By condition and arm: the share of unanswerable questions that are refused, and of answerable ones."""

    KEY: ClassVar[str] = "harness.studies.measures.refusals.Refusals"

    def read(self, data: StudyData) -> Findings:
        columns = (SectionColumn("condition"), *(SectionColumn(arm, "", 3) for arm in data.arms))
        tables = {
            answerable: [
                (level, *(refused(data, level, arm, answerable) for arm in data.arms)) for level in data.levels
            ]
            for answerable in (False, True)
        }
        note = Note("Reading", "1 minus this share is the share of fabricated answers: there is nothing right to say")
        recall = Section(
            "abstention_recall", "Unanswerable questions that are refused", columns, by_row(tables[False]), (note,)
        )
        over = Section("over_refusal", "Answerable questions that are refused", columns, by_row(tables[True]))
        return Findings(tuple(one for one in (recall, over) if one.rows), tuple(_words(data)))


def refused(data: StudyData, level: str, arm: str, answerable: bool) -> Figure | None:
    """Return the share of refusals among the questions that can be answered, or among those that cannot."""
    values = data.values(level, arm, METRIC)
    ids = [name for name, one in data.examples(level, arm).items() if one.answerable is answerable]
    if values is None or not ids:
        return None
    right = values.of(ids)  # 1 where the decision was right
    return of_runs([1.0 - right if answerable else right], data.clusters(ids))


def _words(data: StudyData) -> list[str]:
    lines = []
    for level in data.levels:
        rates = {
            arm: figure for arm in data.arms if (figure := refused(data, level, arm, answerable=False)) is not None
        }
        if rates:
            parts = [f"{arm} {text_of(figure)}" for arm, figure in rates.items()]
            lines.append(f"Refused of what cannot be answered, {level}: {listed(parts)}.")
    return lines
