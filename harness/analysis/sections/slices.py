"""Slices: the first quality metric, kind of example by kind of example."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from harness.analysis.comparison import ComparisonData, headline
from harness.analysis.contrasts.estimates import estimates
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn

UNNAMED = "(no slice)"


def slice_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield one grid where examples are of several kinds."""
    of = np.array([example.slice or UNNAMED for example in source.examples])
    kinds, columns = list(dict.fromkeys(of.tolist())), headline(source)
    if len(kinds) < 2 or not columns:
        return
    place = source.columns.index(columns[0])
    rows = [_row(_only(source, of == kind), kind, place) for kind in sorted(kinds)]
    yield Section(
        name="slices",
        title=f"Slices: {columns[0].metric} by kind of example",
        columns=(SectionColumn("slice"), SectionColumn("n", decimals=0), *map(SectionColumn, source.arms)),
        rows=(*rows, _row(source, "all", place)),
        notes=(Note("Reading", "means with their 95 % intervals; nothing is tested here, for slices are small"),),
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
    found = estimates(source, [{arm: 1.0} for arm in source.arms])
    return (name, Figure(float(len(source.examples))), *(_figure(*one.numbers(place)) for one in found))


def _figure(mean: float | None, low: float | None, high: float | None, n: int) -> Figure | None:
    return None if mean is None else Figure(mean, low, high, n)
