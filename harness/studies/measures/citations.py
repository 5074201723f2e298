"""What citations are worth: whether they support the answer, and whether the answer rests on them.

Recall and precision are those of the metrics (`harness.metrics.citation_support`, ALCE). A citation is unfaithful when
the passage supports the answer, and the answer is the same without it: it was not what the answer came from (Wallat
et al., Correctness is not Faithfulness in RAG Attributions, arXiv 2412.18004, by deletion). Where a model makes no
citations, those found afterwards stand in, and the table says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from harness.analysis.notes.evaluation import of_unsupported
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn, warning
from harness.metrics.citation_support import AFTERWARDS, PASSAGE
from harness.studies.data import StudyData
from harness.studies.deletions import Deletion, Levels, all_deletion_levels, deletions, scores_of
from harness.studies.measures.measure import Findings, excludes_zero
from harness.studies.numbers import contrast, share, share_of, text_of
from harness.text.tokens import compared_words
from harness.types import Prediction, Record, Score

RECALL: Final = "citation_recall"
PRECISION: Final = "citation_precision"
ROWS: Final = "training_row_support"


@dataclass(frozen=True)
class Citations:
    """Every arm with all its passages, with the wording of its prompt and with one that asks for citations."""

    KEY: ClassVar[str] = "harness.studies.measures.citations.Citations"

    def read(self, data: StudyData) -> Findings:
        levels = [level for level in data.levels if data.settings(level).get("removed") == "nothing"]
        columns = (
            *(SectionColumn("condition"), SectionColumn("arm"), SectionColumn("citations")),
            *(SectionColumn("answers that cite", "", 3), SectionColumn("recall", "", 3)),
            *(SectionColumn("precision", "", 3), SectionColumn("unfaithful", "", 3)),
        )
        rows = [_row(data, level, arm) for level in levels for arm in data.arms if data.records(level, arm)]
        kept = tuple(row for row in rows if any(isinstance(cell, Figure) for cell in row[4:]))
        section = Section("citations", "Citations: do they support the answer?", columns, kept, tuple(_notes(data)))
        return Findings((section,) if kept else (), tuple(_words(data, levels)))


def _row(data: StudyData, level: str, arm: str) -> tuple[SectionCell, ...]:
    records = data.records(level, arm)
    if not data.roles[arm].retrieves:
        return (level, arm, "nearest training row", None, contrast(data, {(level, arm): 1.0}, ROWS), None, None)
    kind = AFTERWARDS if found_afterwards(records) else "made by the model"
    levels = next((one for one in all_deletion_levels(data) if one[0] == level), None)
    unfaithful = None if levels is None else share(unfaithful_citations(data, arm, levels), data)
    values = (contrast(data, {(level, arm): 1.0}, metric) for metric in (RECALL, PRECISION))
    return (level, arm, kind, _citing(data, records), *values, unfaithful)


def found_afterwards(records: Sequence[Record]) -> bool:
    """Return whether an arm made no citation of its own."""
    return any(AFTERWARDS in score.details for record in records for score in scores_of(record, RECALL).values())


def unfaithful_citations(data: StudyData, arm: str, levels: Levels) -> dict[str, float]:
    """Return, of the questions whose supporting citations all went with the support, 1 where the answer stayed."""
    flags: dict[str, list[float]] = {}
    scores = {id(answer): score for record in data.records(levels[0], arm) for answer, score in _scored(record)}
    for one in deletions(data, arm, levels):
        score = scores.get(id(one.whole))
        if one.happened and score is not None and _cites_only_support(score, one):
            flags.setdefault(one.question.id, []).append(float(_same(one)))
    return {name: float(np.mean(own)) for name, own in flags.items()}


def _scored(record: Record) -> Iterator[tuple[Prediction, Score]]:
    scores = scores_of(record, RECALL)
    return ((answer, scores[answer.example_id]) for answer in record.predictions if answer.example_id in scores)


def _cites_only_support(score: Score, one: Deletion) -> bool:
    """Return whether some citation supports the answer, and all that do are of passages that were removed."""
    numbers = [int(name.removeprefix(PASSAGE)) for name in score.details if name.startswith(PASSAGE)]
    shown = one.whole.passages
    return bool(numbers) and all(shown[number - 1] in one.support for number in numbers if number <= len(shown))


def _same(one: Deletion) -> bool:
    return compared_words(one.whole.text) == compared_words(one.without_support.text)


def _citing(data: StudyData, records: Sequence[Record]) -> Figure | None:
    return share_of(data, records, lambda question, answer: float(bool(answer.written)))


def _notes(data: StudyData) -> Iterator[Note]:
    yield Note(
        "Unfaithful",
        "of the answers whose supporting citations are all of the passages that were removed, the share that is the "
        "same without them",
    )
    yield Note("Found afterwards", "the passage that supports a sentence best, as the model named none")
    yield Note("Nearest training row", "best effort: the row most like question and answer; recall by that row alone")
    for judge in _judges(data):
        yield warning("Judge", f"{judge['name']} decides what is supported; {of_unsupported(judge)}")


def _judges(data: StudyData) -> Sequence[Mapping[str, Any]]:
    facts = (one for records in data.cells.values() for record in records for one in record.facts.get("judges", ()))
    return list({one["fingerprint"]: one for one in facts if RECALL in one["metrics"]}.values())


def _words(data: StudyData, levels: Sequence[str]) -> Iterator[str]:
    for level in levels:
        for arm in data.arms:
            recall = contrast(data, {(level, arm): 1.0}, RECALL)
            if recall is None:
                continue
            kind = "found afterwards" if found_afterwards(data.records(level, arm)) else "that it makes"
            yield f"{arm}, {level}: citations {kind} support {text_of(recall)} of its sentences."
    if len(levels) > 1:
        yield from _effect_of_asking(data, levels[0], levels[1])


def _effect_of_asking(data: StudyData, plain: str, asked: str) -> Iterator[str]:
    for arm in data.arms:
        change = contrast(data, {(asked, arm): 1.0, (plain, arm): -1.0})
        if change is not None:
            clear = "" if excludes_zero(change) else ", which could be chance"
            yield f"Asking for citations changes the {data.metric} of {arm} by {text_of(change, 2, '+')}{clear}."
