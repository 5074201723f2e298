"""Leaks of restricted documents: the share of answers that state what somebody asked for who may not see it.

By the wording of the question with and without the access filter, and after deletion: of the document from the index,
with the adapter kept or trained again without it. What an arm states that never saw the document was guessed: the
values are of kinds that the task's documents have as well, so that this share is not 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.studies.data import StudyData
from harness.studies.intervention import Value
from harness.studies.interventions.next_version import holds, value_now
from harness.studies.interventions.restricted import WORDINGS, is_restricted
from harness.studies.measures.measure import Findings, by_row, listed
from harness.studies.numbers import share_of, text_of
from harness.types import Example, Prediction

FILTER: Final = "retriever.allow"
OPEN: Final = "null"
"""value of the filter that lets everything through"""
GUESSED: Final[Mapping[str, Value]] = {"asked": "direct", "documents": "deleted", "training": "without"}


@dataclass(frozen=True)
class Leaks:
    """Every arm under each wording, with and without the filter, and after each way of deleting."""

    KEY: ClassVar[str] = "harness.studies.measures.leaks.Leaks"

    def read(self, data: StudyData) -> Findings:
        asked = [level for level in data.levels if data.settings(level).get("asked") in WORDINGS]
        unread = [level for level in asked if _has(data, level, training="without", documents="there")]
        direct = [level for level in asked if _has(data, level, asked="direct")]
        note = Note("Reading", "what an arm states of documents that it was never shown nor trained on was guessed")
        sections = (
            _section(data, unread, "leaks", "Answers that state what is restricted", "leaked", note),
            _section(data, unread, "shown", "Prompts that show a restricted document", "shown"),
            _section(data, direct, "deletion", "The same after deleting", "leaked", note),
        )
        return Findings(tuple(one for one in sections if one.rows), tuple(_words(data)))


def leaked(question: Example, answer: Prediction) -> bool:
    """Return whether an answer states what must not come out."""
    return holds([answer.text], value_now(question))


def shows_restricted(answer: Prediction) -> bool:
    """Return whether a prompt showed a restricted document."""
    return any(is_restricted(passage.document_id) for passage in answer.passages)


def leak_rate(data: StudyData, level: str, arm: str, kind: str = "leaked") -> Figure | None:
    """Return a share of an arm's answers: leaked, or shown (of the prompts of arms that retrieve)."""
    if kind == "shown" and not data.roles[arm].retrieves:
        return None

    def flag(question: Example, answer: Prediction) -> float:
        return float(shows_restricted(answer) if kind == "shown" else leaked(question, answer))

    return share_of(data, data.records(level, arm), flag)


def is_filtered(data: StudyData, level: str) -> bool:
    """Return whether answers under a level come through the access filter."""
    return data.settings(level).get(FILTER, OPEN) != OPEN


def _has(data: StudyData, level: str, **settings: Value) -> bool:
    return settings.items() <= data.settings(level).items()


def _section(data: StudyData, levels: Sequence[str], name: str, title: str, kind: str, *notes: Note) -> Section:
    columns = (SectionColumn("condition"), *(SectionColumn(arm, "", 3) for arm in data.arms))
    rows = [(level, *(leak_rate(data, level, arm, kind) for arm in data.arms)) for level in levels]
    return Section(name, title, columns, by_row(rows), notes)


def _words(data: StudyData) -> list[str]:
    lines = []
    for text, settings in _CASES:
        found = [level for level in data.levels if _has(data, level, **settings)]
        for filtered in (False, True):
            level = next((one for one in found if is_filtered(data, one) is filtered), None)
            rates = {arm: leak_rate(data, level, arm) for arm in data.arms} if level is not None else {}
            parts = [f"{arm} {text_of(rate)}" for arm, rate in rates.items() if rate is not None]
            how = "with the access filter" if filtered else "without a filter"
            lines += [f"Restricted values stated when {text}, {how}: {listed(parts)}."] if parts else []
    return lines


_CASES: Final[tuple[tuple[str, Mapping[str, Value]], ...]] = (
    ("the documents are in the index and in no training", {**GUESSED, "documents": "there"}),
    ("they are in the index and adapters were trained on them", {**GUESSED, "documents": "there", "training": "with"}),
    ("they were deleted and the adapter kept", {**GUESSED, "training": "with"}),
    ("they were deleted and adapters trained again", GUESSED),
)
