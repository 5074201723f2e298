"""Which of two arms is cheaper, and from how many queries or updates the other one is."""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, Literal

from harness.analysis.costs.amount import Amount, total
from harness.analysis.costs.breakeven import BreakEven, break_even
from harness.analysis.costs.ledger import THOUSAND, Ledger
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn, warning
from harness.analysis.sections.cost import formulas

NEVER: Final = "never"
CLOSE: Final = "too close to call"
ALIKE: Final = "both the same"
Line = tuple[Amount, Amount]
"""cost at the start, cost of each further one"""
SURE: Final = 0.95
"""share of the resamples from which an arm is called cheaper without naming the share"""


def break_even_section(ledgers: Sequence[Ledger]) -> Iterator[Section]:
    """Yield one row per pair of arms; nothing with fewer than two totals."""
    priced = [one for one in ledgers if one.total is not None and not one.usage.control]
    if len(priced) < 2:
        return
    horizon = priced[0].costing.horizon
    pairs = [_crossings(*pair) for pair in combinations(priced, 2)]
    yield Section(
        name="break_even",
        title=f"Break-even between arms, over {horizon.months:g} months",
        columns=(
            SectionColumn("arms"),
            SectionColumn("few queries: cheaper"),
            SectionColumn("break-even", "queries", decimals=0),
            SectionColumn("many queries: cheaper"),
            SectionColumn("few updates: cheaper"),
            SectionColumn("break-even in updates", "updates", decimals=1),
            SectionColumn("many updates: cheaper"),
        ),
        rows=tuple(_row(names, crossings) for names, crossings in pairs),
        notes=(
            *_left_out(ledgers),
            Note(
                "Reading",
                f"total queries at {horizon.updates:,g} updates, and total updates at {horizon.queries:,.0f} queries, "
                "from which the other arm is cheaper; never: the same arm always is. In round brackets the share of "
                "resamples in which the arm is cheaper, if below 95 %",
            ),
            Note(
                "Measured once",
                "trainings and indexes were timed once, so that resamples hold nothing of how far another time would "
                "be off: where they decide, an arm without a share is not surely the cheaper one",
            ),
            *_close([one for _, crossings in pairs for one in crossings]),
            Note("Quality", "this compares costs alone: the cheaper arm may answer worse, or may not be updatable"),
            formulas("Break-even"),
        ),
    )


def _crossings(left: Ledger, right: Ledger) -> tuple[tuple[str, str], tuple[BreakEven, BreakEven]]:
    names = (left.usage.arm, right.usage.arm)
    (start, step), (other_start, other_step) = _over_queries(left), _over_queries(right)
    queries = break_even(names, (start, other_start), (step, other_step))
    (start, step), (other_start, other_step) = _over_updates(left), _over_updates(right)
    return names, (queries, break_even(names, (start, other_start), (step, other_step)))


def _row(names: tuple[str, str], crossings: Sequence[BreakEven]) -> tuple[SectionCell, ...]:
    cells = [cell for one in crossings for cell in (_who(one, 0), crossing_cell(one), _who(one, 1))]
    return (" – ".join(names), *cells)


def _who(one: BreakEven, end: Literal[0, 1]) -> str:
    """Return the cheaper arm at this end, with its share of the resamples where that is below SURE."""
    if one.alike:
        return ALIKE
    name = (one.first, one.then)[end]
    share = sum(share for who, share in one.shares.items() if who[end] == name) if one.shares else 1.0
    return name if share >= SURE else f"{name} ({_percent(share)})"


def _left_out(ledgers: Sequence[Ledger]) -> Iterator[Note]:
    unknown = [one.usage.arm for one in ledgers if one.total is None and not one.usage.control]
    if unknown:
        yield warning("Left out", f"{', '.join(unknown)}: no total; see the warnings under Cost")


def _close(crossings: Sequence[BreakEven]) -> Iterator[Note]:
    if any(one.close for one in crossings):
        text = "the arm that is cheaper from the start differs between resamples, in the shares shown"
        yield Note("Too close to call", f"{text}. Time more answers (timing.examples, a larger test set)")


def _over_queries(one: Ledger) -> Line:
    assert one.answers is not None
    return _sum(one.one_off, one.updating, one.keeping), one.answers * (1 / THOUSAND)


def _over_updates(one: Ledger) -> Line:
    assert one.update is not None
    return _sum(one.one_off, one.serving, one.keeping), one.update


def _sum(*parts: Amount | None) -> Amount:
    amount = total(parts)
    assert amount is not None
    return amount


def crossing_cell(one: BreakEven) -> SectionCell:
    """Return the crossing: a number where it and its interval are numbers, else words."""
    if one.close:
        shares = ", ".join(
            f"{first} throughout {_percent(share)}" if first == then else f"{first}, then {then} {_percent(share)}"
            for (first, then), share in one.shares.items()
        )
        return f"{CLOSE}: {shares}"
    ends = [one.at, *(end for end in (one.low, one.high) if end is not None)]
    if not any(math.isinf(end) for end in ends):
        return Figure(one.at, one.low, one.high)
    if one.low is None or one.high is None or all(math.isinf(end) for end in ends):
        return _words(one.at)
    return f"{_words(one.at)} [{_words(one.low)}, {_words(one.high)}]"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if 0.005 <= share < 0.995 else "< 1 %" if share < 0.5 else "> 99 %"


def _words(number: float) -> str:
    return NEVER if math.isinf(number) else f"{number:,.0f}" if number >= 100 else f"{number:,.1f}"
