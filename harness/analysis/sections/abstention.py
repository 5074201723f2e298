"""Does an arm refuse when, and only when, it should? And how many of its answers have an unsupported claim?

From records alone. A failed prediction is neither an answer nor a refusal: it counts against coverage and nowhere
else.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.metric_facts import UNSUPPORTED_CLAIMS
from harness.analysis.result import Note, Section, SectionColumn
from harness.analysis.sections.rates import Booleans, Decisions, all_answered, decisions, shares
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
    "precision: share of the refusals whose example is unanswerable (– without a refusal); recall: share of the "
    "unanswerable examples that were refused (– without any); false abstention: share of the answerable examples that "
    "were refused; coverage: share of the examples that got an answer. Answers in a language "
    "whose refusals are not recognised count nowhere"
)
FABRICATED_NOTE: Final = (
    "hallucination rate, the share of answers with a claim that the gold evidence does not support. Refusals and "
    "failures are left out here; in the scoreboard they count by rule. fabrication, unanswerable: share of the "
    "unanswerable examples that got an answer"
)


def abstention_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the section of refusals where something is unanswerable or some arm gave no answer."""
    if all_answered(source):
        return
    judged = UNSUPPORTED_CLAIMS in source.chosen.metrics
    rows = [(name, *shares(source, _values(source, arm, judged))) for arm, name in enumerate(source.arms)]
    columns = (SectionColumn("arm"), *RATES, *(FABRICATED if judged else ()))
    notes = (Note("Reading", READING), *([Note("Fabrication", FABRICATED_NOTE)] if judged else ()))
    yield Section("abstention", "Refusals and unsupported claims", columns, tuple(rows), notes)


def _values(source: ComparisonData, arm: int, judged: bool) -> stats.Floats:
    """Shape (seeds, examples, columns): what each column is the mean of, NaN where an example does not count."""
    answerable = np.array([example.answerable for example in source.examples])
    decided = decisions(source, arm)
    rates = _rates(decided, answerable)
    if judged:
        fabricated = np.where(decided.answered, source.per_example(arm, UNSUPPORTED_CLAIMS), np.nan)
        rates += (np.where(answerable, fabricated, np.nan), fabricated)
    return np.stack([rate.astype(float) for rate in rates], axis=-1)


def _rates(decided: Decisions, answerable: Booleans) -> tuple[stats.Floats, ...]:
    known = ~decided.undecided
    return (
        np.where(decided.refused, ~answerable, np.nan),
        np.where(~answerable & known, decided.refused, np.nan),
        np.where(answerable & known, decided.refused, np.nan),
        np.where(known, decided.answered, np.nan),
        np.where(~answerable & known, decided.answered, np.nan),
    )
