"""What QLoRA, LoRA and full fine-tuning of this model need: one measured, the others estimated, and called so."""

from collections.abc import Iterator, Sequence

from harness.costs.devices import Device
from harness.costs.ledger import GB, SECONDS_PER_HOUR, Ledger
from harness.costs.tuning import Method, methods
from harness.costs.usage import Training
from harness.grids.money import money_column
from harness.result import Figure, Grid, GridCell, GridColumn, Note


def training_methods_grid(ledgers: Sequence[Ledger]) -> Iterator[Grid]:
    """Yield the grid for the first arm that trained; nothing when none did or the model's size is not recorded."""
    for one in ledgers:
        training = one.usage.training
        found = methods(training, one.usage.quantisation) if training is not None else ()
        if training is not None and found:
            yield _grid(one, training, found)
            return


def _grid(one: Ledger, training: Training, found: Sequence[Method]) -> Grid:
    device = None if one.machine is None else one.machine.device
    prices = [None if device is None else Figure(method.seconds * _second(device)) for method in found]
    rows = [_row(method, device, price) for method, price in zip(found, prices, strict=True)]
    return Grid(
        name="training_methods",
        title=f"Ways of training the adapter of {one.usage.arm}",
        columns=(
            GridColumn("method"),
            GridColumn("weights, gradients, optimiser (estimated)", "GB", decimals=3),
            GridColumn("fits into the memory of the priced device"),
            GridColumn("time"),
            GridColumn("device time", "s", decimals=0),
            money_column("one training", one.costing.prices.currency, prices),
        ),
        rows=tuple(rows),
        notes=tuple(_notes(training)),
    )


def _row(method: Method, device: Device | None, price: GridCell) -> tuple[GridCell, ...]:
    return (
        method.name,
        Figure(method.weight_bytes / GB),
        _fits(method, device),
        method.time if method.time == "measured" else f"estimated, {method.time}",
        Figure(method.seconds),
        price,
    )


def _second(device: Device) -> float:
    return device.hour_of_work() / SECONDS_PER_HOUR


def _fits(method: Method, device: Device | None) -> str | None:
    if device is None or device.memory_gb is None:
        return None
    return f"{'yes' if method.weight_bytes < device.memory_gb * GB else 'no'} ({device.memory_gb:g} GB)"


def _notes(training: Training) -> Iterator[Note]:
    yield Note(
        "Estimated",
        "memory, for all three, by counting bytes, activations left out; time, where it was not measured, as a bound "
        "from the one that was",
    )
    yield Note(
        "Model",
        f"{training.parameters:,} parameters, {training.trainable:,} in the adapter, "
        f"optimiser {training.optimiser or 'not recorded'}",
    )
    yield Note("Formulas", "docs/COST.md, Ways of training")
