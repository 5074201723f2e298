"""The answer first: which arm for which need, in sentences made from the measurements alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.certainty.sentences import sentence
from harness.numbers import decimals_for, number
from harness.reports.html.pictures.money import per_thousand
from harness.reports.html.pictures.numbers import place_of
from harness.result import BASE, CONTROLS, Comparison, Entry, Figure, Table

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
    lines = [Answer(f"For {need} ({lead.metric}):", _sentence(table, lead)) for need, lead in told]
    if len(told) == 2:
        lines.append(Answer("For both:", _both(told[0][1], told[1][1])))
    return lines


def _lead(table: Table, place: int) -> Lead | None:
    column = table.columns[place]
    if column.higher_is_better is None:
        return None
    sign = 1 if column.higher_is_better else -1
    means = {row.arm: row.entries[place].mean for row in table.rows if row.arm not in CONTROLS}
    known = {arm: mean for arm, mean in means.items() if mean is not None}
    if not known:
        return None
    best = max(known, key=lambda arm: sign * known[arm])
    near = tuple(arm for arm in known if arm != best and _undecided(table, column.metric, arm, best))
    return Lead(column.metric, best, near)


def _undecided(table: Table, metric: str, one: str, other: str) -> bool:
    found = _comparison(table, metric, one, other)
    return found is None or sentence(found).kind not in ("beats", "differs")


def _comparison(table: Table, metric: str, one: str, other: str) -> Comparison | None:
    return next(
        (each for each in table.comparisons if each.metric == metric and {each.first, each.second} == {one, other}),
        None,
    )


def _sentence(table: Table, lead: Lead) -> str:
    place = [column.metric for column in table.columns].index(lead.metric)
    entries = {row.arm: row.entries[place] for row in table.rows}
    parts = [f"{lead.arm}, {_value(entries[lead.arm])}{_over_base(table, lead)}"]
    if lead.near:
        rivals = ", ".join(f"{arm} ({_value(entries[arm], bare=True)})" for arm in lead.near)
        parts.append(f"too close to call against {rivals}")
    parts += list(_price(table, lead.arm))
    return "; ".join(parts) + "."


def _over_base(table: Table, lead: Lead) -> str:
    found = _comparison(table, lead.metric, lead.arm, BASE)
    if found is None:
        return ""
    said = sentence(found)
    if said.kind == FEW:
        return " (too few examples to compare with base)"
    return f" ({said.text.removeprefix(f'{lead.arm} ')})" if said.kind == "beats" and BASE not in lead.near else ""


def _value(entry: Entry, bare: bool = False) -> str:
    assert entry.mean is not None
    decimals = decimals_for([abs(entry.mean)])
    if bare or entry.low is None or entry.high is None:
        return number(entry.mean, decimals)
    return f"{number(entry.mean, decimals)} [{number(entry.low, decimals)}, {number(entry.high, decimals)}]"


def _price(table: Table, arm: str) -> Iterator[str]:
    """Say what an answer costs beside base's, on the ledger's own basis; no ratio where the intervals overlap."""
    basis, cost = per_thousand(table)
    found = [cost[one] for one in dict.fromkeys((arm, BASE)) if one in cost and cost[one].value]
    if len(found) < 2:
        return
    own, base = found
    figures = f"{basis}: {_money(own)} against {_money(base)}"
    if _overlap(own, base):
        yield f"what an answer costs is too close to call against base's ({figures})"
    else:
        yield f"an answer costs {own.value / base.value:.2g}× base's ({figures})"


def _overlap(one: Figure, other: Figure) -> bool:
    (low, high), (other_low, other_high) = _ends(one), _ends(other)
    return low <= other_high and other_low <= high


def _ends(of: Figure) -> tuple[float, float]:
    return of.value if of.low is None else of.low, of.value if of.high is None else of.high


def _money(of: Figure) -> str:
    """With three digits, whatever the size: prices of an answer span many."""
    interval = "" if of.low is None or of.high is None else f" [{of.low:.3g}, {of.high:.3g}]"
    return f"{of.value:.3g}{interval}"


def _both(facts: Lead, form: Lead) -> str:
    shared = [arm for arm in facts.arms if arm in form.arms]
    if facts.arm == form.arm:
        doubts = [
            f"for {need} too close to call against {', '.join(lead.near)}"
            for need, lead in (("facts", facts), ("form", form))
            if lead.near
        ]
        if not doubts:
            return f"{facts.arm}, which is ahead in both."
        return f"{facts.arm} has the best value in both, {'; '.join(doubts)}."
    if shared:
        return f"{' or '.join(shared)}: not told apart from the best in either."
    return f"no arm is among the best in both; {facts.arm} for facts, {form.arm} for form."
