"""Does an arm decline when, and only when, it should? And how much of what it answers does it invent?

From records alone. A failed prediction is neither an answer nor a refusal: it counts against coverage and for nothing
else.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.notes.fabrication import METRIC
from harness.analysis.result import Note, Section, SectionColumn
from harness.analysis.sections.answer_or_refuse import Decisions, decisions, metrics, scored, undecided
from harness.analysis.sections.shares import shares
from harness.analysis.stats import bootstrap as stats

RATES: Final = (
    SectionColumn("precision", "of refusals, unanswerable"),
    SectionColumn("recall", "of unanswerable, refused"),
    SectionColumn("false abstention", "of answerable, refused"),
    SectionColumn("coverage", "answered"),
    SectionColumn("fabrication, unanswerable", "of unanswerable, answered"),
)
FABRICATED: Final = (
    SectionColumn("fabrication, answerable", "of answers to answerable, an unsupported claim"),
    SectionColumn("fabrication", "of all answers, an unsupported claim"),
)
READING: Final = (
    "precision: of the refusals, those of unanswerable examples (–: it never declined); recall: of the unanswerable, "
    "those that were refused (–: there are none); false abstention: of the answerable, those that were refused; "
    "coverage: examples that got an answer"
)
FABRICATED_NOTE: Final = (
    "the share of the answers given that have a claim which the gold evidence does not support, of those to answerable "
    "examples and of all (one to an unanswerable example has no support); refusals and failures claim nothing and are "
    "no part of it, unlike in the scoreboard, where they count by rule; fabrication, unanswerable: the share of the "
    "unanswerable examples that got an answer"
)


def abstention_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the grid of refusals, for comparisons in which something is unanswerable or some arm gave no answer."""
    if undecided(source):
        return
    judged = METRIC in metrics(source)
    rows = [(name, *shares(source, _values(source, arm, judged))) for arm, name in enumerate(source.arms)]
    columns = (SectionColumn("arm"), *RATES, *(FABRICATED if judged else ()))
    notes = (Note("Reading", READING), *([Note("Fabrication", FABRICATED_NOTE)] if judged else ()))
    yield Section("abstention", "Refusals, and what answers invent", columns, tuple(rows), notes)


def _values(source: ComparisonData, arm: int, judged: bool) -> stats.Floats:
    """Shape (seeds, examples, columns): what each column is the mean of, NaN where an example does not count."""
    can = np.array([example.answerable for example in source.examples])
    found = decisions(source, arm)
    rates = _rates(found, can)
    if judged:
        fabricated = np.where(found.answered, scored(source, arm, METRIC), np.nan)
        rates += (np.where(can, fabricated, np.nan), fabricated)
    return np.stack([rate.astype(float) for rate in rates], axis=-1)


def _rates(found: Decisions, can: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[stats.Floats, ...]:
    nothing = np.nan
    return (
        np.where(found.refused, ~can, nothing),
        np.where(can, nothing, found.refused),
        np.where(can, found.refused, nothing),
        found.answered.astype(float),
        np.where(can, nothing, found.answered),
    )
