"""The answer first: which arm for which need, in short sentences made from the measurements alone.

Every report shows these sentences; `harness.analysis.metric_facts` says which metric measures which need.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from harness.analysis.answer_prices import UNDECIDED, Amounts, currency, latencies, one_off, prices
from harness.analysis.contrasts.verdicts import sentence
from harness.analysis.headline import named, place_of
from harness.analysis.numbers import decimals_for, listed, number
from harness.analysis.result import ArmComparison, Table

DIGITS: Final = 2
"""after the point of a share; the scoreboard below has three, with the intervals"""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One sentence or two on one subject."""

    topic: str
    """what a hurried reader takes with him; printed in bold"""
    text: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Who is ahead on one metric."""

    need: str
    metric: str
    sign: int
    """-1 where lower is better"""
    arm: str
    """the best mean"""
    near: tuple[str, ...]
    """arms that the data cannot tell from it"""
    few: bool
    """too few examples to compare"""
    means: dict[str, float]
    """of every arm to choose from, best first"""
    base: str | None
    """the arm that the others are compared with"""

    @property
    def arms(self) -> tuple[str, ...]:
        """The arm ahead and those that may be as good."""
        return (self.arm, *self.near)


def answers(table: Table) -> list[AnswerLine]:
    """Return a line for each need that was measured, one for both together, and one for the price."""
    arms = [row.arm for row in table.rows if row.arm not in table.controls]
    if len(arms) < 2:
        return [AnswerLine("No comparison:", f"only {' and '.join(arms) or 'controls'} was run.")]
    leads = list(_leads(table))
    lines = [_line(lead) for lead in leads]
    if any(lead.few for lead in leads) or not leads:
        return lines
    if len(leads) == 2:
        lines.append(_both(table, *leads))
    lines += _price(table, leads)
    return lines


def _leads(table: Table) -> Iterator[Lead]:
    """One per need; another need never goes by the same metric."""
    taken: set[int] = set()
    for need in table.needs:
        place = place_of(table, need.metrics)
        if place is not None and place not in taken:
            taken.add(place)
            if lead := _lead(table, named(need, table.columns[place].metric), place):
                yield lead
    if not taken and table.deciding and (lead := _lead(table, "", table.deciding[0])):
        yield lead


def _lead(table: Table, need: str, place: int) -> Lead | None:
    column = table.columns[place]
    if column.higher_is_better is None:
        return None
    sign = 1 if column.higher_is_better else -1
    entries = {row.arm: row.entries[place].mean for row in table.rows if row.arm not in table.controls}
    known = {arm: mean for arm, mean in entries.items() if mean is not None}
    if len(known) < 2:
        return None
    means = dict(sorted(known.items(), key=lambda pair: -sign * pair[1]))
    best, *others = means
    kinds = {arm: _kind(table, column.metric, best, arm) for arm in others}
    near = tuple(arm for arm, kind in kinds.items() if kind not in ("beats", "differs"))
    return Lead(need, column.metric, sign, best, near, "too few" in kinds.values(), means, table.base)


def _kind(table: Table, metric: str, arm: str, other: str) -> str:
    found = comparison(table, metric, arm, other)
    return "no value" if found is None else sentence(found).kind


def comparison(table: Table, metric: str, arm: str, other: str) -> ArmComparison | None:
    """Return how two arms compare on a metric, whichever is named first there."""
    return next(
        (one for one in table.comparisons if one.metric == metric and {one.first, one.second} == {arm, other}), None
    )


def _line(lead: Lead) -> AnswerLine:
    topic = f"For {lead.need}:" if lead.need else f"On {lead.metric}:"
    if lead.few:
        text = f"too few examples to tell the arms apart ({lead.metric}: {_named(lead, lead.means)})."
        return AnswerLine(topic, text)
    behind = [arm for arm in lead.means if arm not in lead.arms]
    if lead.base in lead.arms:
        rest = f"; behind: {_named(lead, behind)}" if behind else ""
        text = f"no arm is clearly better than {lead.base} ({lead.metric}: {_named(lead, lead.arms)}{rest})."
        return AnswerLine(topic, text)
    values = listed([_short(lead.means[arm]) for arm in lead.arms])
    doubt = ", too close to call" if lead.near else ""
    then = dict.fromkeys([*behind[:1], *(arm for arm in behind if arm == lead.base)])
    rest = f"; then {_named(lead, then)}" if then else ""
    return AnswerLine(f"{topic} {_any_of(lead.arms)}", f"({lead.metric} {values}{doubt}{rest}).")


def _named(lead: Lead, arms: Iterable[str]) -> str:
    return ", ".join(f"{arm} {_short(lead.means[arm])}" for arm in arms)


def _short(value: float) -> str:
    """Two decimals of a share, three where two would make it look complete or nothing."""
    rounded = round(value, DIGITS)
    hidden = rounded in (0.0, 1.0) and rounded != value
    return number(value, 3 if hidden else min(DIGITS, decimals_for([abs(value)])))


def _any_of(arms: Sequence[str]) -> str:
    *first, last = arms
    return f"{', '.join(first)} or {last}" if first else last


def _both(table: Table, facts: Lead, style: Lead) -> AnswerLine:
    if table.base in facts.arms and table.base in style.arms:
        return AnswerLine("For both:", f"no arm is clearly better than {table.base}.")
    shared = [arm for arm in facts.arms if arm in style.arms and arm != table.base]
    if shared:
        sure = "no arm is clearly better at either" if facts.near or style.near else "ahead in both"
        return AnswerLine(f"For both: {_any_of(shared)}", f"({sure}).")
    return AnswerLine("No arm is best at both.", f"{_compromise(table, facts, style)}.")


def _compromise(table: Table, facts: Lead, style: Lead) -> str:
    """Of the arms ahead in one, the one that loses least in the other, with what it takes."""
    losses = [
        (abs(lead.means[arm] - lead.means[lead.arm]), lead, arm)
        for lead, other in ((facts, style), (style, facts))
        for arm in other.arms
        if arm in lead.means
    ]
    lost, lead, arm = min(losses, key=lambda loss: loss[0])
    text = f"{arm} comes closest: it is {_short(lost)} behind {lead.arm} on {lead.metric}"
    taken = [
        f"{what} is {ratio} {lead.arm}'s"
        for what, amounts in (("its p95", latencies(table)), ("its price per answer", prices(table)))
        if (ratio := amounts.ratio(arm, lead.arm)) not in ("", UNDECIDED)
    ]
    return "; ".join([text, " and ".join(taken)]) if taken else text


def _price(table: Table, leads: Sequence[Lead]) -> Iterator[AnswerLine]:
    """Say what the arms named above cost more than base and what a cheaper arm loses; then what they cost once."""
    paid = prices(table)
    named = [arm for arm in dict.fromkeys(arm for lead in leads for arm in lead.arms) if arm != table.base]
    parts = list(filter(None, [_against_base(paid, named, table.base)]))
    least = paid.lowest(named)
    if least is not None and len(leads) == 1:
        parts += _cheaper(table, leads[0], paid, least)
    if parts:
        yield AnswerLine("Price of an answer:", f"{'. '.join(parts)}.")
    if once := _once(table, named):
        yield AnswerLine("Paid once:", f"training and indexing, {once}.")


def _against_base(paid: Amounts, arms: Sequence[str], base: str | None) -> str:
    ratios = {arm: paid.ratio(arm, base) for arm in arms} if base is not None else {}
    known = [f"{arm} {ratio}" for arm, ratio in ratios.items() if ratio not in ("", UNDECIDED)]
    doubt = [arm for arm, ratio in ratios.items() if ratio == UNDECIDED]
    parts = [f"{', '.join(known)} {base}'s"] if known else []
    if doubt:
        parts.append(f"{listed(doubt)}: too close to {base}'s to call")
    return "; ".join(parts)


def _once(table: Table, arms: Sequence[str]) -> str:
    """What is paid before the first answer."""
    paid = one_off(table)
    parts = [f"{arm} {plain(paid[arm])}" for arm in arms if paid.get(arm, 0.0) > 0]
    return f"{', '.join(parts)} {currency(table)}" if parts else ""


def _cheaper(table: Table, lead: Lead, paid: Amounts, arm: str) -> Iterator[str]:
    other = paid.next_lower(arm)
    if other is None or other not in lead.means or other == lead.base:
        return
    lost = lead.sign * (lead.means[arm] - lead.means[other])
    kind = _kind(table, lead.metric, arm, other)
    behind = f"is {_short(lost)} behind it" if kind == "beats" else "is not clearly worse"
    yield f"{other}, the next arm that is cheaper than {arm}, {behind} on {lead.metric}"


def plain(value: float) -> str:
    """Return a price with two digits that say something and never an exponent: prices of an answer span many sizes."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{Decimal(f'{value:.2g}'):f}"
