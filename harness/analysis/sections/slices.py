"""Slices: the first quality metric for each kind of example."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.estimates import estimates
from harness.analysis.headline import deciding
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn

UNNAMED = "(no slice)"


def slice_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield one section where examples are of several kinds."""
    of = np.array([example.slice or UNNAMED for example in source.examples])
    kinds, places = sorted(set(of.tolist())), [one for one in deciding(source) if not source.columns[one].aggregate][:1]
    if len(kinds) < 2 or not places:
        return
    (place,) = places
    rows = [_row(_only(source, of == kind), kind, place) for kind in kinds]
    yield Section(
        name="slices",
        title=f"Slices: {source.columns[place].metric} by kind of example",
        columns=(SectionColumn("slice"), SectionColumn("n", decimals=0), *map(SectionColumn, source.arms)),
        rows=(*rows, _row(source, "all", place)),
        notes=(Note("Reading", "means with their 95 % intervals; slices are small, so no difference is tested here"),),
    )


def _only(source: ComparisonData, mask: np.ndarray) -> ComparisonData:
    """The same comparison on some of its examples."""
    return dataclasses.replace(
        source,
        examples=tuple(example for example, keep in zip(source.examples, mask, strict=True) if keep),
        values=source.values[mask],
        runs=tuple(run[:, mask] for run in source.runs),
        clusters=np.unique(source.clusters[mask], return_inverse=True)[1].astype(np.int64),
    )


def _row(source: ComparisonData, name: str, place: int) -> tuple[SectionCell, ...]:
    means = estimates(source, [{arm: 1.0} for arm in source.arms])
    return (name, Figure(float(len(source.examples))), *(Figure.of(*one.numbers(place)) for one in means))
