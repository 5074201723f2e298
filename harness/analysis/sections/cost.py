"""Costs of each arm: one-off, per 1,000 answers, per update, per month and over the horizon."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from harness.analysis.costs.amount import Amount, total
from harness.analysis.costs.horizon import Horizon
from harness.analysis.costs.ledger import SERVER, Ledger, job_price
from harness.analysis.costs.machine import Machine, machine
from harness.analysis.costs.making import IN_PLACE
from harness.analysis.costs.plausible import implausible
from harness.analysis.costs.prices import Owned, PriceList, Rented, provenance
from harness.analysis.result import Figure, Link, Note, Section, SectionCell, SectionColumn, act, by_level, warning
from harness.machine.measured import Trial

BATCH_ONE: Final = "per 1,000 answers, batch 1"
SATURATED: Final = "per 1,000 answers, saturated"
PREPARING: Final = "preparation per update"
"""a column shown only if documents have a price"""
TRIALS: Final = "trials"
"""a column shown only if there were some; its heading says whether one-off includes it"""
BUSY: Final = "machines kept busy"
UNKNOWN_DEVICE: Final = "a device that is not recorded"
UNCHECKED: Final = "Prices not checked"
"""topic of the warning that the first page repeats next to its prices"""
TOO_IDLE: Final = 0.01
"""use of one machine below which a price without idle time is misleading"""
COLUMNS: Final[tuple[tuple[str, Callable[[Ledger], Amount | None]], ...]] = (
    ("data preparation", lambda one: one.preparation),
    ("training", lambda one: one.training),
    ("index", lambda one: one.index),
    (TRIALS, lambda one: one.trials),
    ("one-off", lambda one: one.one_off),
    (BATCH_ONE, lambda one: one.single),
    (SATURATED, lambda one: one.saturated),
    (PREPARING, lambda one: one.repreparation),
    ("re-index per update", lambda one: one.reindex),
    ("retrain per update", lambda one: one.retrain),
    ("storage per month", lambda one: one.storage),
    ("total", lambda one: one.total),
)
"""headings as in docs/COST.md, and the figures below them"""


def cost_section(ledgers: Sequence[Ledger], trials: Sequence[Trial] = (), timing: Sequence[Note] = ()) -> Section:
    """Return the costs of all arms.

    Args:
        ledgers: one per arm.
        trials: trainings and indexes of this model and task in the store that no arm uses.
        timing: warnings about the timings behind the figures.
    """
    prices, horizon = ledgers[0].costing.prices, ledgers[0].costing.horizon
    shown = _shown(ledgers)
    strips = [[cell(figure(one)) for one in ledgers] for _, figure in shown]
    columns = [
        money_column(_heading(name, horizon), prices.currency, strip)
        for (name, _), strip in zip(shown, strips, strict=True)
    ]
    busy = [None if one.busy is None else Figure(one.busy) for one in ledgers]
    columns.append(SectionColumn(BUSY, "machines", decimals=decimals([one.value for one in busy if one is not None])))
    names = [one.usage.arm for one in ledgers]
    return Section(
        name="cost",
        title=f"Cost in {prices.currency}, prices {prices.name}; total over {horizon.months:g} months",
        columns=(SectionColumn("arm"), *columns),
        rows=tuple(zip(names, *strips, busy, strict=True)),
        notes=by_level(
            [
                *timing,
                *_price_warnings(ledgers, prices),
                *_brought(ledgers, horizon),
                *_capacity(ledgers, horizon),
                *_without_interval(ledgers),
                *_notes(ledgers, prices, horizon),
                *_trial_notes(ledgers, trials),
            ]
        ),
        basis=BATCH_ONE if horizon.serving == "single" else SATURATED,
    )


def _shown(ledgers: Sequence[Ledger]) -> list[tuple[str, Callable[[Ledger], Amount | None]]]:
    """Return the columns to show."""
    hidden = set() if ledgers[0].costing.prices.per_document else {PREPARING}
    hidden |= set() if any(one.usage.trials for one in ledgers) else {TRIALS}
    return [one for one in COLUMNS if one[0] not in hidden]


def _heading(name: str, horizon: Horizon) -> str:
    return f"{TRIALS}, {'' if horizon.trials == 'paid' else 'not '}in one-off" if name == TRIALS else name


def _price_warnings(ledgers: Sequence[Ledger], prices: PriceList) -> Iterator[Note]:
    used = {one.name for arm in ledgers for one in arm.paid_as}
    yield from (act("Prices", text) for text in implausible(prices, used))
    yield from _unpriced(ledgers, prices)
    yield from _priced_as(ledgers)
    unchecked = [f"{what} ({source})" for what, source, checked in _used(ledgers, prices) if checked is None]
    if unchecked:
        yield warning(UNCHECKED, "; ".join(unchecked))
    if prices.model is not None:
        yield from _hosted_warnings(ledgers, prices.models[prices.model].what)
    elif any(one.usage.device == SERVER for one in ledgers):
        yield warning("Server", "a server's seconds have no price; choose prices=hosted_2026 or a list of your own")


def _unpriced(ledgers: Sequence[Ledger], prices: PriceList) -> Iterator[Note]:
    for device in dict.fromkeys(one.usage.device for one in ledgers if one.machine is None):
        text = f"{prices.name} has no price for {device or UNKNOWN_DEVICE}"
        listed = ", ".join(prices.devices)
        yield warning("Not priced", f"{text}. Set prices.device to one of {listed}, or use another list (prices=…)")
    for arm in ledgers:
        for device in arm.unpriced:
            text = f"{arm.usage.arm}: adapter, index or trial made on {device}, for which {prices.name} has no price"
            yield warning("Not priced", text)


def _priced_as(ledgers: Sequence[Ledger]) -> Iterator[Note]:
    for one in {one.measured_on: one for arm in ledgers for one in arm.paid_as}.values():
        if not one.same:
            text = f"seconds measured on {one.measured_on or UNKNOWN_DEVICE} are paid as {one.name}"
            yield warning("Priced as", f"{text}, which would take other seconds for the same work")
    guessed = {(one.name, arm.usage.hardware): one.device.what for arm in ledgers for one in arm.paid_as if one.guessed}
    for (name, hardware), what in guessed.items():
        text = f"{what}; this machine is {hardware}. Only the kind of device matched"
        yield warning("Priced as", f"{text}: choose prices.device, or add words to `matches` of {name}")


def _hosted_warnings(ledgers: Sequence[Ledger], model: str) -> Iterator[Note]:
    if any(one.usage.device != SERVER for one in ledgers):
        text = f"answers are paid as those of {model}, by the tokens of the measured model"
        yield warning("Priced as", f"{text}; {model} would count other tokens and give other answers")
    adapted = [one.usage.arm for one in ledgers if one.usage.adapts]
    if adapted:
        text = f"{', '.join(adapted)} paid as the bare model; prices of tuned models are often higher"
        yield warning("Adapters", text)


def _used(ledgers: Sequence[Ledger], prices: PriceList) -> Iterator[tuple[str, str, str | None]]:
    """Yield each price used: what it is for, its source, and when it was checked."""
    for device in {one.name: one.device for arm in ledgers for one in arm.paid_as}.values():
        text = f"{device.what}: {device.hour_of_work():g} {prices.currency} an hour"
        yield text, device.source, device.checked
    if prices.model is not None:
        model = prices.models[prices.model]
        cached = "" if model.per_million_cached is None else f" ({model.per_million_cached:g} if cached)"
        text = f"{model.what}: {model.per_million_in:g} in{cached} and {model.per_million_out:g} out per million tokens"
        yield text, model.source, model.checked
    storage = prices.storage
    yield f"{storage.what}: {storage.per_gb_month:g} per GB and month", storage.source, storage.checked


def _notes(ledgers: Sequence[Ledger], prices: PriceList, horizon: Horizon) -> Iterator[Note]:
    yield from _assumptions(ledgers, prices, horizon)
    yield from _gaps(ledgers)
    yield Note("Intervals", _intervals(ledgers))
    yield Note(
        "Saturated",
        "from the scored pass, one arm after another, so load on the machine may affect a single arm. For batch 1 the "
        "arms took turns (horizon.serving=single uses it)",
    )
    yield formulas(*(name for name, _ in _shown(ledgers)), BUSY)


def _assumptions(ledgers: Sequence[Ledger], prices: PriceList, horizon: Horizon) -> Iterator[Note]:
    for what, source, checked in _used(ledgers, prices):
        yield Note("Price", f"{what} ({provenance(source, checked)})")
    yield Note(
        "Data preparation",
        f"{prices.per_training_row:g} {prices.currency} per labelled row and {prices.per_document:g} per document "
        "(prices.per_training_row, prices.per_document)",
    )
    yield Note("Use", _use(horizon))
    yield Note("Utilisation", _utilisation(ledgers, horizon))
    yield Note("Updates", _updates(ledgers, horizon))
    if any(one.usage.adapts for one in ledgers):
        text = f"each arm pays its adapter in full, shared or not; {horizon.trainings:g} training(s) each"
        yield Note("Training", f"{text} (horizon.trainings)")
    if any(one.busy is not None for one in ledgers):
        text = (
            f"{horizon.queries_per_day:,g} queries a day × seconds of an answer ÷ 86,400. Totals pay for these seconds"
        )
        yield Note("Machines", f"{text}, and for idle time by the utilisation alone")


def _gaps(ledgers: Sequence[Ledger]) -> Iterator[Note]:
    missing = [heading for heading, figure in _shown(ledgers) if all(figure(one) is None for one in ledgers)]
    if missing:
        yield Note("Not measured", f"{', '.join(missing)}: not timed, or without a price")
    for one in ledgers:
        if one.usage.unspanned:
            text = (
                f"{one.usage.arm}: {one.usage.unspanned} of {one.usage.answers} answers failed before they were timed"
            )
            yield warning("Untimed answers", f"{text} and are left out of means")


def _brought(ledgers: Sequence[Ledger], horizon: Horizon) -> Iterator[Note]:
    """Say of adapters that were not trained here whose figures of training are used, or that there are none."""
    arms = ", ".join(one.usage.arm for one in ledgers if one.usage.brought)
    if arms and horizon.brought_hours is None:
        text = f"{arms}: brought, training cost unknown. It does not count as 0: no total and no break-even"
        yield warning("Brought adapter", f"{text}; give horizon.brought_hours and horizon.brought_rows")
    elif arms:
        text = f"{arms}: brought, {horizon.brought_hours:g} hours of training on {horizon.brought_rows:,} rows as given"
        yield Note("Brought adapter", f"{text} (horizon.brought_hours, .brought_rows), priced as the answering machine")


def _without_interval(ledgers: Sequence[Ledger]) -> Iterator[Note]:
    """Warn where the price of answers has no interval, as in a smoke test of one batch."""
    lone = [one.usage.arm for one in ledgers if one.answers is not None and one.answers.clusters < 2]
    if lone:
        text = f"{', '.join(lone)}: answered in a single batch, or one example was timed"
        yield warning("No interval", f"{text}. Totals and break-even have no interval either; time more answers")


def _intervals(ledgers: Sequence[Ledger]) -> str:
    answered = [amount for one in ledgers for amount in (one.single, one.saturated) if amount is not None]
    fewest = min((amount.clusters for amount in answered), default=0)
    hosted = ledgers[0].costing.prices.model is not None
    what = "examples for their tokens, and over timed batches or examples for the time outside the model"
    return (
        f"95 %, bootstrap over {what if hosted else 'the timed batches, or examples timed alone'}, at least {fewest:,} "
        "per arm; training and indexing ran once and have none"
    )


def _capacity(ledgers: Sequence[Ledger], horizon: Horizon) -> Iterator[Note]:
    """Warn where one machine cannot answer the day's queries, or would be idle nearly always."""
    busy = {one.usage.arm: one.busy for one in ledgers if one.busy is not None}
    over = [f"{arm} {many:,.3g}" for arm, many in busy.items() if many > 1]
    if over:
        text = f"{', '.join(over)} machines busy day and night; lower horizon.queries_per_day or plan for several"
        yield warning("Capacity", text)
    rented = [one for one in ledgers if one.machine is not None and isinstance(one.machine.device, Rented)]
    idle = [one.usage.arm for one in rented if one.busy is not None and 0 < one.busy < TOO_IDLE]
    if idle and horizon.utilisation == 1:
        text = (
            f"{', '.join(idle)}: under 1 % of one machine's time is used, and horizon.utilisation=1 prices no idle time"
        )
        yield warning("Idle", f"{text}. Set horizon.utilisation to the share of the time that it answers")


