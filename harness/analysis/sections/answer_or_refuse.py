"""What became of each question: what the grids of refusals and of risk are counted from."""

from typing import NamedTuple

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.outcomes import declined, given
from harness.analysis.stats import bootstrap as stats

Booleans = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Decisions(NamedTuple):
    """Of one arm; each of shape (seeds, examples). A failed prediction is neither of the two."""

    refused: Booleans
    answered: Booleans


def decisions(source: ComparisonData, arm: int) -> Decisions:
    """Return whether each prediction declines and whether it answers."""
    refused, answered = [], []
    for record in source.chosen.arms[source.arms[arm]]:
        refusals, answers = declined(record), given(record)
        refused.append([example.id in refusals for example in source.examples])
        answered.append([example.id in answers for example in source.examples])
    return Decisions(np.array(refused), np.array(answered))


def undecided(source: ComparisonData) -> bool:
    """Return whether there was nothing to decide: everything is answerable, and got an answer from every arm."""
    return all(example.answerable for example in source.examples) and all(
        decisions(source, arm).answered.all() for arm in range(len(source.arms))
    )


def scored(source: ComparisonData, arm: int, metric: str) -> stats.Floats:
    """Return the metric's values, shape (seeds, examples); NaN throughout without the metric."""
    found = np.full((len(source.chosen.arms[source.arms[arm]]), len(source.examples)), np.nan)
    names = metrics(source)
    scores = source.scores[arm][names.index(metric)] if metric in names else ()
    place = {example.id: number for number, example in enumerate(source.examples)}
    for number, score in enumerate(scores):
        if score.value is not None:
            found[number // len(source.examples), place[score.example_id]] = score.value
    return found


def metrics(source: ComparisonData) -> list[str]:
    """Return the names of the scoreboard's metrics."""
    return [column.metric for column in source.columns]
