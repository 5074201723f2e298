"""Does an arm decline when, and only when, it should? And how wrong is it where it does answer?

From records alone. A failed prediction is neither an answer nor a refusal: it counts against coverage and for nothing
else. The last columns are the risk–coverage curve of arms that retrieve: which answers would be kept if the ones that
their passages support least were withheld needs no gold answer, so it could be done in use.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.certainty import stats
from harness.declined import declined
from harness.grids.shares import shares
from harness.grids.source import Source
from harness.result import Grid, GridCell, GridColumn, Note

Booleans = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
QUALITY: Final = ("exact_match", "fact_coverage", "token_f1", "rouge_l")
"""what "wrong" means, the first that the comparison has"""
TRUST: Final = "groundedness"
KEPT: Final = (0.75, 0.5, 0.25)
"""shares of an arm's answers"""

RATES: Final = (
    GridColumn("precision", "of refusals, unanswerable"),
    GridColumn("recall", "of unanswerable, refused"),
    GridColumn("false abstention", "of answerable, refused"),
    GridColumn("fabrication", "of unanswerable, answered"),
    GridColumn("coverage", "answered"),
)
RISK_NOTE: Final = (
    "1 − {quality} over the answers given; kept n %: over the n % of them that the arm's own passages support best "
    "(groundedness), more where answers are supported alike; – for arms that retrieve nothing"
)
PRECISION_NOTE: Final = "no value for precision: the arm never declined; no value for recall: nothing is unanswerable"


def abstention_grids(source: Source) -> Iterator[Grid]:
    """Yield the grid of refusals, for comparisons in which something is unanswerable or some arm declines."""
    quality = next((name for name in QUALITY if name in _metrics(source)), None)
    decided = [_decisions(source, arm) for arm in source.arms]
    states = [_states(source, *one) for one in decided]
    unanswerable = not all(example.answerable for example in source.examples)
    if not unanswerable and not any(np.nansum(state[:, :, 2]) for state in states):
        return
    rows = [_row(source, place, states[place], decided[place][1], quality) for place in range(len(source.arms))]
    risk = (
        (GridColumn("risk", f"1 − {quality}"), *(GridColumn(f"kept {share:.0%}") for share in KEPT)) if quality else ()
    )
    notes = [Note("Reading", PRECISION_NOTE)]
    if quality:
        notes.append(Note("Risk", RISK_NOTE.format(quality=quality)))
    columns = (GridColumn("arm"), *RATES, *risk)
    yield Grid("abstention", "Refusals, and the risk of an answer", columns, tuple(rows), tuple(notes))


def _states(source: Source, refused: Booleans, answered: Booleans) -> stats.Floats:
    """Shape (seeds, examples, 5): the columns of RATES, NaN where an example does not count."""
    can = np.array([example.answerable for example in source.examples])
    nothing = np.nan
    rates = (
        np.where(refused, ~can, nothing),
        np.where(can, nothing, refused),
        np.where(can, refused, nothing),
        np.where(can, nothing, answered),
        answered,
    )
    return np.stack([rate.astype(float) for rate in rates], axis=-1)


def _decisions(source: Source, arm: str) -> tuple[Booleans, Booleans]:
    """Whether each prediction declines and whether it answers, each of shape (seeds, examples)."""
    refused, answered = [], []
    for record in source.chosen.arms[arm]:
        refusals = declined(record)
        neither = {prediction.example_id for prediction in record.predictions if prediction.failed} | refusals
        refused.append([example.id in refusals for example in source.examples])
        answered.append([example.id not in neither for example in source.examples])
    return np.array(refused), np.array(answered)


def _row(
    source: Source, arm: int, states: stats.Floats, answered: Booleans, quality: str | None
) -> tuple[GridCell, ...]:
    values = states if quality is None else np.concatenate([states, _risks(source, arm, answered, quality)], axis=-1)
    return (source.arms[arm], *shares(source, values))


def _risks(source: Source, arm: int, answered: Booleans, quality: str) -> stats.Floats:
    """Shape (seeds, examples, 1 + len(KEPT)): 1 − quality of each answer given, NaN for none and for those withheld."""
    risk = np.where(answered, 1 - _scored(source, arm, quality), np.nan)
    trust = np.where(answered, _scored(source, arm, TRUST), np.nan)
    return np.stack([risk, *(_best(risk, trust, share) for share in KEPT)], axis=-1)


def _scored(source: Source, arm: int, metric: str) -> stats.Floats:
    """The metric's values, shape (seeds, examples); NaN throughout without the metric."""
    found = np.full((len(source.chosen.arms[source.arms[arm]]), len(source.examples)), np.nan)
    names = _metrics(source)
    scores = source.scores[arm][names.index(metric)] if metric in names else ()
    place = {example.id: number for number, example in enumerate(source.examples)}
    for number, score in enumerate(scores):
        if score.value is not None:
            found[number // len(source.examples), place[score.example_id]] = score.value
    return found


def _best(risk: stats.Floats, trust: stats.Floats, share: float) -> stats.Floats:
    """The risks of the best supported answers; ties are kept together, none where no support is known."""
    counted = ~np.isnan(risk) & ~np.isnan(trust)
    if not counted.any():
        return np.full(risk.shape, np.nan)
    return np.where(counted & (trust >= np.quantile(trust[counted], 1 - share)), risk, np.nan)


def _metrics(source: Source) -> list[str]:
    return [column.metric for column in source.columns]
