"""Which of two arms is cheaper, and from how many queries or updates on that changes."""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from harness.costs.amount import Amount, total
from harness.costs.breakeven import BreakEven, break_even
from harness.costs.ledger import THOUSAND, Ledger
from harness.result import CONTROLS, Figure, Grid, GridCell, GridColumn, Note

NEVER: Final = "never"
Line = tuple[Amount, Amount]
"""cost at the start, cost of each further one"""


def break_even_grid(ledgers: Sequence[Ledger]) -> Iterator[Grid]:
    """Yield one row per pair of arms; nothing when there are no two arms with a total."""
    priced = [one for one in ledgers if one.total is not None and one.usage.arm not in CONTROLS]
    if len(priced) < 2:
        return
    horizon = priced[0].costing.horizon
    yield Grid(
        name="break_even",
        title=f"Break-even between arms, over {horizon.months:g} months",
        columns=(
            GridColumn("arms"),
            GridColumn("few queries: cheaper"),
            GridColumn("break-even", "queries", decimals=0),
            GridColumn("many queries: cheaper"),
            GridColumn("few updates: cheaper"),
            GridColumn("break-even in updates", "updates", decimals=1),
            GridColumn("many updates: cheaper"),
        ),
        rows=tuple(_row(*pair) for pair in combinations(priced, 2)),
        notes=(
            Note(
                "Reading",
                f"queries in all, with {horizon.updates:,g} updates; updates in all, with {horizon.queries:,.0f} "
                "queries; never: the same arm is cheaper however many there are",
            ),
            Note("Quality", "cost alone: an arm that is cheaper everywhere may answer worse, or cannot be updated"),
            Note("Formulas", "docs/COST.md, Break-even"),
        ),
    )


def _row(left: Ledger, right: Ledger) -> tuple[GridCell, ...]:
    names = (left.usage.arm, right.usage.arm)
    crossings = []
    for lines in ((_over_queries(left), _over_queries(right)), (_over_updates(left), _over_updates(right))):
        (start, step), (other_start, other_step) = lines
        crossings.append(break_even(names, (start, other_start), (step, other_step)))
    cells = [cell for one in crossings for cell in (one.first, crossing_cell(one), one.then)]
    return (" – ".join(names), *cells)


def _over_queries(one: Ledger) -> Line:
    assert one.answers is not None
    return _sum(one.one_off, one.updating, one.keeping), one.answers * (1 / THOUSAND)


def _over_updates(one: Ledger) -> Line:
    assert one.update is not None
    return _sum(one.one_off, one.serving, one.keeping), one.update


def _sum(*parts: Amount | None) -> Amount:
    found = total(parts)
    assert found is not None
    return found


def crossing_cell(one: BreakEven) -> GridCell:
    """Return the crossing: a number where it and its interval are numbers, else words."""
    ends = [one.at, *(end for end in (one.low, one.high) if end is not None)]
    if not any(math.isinf(end) for end in ends):
        return Figure(one.at, one.low, one.high)
    if one.low is None or one.high is None or all(math.isinf(end) for end in ends):
        return _words(one.at)
    return f"{_words(one.at)} [{_words(one.low)}, {_words(one.high)}]"


def _words(number: float) -> str:
    return NEVER if math.isinf(number) else f"{number:,.0f}" if number >= 100 else f"{number:,.1f}"
