"""The note about trials: other trainings and indexes in the store, each counted once, and their cost."""

from collections.abc import Iterator, Sequence

from harness.analysis.costs.amount import total
from harness.analysis.costs.ledger import Ledger, job_price
from harness.analysis.costs.machine import Machine, machine
from harness.analysis.costs.making import IN_PLACE
from harness.analysis.result import Note
from harness.types import Trial


def trial_notes(ledgers: Sequence[Ledger], trials: Sequence[Trial]) -> Iterator[Note]:
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
