"""The answer first: which arm for which need, in sentences made from the measurements alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.contrasts.verdicts import sentence
from harness.analysis.numbers import decimals_for, number
from harness.analysis.result import ArmComparison, Table, TableEntry
from harness.reports.html.pictures.numbers import place_of
from harness.reports.html.prices import Prices, prices

FEW: Final = "too few"


@dataclass(frozen=True, slots=True)
class Answer:
    """One sentence."""

    topic: str
    """the need"""
    text: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Who is ahead on one metric."""

    metric: str
    arm: str
    near: tuple[str, ...]
    """arms that the data cannot tell from it"""

    @property
    def arms(self) -> tuple[str, ...]:
        """The arm ahead and those that may be as good."""
        return (self.arm, *self.near)


def answers(table: Table, knowledge: Sequence[str], adaptation: Sequence[str]) -> list[Answer]:
    """Return one sentence per need that was measured, and one for both together."""
    places = [place_of(table, names) for names in (knowledge, adaptation)]
    if places[0] == places[1]:
        places[1] = None
    needs = [
        (need, _lead(table, place)) for need, place in zip(("facts", "form"), places, strict=True) if place is not None
    ]
    told = [(need, lead) for need, lead in needs if lead is not None]
    paid = prices(table)
    lines = [Answer(f"For {need} ({lead.metric}):", _sentence(table, lead, paid)) for need, lead in told]
    if len(told) == 2:
        lines.append(Answer("For both:", _both(table, told[0][1], told[1][1], paid)))
    elif told and (said := "; ".join(_bought(table, told[0][1].arms, [told[0][1].metric], paid))):
        lines.append(Answer("The price of it:", f"{said}."))
    return lines


def _lead(table: Table, place: int) -> Lead | None:
    column = table.columns[place]
    if column.higher_is_better is None:
        return None
    sign = 1 if column.higher_is_better else -1
    means = {row.arm: row.entries[place].mean for row in table.rows if row.arm not in table.controls}
    known = {arm: mean for arm, mean in means.items() if mean is not None}
    if not known:
        return None
    best = max(known, key=lambda arm: sign * known[arm])
    near = tuple(arm for arm in known if arm != best and _undecided(table, column.metric, arm, best))
    return Lead(column.metric, best, near)


def _undecided(table: Table, metric: str, one: str, other: str) -> bool:
    found = _comparison(table, metric, one, other)
    return found is None or sentence(found).kind not in ("beats", "differs")


def _comparison(table: Table, metric: str, one: str, other: str) -> ArmComparison | None:
    return next(
        (each for each in table.comparisons if each.metric == metric and {each.first, each.second} == {one, other}),
        None,
    )


def _sentence(table: Table, lead: Lead, paid: Prices) -> str:
    place = [column.metric for column in table.columns].index(lead.metric)
    entries = {row.arm: row.entries[place] for row in table.rows}
    parts = [f"{lead.arm}, {_value(entries[lead.arm])}{_over_base(table, lead)}"]
    if lead.near:
        rivals = ", ".join(f"{arm} ({_value(entries[arm], bare=True)})" for arm in lead.near)
        parts.append(f"too close to call against {rivals}")
    if beside := paid.beside(lead.arm, table.base or ""):
        once = paid.one_off(lead.arm)
        parts.append(f"{beside}, and {once}" if once else beside)
    return "; ".join(parts) + "."


def _over_base(table: Table, lead: Lead) -> str:
    found = _comparison(table, lead.metric, lead.arm, table.base or "")
    if found is None:
        return ""
    said = sentence(found)
    if said.kind == FEW:
        return " (too few examples to compare with base)"
    return (
        f" ({said.text.removeprefix(f'{lead.arm} ')})" if said.kind == "beats" and table.base not in lead.near else ""
    )


def _value(entry: TableEntry, bare: bool = False) -> str:
    assert entry.mean is not None
    decimals = decimals_for([abs(entry.mean)])
    if bare or entry.low is None or entry.high is None:
        return number(entry.mean, decimals)
    return f"{number(entry.mean, decimals)} [{number(entry.low, decimals)}, {number(entry.high, decimals)}]"


def _both(table: Table, facts: Lead, form: Lead, paid: Prices) -> str:
    shared = [arm for arm in facts.arms if arm in form.arms]
    if facts.arm == form.arm:
        doubts = [
            f"for {need} too close to call against {', '.join(lead.near)}"
            for need, lead in (("facts", facts), ("form", form))
            if lead.near
        ]
        best = f"{facts.arm} has the best value in both, {'; '.join(doubts)}"
        said = best if doubts else f"{facts.arm}, which is ahead in both"
    elif not shared:
        return f"no arm is among the best in both; {facts.arm} for facts, {form.arm} for form."
    else:
        said = f"{' or '.join(shared)}: not told apart from the best in either"
    return "; ".join([said, *_bought(table, shared, [facts.metric, form.metric], paid)]) + "."


def _bought(table: Table, best: Sequence[str], metrics: Sequence[str], paid: Prices) -> Iterator[str]:
    """Say which of the best arms costs least, and what it costs more than the next cheaper arm and buys with it."""
    if len(paid.answers) < 2 or any(arm not in paid.answers for arm in best):
        return
    least = paid.cheapest(best)
    if least is None:
        yield f"what an answer of {' or '.join(best)} costs is too close to call"
        return
    dearer = [arm for arm in sorted(best, key=lambda arm: paid.answers[arm].value) if arm != least]
    if dearer:
        yield f"of {' and '.join(best)}, {least} costs least: with {dearer[0]} {paid.beside(dearer[0], least)}"
    other = paid.next_cheaper(least)
    if other is None:
        yield f"no arm is surely cheaper than {least}"
    elif not dearer or other != table.base:  # beside base every arm ahead has its price already
        bought = ", ".join(f"{metric}: {_against(table, metric, least, other)}" for metric in metrics)
        yield f"with {least} {paid.beside(least, other)}, the next arm that is surely cheaper; for that, {bought}"


def _against(table: Table, metric: str, arm: str, other: str) -> str:
    found = _comparison(table, metric, arm, other)
    return "no comparison" if found is None else sentence(found).text
