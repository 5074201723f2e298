"""Everything that has a price: what was used, the ledger, where the cheaper arm changes, other ways of training."""

from collections.abc import Iterator

from harness.costs.ledger import ledger
from harness.costs.tried import tried
from harness.grids.break_even import break_even_grid
from harness.grids.cost import cost_grid
from harness.grids.cost_inputs import cost_inputs_grid
from harness.grids.cost_months import cost_months_grid
from harness.grids.paid_together import together
from harness.grids.source import Source
from harness.grids.training_methods import training_methods_grid
from harness.result import Grid


def cost_grids(source: Source) -> Iterator[Grid]:
    """Yield the grids; nothing where the table is made without prices, or nothing was timed."""
    if source.costing is None:
        return
    found = together({arm: source.chosen.arms[arm] for arm in source.arms})
    trials = source.chosen.trials
    used = [tried(one, source.chosen.arms[one.arm][0], trials) for one in found.used]
    if all(one.saturated is None for one in used):
        return
    ledgers = [ledger(one, source.costing, source.resamples) for one in used]
    yield cost_inputs_grid(used)
    yield cost_grid(ledgers, trials, found.notes)
    yield from cost_months_grid(ledgers)
    yield from break_even_grid(ledgers)
    yield from training_methods_grid(ledgers)
