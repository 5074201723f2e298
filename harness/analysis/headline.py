"""Which metrics decide between arms: the scoreboard's first page shows them, the answer is made from them.

One rule for every task and every report. Of each need, the first of its metrics that was measured on every arm that
could be chosen (on two at least):

1. facts: is the content right?
2. support: do documents support what the answer claims?
3. style: is the answer written as the references are?
4. refusals: only where some examples cannot be answered.

Then metrics that this file does not know, which a user added for a reason. `MOST` at most; with none of these, the
first metric that has a better side.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from harness.analysis.result import Column, Table

FACTS: Final = ("fact_coverage", "exact_match", "ragas_answer_correctness", "faithfulness", "token_f1")
"""best first; likeness of words counts only where nothing looks at the content itself"""
SUPPORT: Final = ("faithfulness",)
WORDING: Final = ("chrf", "rouge_l")
STYLE: Final = ("style_match", "style_embedding", *WORDING)
"""likeness to the references' wording only where no metric looks at style alone"""
REFUSALS: Final = ("abstention", "judged_abstention")
OTHERS: Final = ("groundedness", "fabrication", "mrr", "ragas_context_precision", "ragas_context_recall")
"""shipped metrics that explain a result and decide nothing by themselves"""
PREFIXES: Final = ("recall@",)
MOST: Final = 4
"""columns that fit a line of a terminal together with time and price"""


def deciding(columns: Sequence[Column], measured: Callable[[int], bool], *, refusals: bool) -> tuple[int, ...]:
    """Return the places of the metrics that decide.

    Args:
        columns: all metrics of a comparison, in the task's order.
        measured: whether the metric at a place has a value on the arms to choose from.
        refusals: some examples cannot be answered.
    """
    usable = [place for place, column in enumerate(columns) if column.higher_is_better is not None and measured(place)]
    chosen = dict.fromkeys([*_by_need(columns, usable, refusals), *(p for p in usable if _own(columns[p].metric))])
    judged = (place for place, column in enumerate(columns) if column.higher_is_better is not None)
    return tuple(chosen)[:MOST] or tuple(usable[:1]) or tuple(judged)[:1]


def deciding_columns(table: Table) -> tuple[int, ...]:
    """Return the places of the metrics that decide in a finished table."""
    return deciding(table.columns, lambda place: _measured(table, place), refusals=table.some_unanswerable)


def place_of(table: Table, names: Sequence[str]) -> int | None:
    """Return the place of the first of these metrics that two arms at least have a value of; None without one."""
    measured = [column.metric for column in table.columns]
    for name in names:
        if name in measured:
            place = measured.index(name)
            if sum(row.entries[place].mean is not None for row in table.rows) >= 2:
                return place
    return None


def _by_need(columns: Sequence[Column], usable: Sequence[int], refusals: bool) -> Iterator[int]:
    by_name = {columns[place].metric: place for place in usable}
    for names in (FACTS, SUPPORT, STYLE, REFUSALS if refusals else ()):
        found = [by_name[name] for name in names if name in by_name]
        yield from found[:1]


def _own(metric: str) -> bool:
    shipped = (*FACTS, *SUPPORT, *STYLE, *REFUSALS, *OTHERS)
    return metric not in shipped and not metric.startswith(PREFIXES)


def _measured(table: Table, place: int) -> bool:
    rows = [row for row in table.rows if row.arm not in table.controls] or table.rows
    return all(row.entries[place].mean is not None for row in rows)
