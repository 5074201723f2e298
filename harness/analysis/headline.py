"""Which metrics decide between arms: the scoreboard's first page shows them, the answer is made from them.

One rule for every task and every report. Of each need, the first of its metrics that every arm to choose from has a
value of (arms that were not evaluated by it aside, two at least):

1. facts: is the content right? Without known evidence nothing shows facts: then it is how far answers are those of the
   references, by two metrics where these are short.
2. support: do documents support what the answer claims?
3. style: is the answer written as the references are?
4. refusals: only where some examples cannot be answered.

The names are in `harness.analysis.metric_facts`. Then metrics that it does not know, which a user added for a reason.
`MOST` at most; with none of these, the first metric that has a better side.
"""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.metric_facts import (
    EXPLAINING,
    EXPLAINING_PREFIXES,
    FACTS,
    LABELS,
    LIKENESS,
    LONG_ANSWERS,
    REFUSALS,
    SHORT_ANSWERS,
    STYLE,
    SUPPORT,
    WORDING,
)
from harness.analysis.result import Need, Table
from harness.text.tokens import words
from harness.types import Example

MOST: Final = 4
"""columns that fit a line of a terminal together with time and price"""
SHORT: Final = 8
"""words that half of the references have at most, where answers are short"""
LONG: Final = 24
"""words that half of the references have at least, where nobody writes the same answer word for word"""


def deciding(source: ComparisonData) -> tuple[int, ...]:
    """Return the places of the metrics that decide; `Table.deciding` holds them for the reports."""
    directed = [place for place, column in enumerate(source.columns) if column.higher_is_better is not None]
    usable = {source.columns[place].metric: place for place in directed if _measured(source, place)}
    chosen = tuple(usable[name] for name in deciding_names(list(usable), source.examples))
    return chosen or tuple(usable.values())[:1] or tuple(directed[:1])


def deciding_names(metrics: Sequence[str], examples: Sequence[Example]) -> list[str]:
    """Return those of these metrics that decide between arms, in the order of the needs.

    Args:
        metrics: with a better side, in the order of the configuration.
        examples: of the test split.
    """
    own = (name for name in metrics if _own(name))
    return list(dict.fromkeys([*_by_need(metrics, examples), *own]))[:MOST]


def needs(examples: Sequence[Example]) -> tuple[Need, ...]:
    """Return the needs that an answer is given for, each with its metrics."""
    if any(example.evidence for example in examples):
        long = (reference_length(examples) or 0) >= LONG
        facts = tuple(name for name in FACTS if name != "exact_match") if long else FACTS
        return Need("facts", facts), Need("style", STYLE)
    if not has_short_references(examples):
        return Need("", LONG_ANSWERS), Need("style", STYLE)
    return Need("", SHORT_ANSWERS), Need("style", tuple(name for name in STYLE if name not in WORDING))


def named(need: Need, metric: str) -> str:
    """Return what a need is called when a metric measures it."""
    if need.name == "style" and metric in WORDING:
        return "wording"
    if need.name:
        return need.name
    return "right labels" if metric in LABELS else "likeness to references" if metric in LIKENESS else "right answers"


def has_short_references(examples: Sequence[Example]) -> bool:
    """Return whether at least half of the references are short."""
    length = reference_length(examples)
    return length is not None and length <= SHORT


def reference_length(examples: Sequence[Example]) -> float | None:
    """Return the words of the median reference; None without any."""
    lengths = [len(words(example.references[0])) for example in examples if example.references]
    return median(lengths) if lengths else None


def place_of(table: Table, names: Sequence[str]) -> int | None:
    """Return the place of the first of these metrics that two arms at least have a value of; None without one."""
    measured = [column.metric for column in table.columns]
    for name in names:
        if name in measured:
            place = measured.index(name)
            if sum(row.entries[place].mean is not None for row in table.rows) >= 2:
                return place
    return None


def _by_need(metrics: Sequence[str], examples: Sequence[Example]) -> Iterator[str]:
    unanswerable = not all(example.answerable for example in examples)
    content, style = needs(examples)
    for names in (content.metrics, SUPPORT, style.metrics, REFUSALS if unanswerable else ()):
        found = [name for name in names if name in metrics]
        several = found[:1] == [LABELS[0]] or names is SHORT_ANSWERS
        yield from found[: 2 if several else 1]


def _own(metric: str) -> bool:
    shipped = (*FACTS, *LIKENESS, *SUPPORT, *STYLE, *REFUSALS, *EXPLAINING)
    return metric not in shipped and not metric.startswith(EXPLAINING_PREFIXES)


def _measured(source: ComparisonData, place: int) -> bool:
    """Whether all arms to choose from that were evaluated by the metric have a value, two at least if there are two.

    A record of an earlier run that lacks a metric must not take it off the page for the others.
    """
    served = [source.arms.index(arm) for arm in source.served]
    evaluated = [arm for arm in served if source.scores[arm][place]]
    values = source.values[:, evaluated, place]
    return len(evaluated) >= min(2, len(served)) and not bool(np.isnan(values).all(axis=0).any())
