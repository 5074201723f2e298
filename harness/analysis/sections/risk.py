"""Risk and coverage: how wrong is an arm where it answers, and how wrong would it be if it withheld some answers?

Which answers would be kept if the ones that their passages support least were withheld needs no gold answer and no
label, so it could be done in use.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.passage_support import support
from harness.analysis.result import Note, Section, SectionColumn
from harness.analysis.sections.answer_or_refuse import decisions, metrics, scored, undecided
from harness.analysis.sections.shares import shares
from harness.analysis.stats import bootstrap as stats

QUALITY: Final = ("exact_match", "fact_coverage", "token_f1", "rouge_l")
"""what "wrong" means, the first that the comparison has"""
KEPT: Final = (0.75, 0.5, 0.25)
"""shares of an arm's answers"""
NOTE: Final = (
    "1 − {quality} over the answers given, unanswerable examples among them; kept n %: over the n % of them that the "
    "arm's own passages support best (the judge's mean support of their claims, which knows neither gold nor who is "
    "unanswerable; an answer that claims nothing is the first to go), more where answers are supported alike; – for "
    "arms that retrieve nothing, or whose judge was asked about answerable questions alone"
)


def risk_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the grid of risk, wherever there is one of refusals and a metric says what is wrong."""
    quality = next((name for name in QUALITY if name in metrics(source)), None)
    if quality is None or undecided(source):
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
    answered = decisions(source, arm).answered
    risk = np.where(answered, 1 - scored(source, arm, quality), np.nan)
    supported = np.where(answered, _supported(source, arm), np.nan)
    return np.stack([answered.astype(float), risk, *(_best(risk, supported, share) for share in KEPT)], axis=-1)


def _supported(source: ComparisonData, arm: int) -> stats.Floats:
    """How far the passages support each answer, shape (seeds, examples); NaN where nothing ranks them."""
    ranked = [support(record) for record in source.chosen.arms[source.arms[arm]]]
    return np.array([[known.get(example.id, np.nan) for example in source.examples] for known in ranked])


def _best(risk: stats.Floats, supported: stats.Floats, share: float) -> stats.Floats:
    """The risks of the best supported answers; ties are kept together, none where no support is known."""
    counted = ~np.isnan(risk) & ~np.isnan(supported)
    if not counted.any():
        return np.full(risk.shape, np.nan)
    return np.where(counted & (supported >= np.quantile(supported[counted], 1 - share)), risk, np.nan)
