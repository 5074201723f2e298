"""The ledger in words: what was found, what it was held against, and what would decide what is open."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

from harness.analysis.numbers import rounded_up
from harness.studies.claims.claim import ClaimPart
from harness.studies.claims.effect import MOST_TIMES, Effect
from harness.studies.claims.ledger import ClaimsLedger, LedgerPart, LedgerRow
from harness.studies.claims.verdicts import ALPHA, WEAKEST_FIRST, PartVerdict, Ruling
from harness.studies.numbers import ONCE

MEANING: Final[dict[Ruling, str]] = {
    "supported": "the measured effect is beyond the margin, and chance does not explain it",
    "refuted": "the effect is smaller than the margin, or goes the other way, and chance does not explain it",
    "undecided": "the effect may be on either side of the margin; what would tell stands beside it",
    "provisional": "a number of an adapter that a study trained on a part of the rows: another arm, so no verdict",
    "not tested": "nothing was measured, a control failed, or no arm had anything to lose; what would decide it stands "
    "beside it",
    "does not apply": "the claim does not speak of a task like this",
}
SIGNS: Final[dict[Ruling, str]] = {
    "supported": "✓", "refuted": "✗", "undecided": "?", "provisional": "~", "not tested": "–", "does not apply": "·",
}  # fmt: skip
"""in front of the words of a verdict, so that a column of them is read at a glance"""
COUNTED: Final = {"parts": "part", "adapters": "adapter", "bits": "bit"}
"""unit of a count -> of one"""
PART_OF: Final = "of "
"""how a unit begins whose numbers are parts of a whole"""


def number_text(value: float, unit: str) -> str:
    """Return a number for people: shares with a sign and two decimals, parts of a whole as percent."""
    if unit == "share":
        return f"{value:+.2f}"
    if unit.startswith(PART_OF):
        return f"{100 * value:.3g} %"
    if math.isinf(value):
        return "infinitely many"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.1e}"


def effect_text(effect: Effect, unit: str) -> str:
    """Return an effect with its interval: "+0.59 [+0.52, +0.66]"; with a word where it has none."""
    value = with_unit(effect.value, unit)
    if effect.kind == "exact":
        return f"{value}, exactly"
    if effect.kind == "once":
        return f"{value}, measured once"
    low, high = ("open" if end is None else number_text(end, unit) for end in (effect.low, effect.high))
    return f"{value} [{low}, {high}]"


def with_unit(value: float, unit: str) -> str:
    """Return a number with its unit: "2.1 times", "34 % of the total", "+0.59"."""
    if unit == "share":
        return number_text(value, unit)
    text = number_text(value, unit)
    return f"{text} {COUNTED.get(unit, unit) if text == '1' else unit}"


def margin_text(part: ClaimPart) -> str:
    """Return what the effect is held against: "above +0.10"."""
    number = with_unit(part.margin, part.unit)
    if part.direction == "equal":
        return f"within ± {number.lstrip('+')}"
    return f"{'above' if part.direction == 'greater' else 'below'} {number}"


def sample_text(effect: Effect) -> str:
    """Return n and seeds: "300 questions, 1 seed"."""
    if effect.kind == "exact":
        return "counted"
    if effect.kind == "once":
        return f"one measurement, believed within a factor of {ONCE:g}"
    return f"{effect.n:,} {effect.of}, {'1 seed' if effect.seeds == 1 else f'{effect.seeds} seeds or draws'}"


def open_text(one: LedgerPart) -> str:
    """Return what would decide what is open: how many more of what, or what is missing."""
    if one.gap is not None:
        return one.gap.why
    if one.verdict is None or one.effect is None:
        return ""
    if one.verdict.ruling == "provisional":
        return f"by its number alone it would be {one.verdict.by_interval}; the command shows the arm that is meant"
    return _undecided_text(one, one.verdict, one.effect) if one.verdict.ruling == "undecided" else ""


def _undecided_text(one: LedgerPart, verdict: PartVerdict, effect: Effect) -> str:
    needed = verdict.needed
    if needed == math.inf and effect.ends is not None:
        return f"times in it were measured once; within a factor of {ONCE:g} it may be on either side of the margin"
    if effect.command:
        return "what was not measured hides the lead; more questions would not show it"
    if needed is None and effect.kind == "sampled":
        return f"all {effect.n:,} {effect.of} gave the same number, which says too little of how much they differ"
    if needed is None:
        return "the number is too near to the margin for a time that was measured once"
    if needed == math.inf:
        return "more seeds or draws would tell" if effect.seeds > 1 else "the effect is about as large as the margin"
    if needed > MOST_TIMES * effect.n:
        return f"the effect is about as large as the margin; not even {MOST_TIMES} times as many {effect.of} would tell"
    text = f"about {rounded_up(needed):,} {effect.of} would tell, if the effect is what it seems"
    lacking = one.at_hand is not None and needed > one.at_hand
    return f"{text}; there are {one.at_hand:,}, so that more must be written" if lacking else text


def after_correction(one: LedgerPart) -> str:
    """Return why a verdict is open though the interval is on one side of the margin; "" elsewhere."""
    verdict = one.verdict
    if verdict is None or verdict.ruling in (verdict.by_interval, "provisional"):
        return ""
    return f"the interval alone says {verdict.by_interval}; after Holm's correction p is {verdict.p:.3f}"


def p_text(one: LedgerPart) -> str:
    """Return the adjusted p; "" without one."""
    if one.verdict is None or one.verdict.p is None:
        return ""
    return "p < .001" if one.verdict.p < 0.001 else f"p = {one.verdict.p:.3f}".replace("0.", ".", 1)


def rule(ledger: ClaimsLedger) -> str:
    """Return how the verdicts of a ledger were made."""
    return (
        "A verdict holds for this task, model and data alone. An effect with a 95 % interval is decided where the "
        f"interval lies on one side of the margin and its p against the margin is below {ALPHA:g} after Holm's "
        f"correction over the {ledger.family} effects of this ledger; of what is claimed to be within ± a margin it is "
        "the 90 % interval, and the larger p of two one-sided tests. Counts are decided by their value; times that "
        f"were measured once are believed within a factor of {ONCE:g}, also where they are a part of a share. What a "
        "quick study says of an adapter that it trained on a part of the rows is provisional and counts nowhere. A "
        "loss, or an equality, of arms that are not surely above chance by the margin is not tested. A claim of "
        f"several parts has the verdict of its weakest: {', '.join(WEAKEST_FIRST)}."
    )


def counts(ledger: ClaimsLedger) -> str:
    """Return how many claims of a ledger have each verdict: "5 supported, 7 refuted, 3 provisional"."""
    found = Counter(row.ruling for row in ledger.rows)
    return ", ".join(f"{found[ruling]} {ruling}" for ruling in MEANING if found[ruling])


def conditions(one: LedgerPart) -> Iterator[str]:
    """Yield what a verdict holds under, the correction among it."""
    yield from one.conditions
    if text := after_correction(one):
        yield text


def because(row: LedgerRow) -> str:
    """Return what a verdict comes from, in a sentence: the part that decides it, its effect and its margin."""
    one = row.deciding
    if one.effect is None:
        why = f"{open_text(one)[:1].upper()}{open_text(one)[1:]}."
        return f"{one.part.question} {why}" if row.ruling == "not tested" else why
    held = f"{effect_text(one.effect, one.part.unit)}; claimed is {margin_text(one.part)}"
    return f"{one.part.question} {held} ({sample_text(one.effect)})."


def lines(one: LedgerPart) -> Iterator[tuple[str, str]]:
    """Yield a part topic by topic: what was found, held against what, from how many, and what is open."""
    part, effect = one.part, one.effect
    held = f"{margin_text(part)}. {part.reason}"
    if effect is None:
        yield ("Does not apply" if one.ruling == "does not apply" else "Not tested"), open_text(one)
        yield "Margin", held
        return
    yield "Effect", effect_text(effect, part.unit)
    yield "Of what", effect.said
    yield "Margin", held
    yield "Sample", ", ".join(filter(None, [sample_text(effect), p_text(one)]))
    rest = {"Conditions": "; ".join(conditions(one)), "Open": open_text(one)}
    yield from ((topic, text) for topic, text in rest.items() if text)


def page_of(link: str) -> str:
    """Return what a link shows: the page and what it is of."""
    page, _, anchor = link.partition("#")
    *folders, name = page.split("/")
    return " ".join(filter(None, [*folders[-1:], name, anchor]))
