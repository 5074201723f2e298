"""Everything that has a price: what was used, the ledger, where the cheaper arm changes, other ways of training."""

from collections.abc import Iterator

from harness.analysis.comparison import ComparisonData
from harness.analysis.costs.ledger import ledger
from harness.analysis.costs.trials import tried
from harness.analysis.result import Section
from harness.analysis.sections.break_even import break_even_section
from harness.analysis.sections.comparable_usage import together
from harness.analysis.sections.cost import cost_section
from harness.analysis.sections.cost_inputs import cost_inputs_section
from harness.analysis.sections.cost_months import cost_months_section
from harness.analysis.sections.training_methods import training_methods_section


def cost_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the grids; nothing where the table is made without prices, or nothing was timed."""
    if source.costing is None:
        return
    found = together({arm: source.chosen.arms[arm] for arm in source.arms})
    trials = source.chosen.trials
    used = [tried(one, source.chosen.arms[one.arm][0], trials) for one in found.used]
    if all(one.saturated is None for one in used):
        return
    ledgers = [ledger(one, source.costing, source.resamples) for one in used]
    yield cost_inputs_section(used)
    yield cost_section(ledgers, trials, found.notes)
    yield from cost_months_section(ledgers)
    yield from break_even_section(ledgers)
    yield from training_methods_section(ledgers)
