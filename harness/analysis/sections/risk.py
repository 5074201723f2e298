"""Risk and coverage: how wrong is an arm where it answers, and how wrong if it withheld some answers?

The answers whose passages support them least are withheld. That needs no gold answer and no label, so it can be done
in use.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.metric_facts import QUALITY
from harness.analysis.outcomes import passage_support
from harness.analysis.result import Note, Section, SectionColumn
from harness.analysis.sections.rates import all_answered, decisions, shares
from harness.analysis.stats import bootstrap as stats

KEPT: Final = (0.75, 0.5, 0.25)
"""shares of an arm's answers"""
NOTE: Final = (
    "1 − {quality} over the answers given, those to unanswerable examples included; kept n %: over the n % of them "
    "that the arm's own passages support best, by the judge's mean support of their claims; ties are kept together. "
    "– for arms without passages, and for older records. Use it to choose how many answers to withhold"
)


def risk_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the section of risk where there is one of refusals and a metric that tells wrong answers."""
    quality = next((name for name in QUALITY if name in source.chosen.metrics), None)
    if quality is None or all_answered(source):
        return
    rows = [(name, *shares(source, _values(source, arm, quality))) for arm, name in enumerate(source.arms)]
    columns = (
        SectionColumn("arm"),
        SectionColumn("coverage", "answered"),
        SectionColumn("risk", f"1 − {quality}"),
        *(SectionColumn(f"kept {share:.0%}") for share in KEPT),
    )
    yield Section("risk", "Risk of an answer", columns, tuple(rows), (Note("Risk", NOTE.format(quality=quality)),))


def _values(source: ComparisonData, arm: int, quality: str) -> stats.Floats:
    """Shape (seeds, examples, 2 + len(KEPT)): coverage, then 1 − quality, NaN where none or withheld."""
    _, answered, undecided = decisions(source, arm)
    risk = np.where(answered, 1 - source.per_example(arm, quality), np.nan)
    supported = np.where(answered, _supported(source, arm), np.nan)
    coverage = np.where(undecided, np.nan, answered)
    return np.stack([coverage, risk, *(_best(risk, supported, share) for share in KEPT)], axis=-1)


def _supported(source: ComparisonData, arm: int) -> stats.Floats:
    """How far the passages support each answer, shape (seeds, examples); NaN where that is not known."""
    ranked = [passage_support(record) for record in source.records[source.arms[arm]]]
    return np.array([[known.get(example.id, np.nan) for example in source.examples] for known in ranked])


def _best(risk: stats.Floats, supported: stats.Floats, share: float) -> stats.Floats:
    """The risks of the best supported answers, ties kept together; NaN where no support is known."""
    counted = ~np.isnan(risk) & ~np.isnan(supported)
    if not counted.any():
        return np.full(risk.shape, np.nan)
    return np.where(counted & (supported >= np.quantile(supported[counted], 1 - share)), risk, np.nan)