def _use(horizon: Horizon) -> str:
    return (
        f"{horizon.queries_per_day:,g} queries a day and {horizon.updates_per_month:g} updates a month for "
        f"{horizon.months:g} months, answered {'one at a time' if horizon.serving == 'single' else 'in full batches'} "
        "(horizon.queries_per_day, .updates_per_month, .months, .serving)"
    )


def _utilisation(ledgers: Sequence[Ledger], horizon: Horizon) -> str:
    owned = {
        one.machine.name: one.machine.device.utilisation
        for one in ledgers
        if one.machine is not None and isinstance(one.machine.device, Owned)
    }
    if owned:
        used = ", ".join(f"{name} {100 * share:g} %" for name, share in owned.items())
        return (
            f"owned: {used} of its lifetime in use (utilisation in the price list); horizon.utilisation is not applied"
        )
    share = f"a rented machine answers for {100 * horizon.utilisation:g} % of the paid time"
    idle = "idle time is not priced" if horizon.utilisation == 1 else "the price of an answer includes the idle rest"
    return f"{share}; {idle} (horizon.utilisation)"


def _updates(ledgers: Sequence[Ledger], horizon: Horizon) -> str:
    text = f"an update changes {100 * horizon.changed_share:g} % of the documents (horizon.changed_share)"
    static = [one.usage.arm for one in ledgers if not one.usage.retrieves and not one.usage.adapts]
    frozen = [one.usage.arm for one in ledgers if one.usage.adapts and not one.usage.retrieves]
    if static:
        text += f"; {', '.join(static)} cannot be updated and pays nothing for it"
    if horizon.retrain == "never" and frozen:
        text += f"; {', '.join(frozen)} is not updated (horizon.retrain=never)"
    return text


