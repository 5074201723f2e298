"""All sections about costs, and the cost by month for the picture and for files."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.costs.amount import Amount
from harness.analysis.costs.ledger import Ledger, ledger
from harness.analysis.costs.usage_of_records import with_trials
from harness.analysis.result import Note, Section, SectionColumn
from harness.analysis.sections.break_even import break_even_section
from harness.analysis.sections.comparable_usage import comparable_usage
from harness.analysis.sections.cost import cell, cost_section
from harness.analysis.sections.cost_inputs import cost_inputs_section
from harness.analysis.sections.training_methods import training_methods_section

STEPS: Final = 12
"""points of the cost by month after the start"""


def cost_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the sections; nothing where the table is made without prices, or nothing was timed."""
    if source.costing is None:
        return
    comparable = comparable_usage(source.records)
    trials = source.chosen.trials
    used = [with_trials(one, source.records[one.arm][0], trials) for one in comparable.used]
    if all(one.saturated is None for one in used):
        return
    ledgers = [ledger(one, source.costing, source.resamples) for one in used]
    yield cost_inputs_section(used)
    yield cost_section(ledgers, trials, comparable.notes)
    yield from cost_months_section(ledgers)
    yield from break_even_section(ledgers)
    yield from training_methods_section(ledgers)


def cost_months_section(ledgers: Sequence[Ledger]) -> Iterator[Section]:
    """Yield the one-off cost at month 0 and a straight line to the total; nothing without a total."""
    known = [one for one in ledgers if one.total is not None]
    if not known:
        return
    horizon, currency = known[0].costing.horizon, known[0].costing.prices.currency
    months = [horizon.months * step / STEPS for step in range(STEPS + 1)]
    yield Section(
        name="cost-months",
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
    """Return the cost after this share of the horizon."""
    first, last = ledger.one_off, ledger.total
    if first is None or last is None:
        return None
    return first * (1 - share) + last * share
