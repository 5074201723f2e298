"""Cost over months: what each arm has cost by then, for the picture and for files."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.costs.amount import Amount
from harness.analysis.costs.ledger import Ledger
from harness.analysis.result import Note, Section, SectionColumn
from harness.analysis.sections.cost_cells import cell

NAME: Final = "cost-months"
STEPS: Final = 12


def cost_months_section(ledgers: Sequence[Ledger]) -> Iterator[Section]:
    """Yield the one-off cost at month 0 and a straight line to the total; nothing where no total is known."""
    known = [one for one in ledgers if one.total is not None]
    if not known:
        return
    horizon, currency = known[0].costing.horizon, known[0].costing.prices.currency
    months = [horizon.months * step / STEPS for step in range(STEPS + 1)]
    yield Section(
        name=NAME,
        title=f"Cost by month in {currency}",
        columns=(SectionColumn("arm"), *(SectionColumn(f"{month:g}", "month") for month in months)),
        rows=tuple(
            (one.usage.arm, *(cell(_by(one, month / horizon.months if horizon.months else 0.0)) for month in months))
            for one in known
        ),
        notes=(Note("Reading", "one-off cost at month 0, then answers, updates and storage in equal parts"),),
        files_only=True,
    )


def _by(ledger: Ledger, share: float) -> Amount | None:
    """Return the cost when this share of the horizon has passed."""
    first, last = ledger.one_off, ledger.total
    if first is None or last is None:
        return None
    return first * (1 - share) + last * share