def _trial_notes(ledgers: Sequence[Ledger], trials: Sequence[Trial]) -> Iterator[Note]:
    """Yield a note about the store's trials; nothing without any.

    Args:
        ledgers: one per arm; their columns count a trial for every arm that shares it, the note counts it once.
        trials: all that no arm uses, also those that concern no arm of this table.
    """
    if not trials:
        return
    costing = ledgers[0].costing
    by = {one.key: job_price(one.seconds, _made_by(one, arm)) for arm in ledgers for one in arm.usage.trials}
    shared, price = [one for one in trials if one.key in by], total(by.values())
    counts = [_counted(shared) or "none for these arms"]
    if shared and price is not None:
        counts[0] += f", {price.value:.3g} {costing.prices.currency}"
    if len(shared) < len(trials):
        counts.append(f"for other kinds of arms: {_counted([one for one in trials if one.key not in by])}")
    paid = "in one-off and total" if costing.horizon.trials == "paid" else "not in one-off and total"
    yield Note(
        "Trials",
        f"other trainings and indexes of this model and task in the store, each counted once: {'; '.join(counts)}. The "
        f"columns count a shared one for every arm; {paid} (horizon.trials)",
    )


def _made_by(one: Trial, arm: Ledger) -> Machine | None:
    return machine(arm.costing.prices, one.device or arm.usage.device, arm.usage.hardware.processor)


