"""What was tried beside the arms, in words: each training and index once, and what all of them cost."""

from collections.abc import Iterator, Sequence

from harness.analysis.costs.amount import total
from harness.analysis.costs.ledger import Ledger, worked
from harness.analysis.costs.machine import Machine, machine
from harness.analysis.costs.making import IN_PLACE
from harness.analysis.result import Note
from harness.types import Trial


def tried_notes(ledgers: Sequence[Ledger], trials: Sequence[Trial]) -> Iterator[Note]:
    """Yield a note of what the store holds besides; nothing where it holds nothing.

    Args:
        ledgers: one per arm; their columns count a trial for every arm that shares it, the note counts it once.
        trials: all that no arm uses, also of kinds that no arm here has.
    """
    if not trials:
        return
    costing = ledgers[0].costing
    by = {one.key: worked(one.seconds, _made_by(one, arm)) for arm in ledgers for one in arm.usage.trials}
    shared, price = [one for one in trials if one.key in by], total(by.values())
    told = [_counted(shared) or "none for these arms"]
    if shared and price is not None:
        told[0] += f", {price.value:.3g} {costing.prices.currency}"
    if len(shared) < len(trials):
        told.append(f"of kinds that no arm here has: {_counted([one for one in trials if one.key not in by])}")
    paid = "in one-off and total" if costing.horizon.trials == "paid" else "not in one-off and total"
    yield Note(
        "Trials",
        f"what the store held besides for this model and task when it was last run, each counted once: "
        f"{'; '.join(told)}. Other settings, other seeds, or experiments of their own; the columns count one in full "
        f"for every arm that shares it; {paid} (horizon.trials)",
    )


def _made_by(one: Trial, arm: Ledger) -> Machine | None:
    return machine(arm.costing.prices, one.device or arm.usage.device, arm.usage.hardware.processor)


def _counted(trials: Sequence[Trial]) -> str:
    """How many trainings and steps of indexing, with their seconds; "" for none."""
    trained = [one for one in trials if one.kind not in IN_PLACE]
    indexed = [one for one in trials if one.kind in IN_PLACE]
    named = [
        f"{len(found)} {what}" for found, what in ((trained, "training(s)"), (indexed, "step(s) of indexing")) if found
    ]
    broken = [one for one in trials if not one.ended]
    text = f"{' and '.join(named)}, {sum(one.seconds for one in trials):,.1f} s"
    if broken:
        text += f" (not ended: {len(broken)}, {sum(one.seconds for one in broken):,.1f} s)"
    return text if named else ""
