"""Style of an arm's answers taken together, and the parts that lower it. From the scores' details."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.stats import bootstrap as stats

PARTS: Final = ("place", "order", "range")
SEED: Final = 20_261_121
COLUMNS: Final = (
    SectionColumn("arm"),
    SectionColumn("corpus", "0 generic, 1 reference style", decimals=3),
    SectionColumn("order", "share", decimals=3),
    SectionColumn("range", "share", decimals=3),
)
READING: Final = (
    "corpus: mean position of the answers between a generic writer (0) and the reference style (1), not clipped; "
    "order: share of function words in the order of the references; range: share of length, rhythm and punctuation "
    "within the range of the references. Failed answers are left out"
)
NOTE: Final = Note("Reading", READING)


def style_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield a section per metric whose scores have the parts of an answer's style in their details."""
    for place, column in enumerate(source.columns):
        rows = [row for arm in range(len(source.arms)) if (row := _row(source, arm, place)) is not None]
        if rows:
            title = f"Style of all answers together: {column.metric}"
            yield Section(column.metric, title, COLUMNS, tuple(rows), (NOTE,))


def _row(source: ComparisonData, arm: int, column: int) -> tuple[SectionCell, ...] | None:
    """None for an arm without a reading."""
    values = _parts(source, arm, column)
    if np.isnan(values).all():
        return None
    intervals = stats.bootstrap(values, source.clusters, np.random.default_rng(SEED), source.resamples)
    return (source.arms[arm], *(Figure.of(*intervals.column(part)) for part in range(len(PARTS))))


def _parts(source: ComparisonData, arm: int, column: int) -> stats.Floats:
    """Shape (examples, parts): means over seeds, NaN where nothing was read."""
    values = np.full((len(source.seeds(arm)), len(source.examples), len(PARTS)), np.nan)
    place = {example.id: number for number, example in enumerate(source.examples)}
    for number, score in enumerate(source.scores[arm][column]):
        if score.details.keys() >= set(PARTS):
            values[number // len(source.examples), place[score.example_id]] = [score.details[part] for part in PARTS]
    return stats.means(values)