def _counted(trials: Sequence[Trial]) -> str:
    """How many trainings and steps of indexing, with their seconds; "" for none."""
    trained = [one for one in trials if one.kind not in IN_PLACE]
    indexed = [one for one in trials if one.kind in IN_PLACE]
    named = [
        f"{len(group)} {what}" for group, what in ((trained, "training(s)"), (indexed, "step(s) of indexing")) if group
    ]
    broken = [one for one in trials if not one.ended]
    text = f"{' and '.join(named)}, {sum(one.seconds for one in trials):,.1f} s"
    if broken:
        text += f" (not ended: {len(broken)}, {sum(one.seconds for one in broken):,.1f} s)"
    return text if named else ""


MOST_DECIMALS: Final = 10


def cell(amount: Amount | None) -> SectionCell:
    """Return the amount with its interval; None for one that is not known."""
    if amount is None:
        return None
    low, high = amount.interval()
    return Figure(amount.value, low, high, amount.clusters or None)


def money_column(name: str, currency: str, cells: Iterable[SectionCell]) -> SectionColumn:
    """Return a column that shows three significant digits of its largest amount, and at least cents."""
    return SectionColumn(name, currency, decimals([one.value for one in cells if isinstance(one, Figure)]))


def decimals(values: Sequence[float]) -> int:
    """Return how many show three digits of the largest value, at least two."""
    largest = max((abs(value) for value in values), default=0.0)
    return min(MOST_DECIMALS, max(2, 2 - math.floor(math.log10(largest)))) if largest else 2


PAGE: Final = "docs/COST.md"


def formulas(*headings: str, topic: str = "Formulas") -> Note:
    """Return a note with a link to each of these headings of docs/COST.md."""
    text = f"{PAGE}, {headings[0]}" if len(headings) == 1 else f"every column by its name in {PAGE}"
    return Note(topic, text, links=tuple(Link(one, f"{PAGE}#{anchor(one)}") for one in headings))


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading: lower case, hyphens for spaces, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
