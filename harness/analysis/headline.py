"""Which metrics decide between arms: the scoreboard's first page shows them, the answer is made from them.

One rule for every task and every report. Of each need, the first of its metrics that every arm to choose from has a
value of (arms that were not evaluated by it aside, two at least):

1. facts: is the content right?
2. support: do documents support what the answer claims?
3. style: is the answer written as the references are?
4. refusals: only where some examples cannot be answered.

The names are in `harness.analysis.metric_facts`. Then metrics that it does not know, which a user added for a reason.
`MOST` at most; with none of these, the first metric that has a better side.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.metric_facts import EXPLAINING, EXPLAINING_PREFIXES, FACTS, REFUSALS, STYLE, SUPPORT
from harness.analysis.result import Table

MOST: Final = 4
"""columns that fit a line of a terminal together with time and price"""


def deciding(source: ComparisonData) -> tuple[int, ...]:
    """Return the places of the metrics that decide; `Table.deciding` holds them for the reports."""
    directed = [place for place, column in enumerate(source.columns) if column.higher_is_better is not None]
    usable = [place for place in directed if _measured(source, place)]
    own = (place for place in usable if _own(source.columns[place].metric))
    chosen = dict.fromkeys([*_by_need(source, usable), *own])
    return tuple(chosen)[:MOST] or tuple(usable[:1]) or tuple(directed[:1])


def place_of(table: Table, names: Sequence[str]) -> int | None:
    """Return the place of the first of these metrics that two arms at least have a value of; None without one."""
    measured = [column.metric for column in table.columns]
    for name in names:
        if name in measured:
            place = measured.index(name)
            if sum(row.entries[place].mean is not None for row in table.rows) >= 2:
                return place
    return None


def _by_need(source: ComparisonData, usable: Sequence[int]) -> Iterator[int]:
    unanswerable = not all(example.answerable for example in source.examples)
    by_name = {source.columns[place].metric: place for place in usable}
    for names in (FACTS, SUPPORT, STYLE, REFUSALS if unanswerable else ()):
        found = [by_name[name] for name in names if name in by_name]
        yield from found[:1]


def _own(metric: str) -> bool:
    shipped = (*FACTS, *SUPPORT, *STYLE, *REFUSALS, *EXPLAINING)
    return metric not in shipped and not metric.startswith(EXPLAINING_PREFIXES)


def _measured(source: ComparisonData, place: int) -> bool:
    """Whether all arms to choose from that were evaluated by the metric have a value, two at least if there are two.

    A record of an earlier run that lacks a metric must not take it off the page for the others.
    """
    served = [source.arms.index(arm) for arm in source.served]
    evaluated = [arm for arm in served if source.scores[arm][place]]
    values = source.values[:, evaluated, place]
    return len(evaluated) >= min(2, len(served)) and not bool(np.isnan(values).all(axis=0).any())
