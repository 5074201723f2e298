"""Style of whole corpora: the mean style of an arm's answers and of its parts, from the details of the scores."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.stats import bootstrap as stats

METRICS: Final = ("style_match", "style_embedding")
PARTS: Final = ("place", "order", "range")
SEED: Final = 20_261_121
COLUMNS: Final = (
    SectionColumn("arm"),
    SectionColumn("corpus", "0 generic, 1 reference style", decimals=3),
    SectionColumn("order", "share", decimals=3),
    SectionColumn("range", "share", decimals=3),
)
READING: Final = (
    "corpus: mean place of the answers' manner between the generic writer and the references, not clipped at either "
    "end; order: is the word order that of the references; range: are length, rhythm and signs within the references' "
    "range; failed answers have no style and are left out here"
)


NOTE: Final = Note("Reading", READING)


def style_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield a grid per style metric of the comparison that has a scale."""
    for place, column in enumerate(source.columns):
        if column.metric in METRICS:
            rows = [row for arm in range(len(source.arms)) if (row := _row(source, arm, place)) is not None]
            if rows:
                title = f"Style of all answers together: {column.metric}"
                yield Section(column.metric, title, COLUMNS, tuple(rows), (NOTE,))


def _row(source: ComparisonData, arm: int, column: int) -> tuple[SectionCell, ...] | None:
    """None for an arm without a reading."""
    values = _parts(source, arm, column)
    if np.isnan(values).all():
        return None
    found = stats.bootstrap(values, source.clusters, np.random.default_rng(SEED), source.resamples)
    return (source.arms[arm], *(_figure(*found.column(part)) for part in range(len(PARTS))))


def _parts(source: ComparisonData, arm: int, column: int) -> stats.Floats:
    """Shape (examples, parts): means over seeds, NaN where nothing was read."""
    seeds = len(source.chosen.arms[source.arms[arm]])
    found = np.full((seeds, len(source.examples), len(PARTS)), np.nan)
    place = {example.id: number for number, example in enumerate(source.examples)}
    for number, score in enumerate(source.scores[arm][column]):
        if score.details:
            parts = [score.details[part] for part in PARTS]
            found[number // len(source.examples), place[score.example_id]] = parts
    return stats.means(found)


def _figure(mean: float | None, low: float | None, high: float | None, n: int) -> Figure | None:
    return None if mean is None else Figure(mean, low, high, n)
