"""What QLoRA, LoRA and full fine-tuning of this model need: one measured, the others estimated."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from harness.analysis.costs.ledger import GB, SECONDS_PER_HOUR, Ledger
from harness.analysis.costs.prices import Device
from harness.analysis.costs.tuning import Method, methods
from harness.analysis.costs.usage import Training
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.cost import formulas, money_column

ON_GPU: Final = "peak on the GPU"


def training_methods_section(ledgers: Sequence[Ledger]) -> Iterator[Section]:
    """Yield the section for the first arm that trained; nothing without one, or without the model's size."""
    for one in ledgers:
        training = one.usage.training
        compared = methods(training, one.usage.quantisation) if training is not None else ()
        if training is not None and compared:
            yield _section(one, training, compared)
            return


def _section(one: Ledger, training: Training, compared: Sequence[Method]) -> Section:
    device = None if one.machine is None else one.machine.device
    prices = [None if device is None else Figure(method.seconds * _second(device)) for method in compared]
    measured = _measured(training)
    rows = [_row(method, measured, device, price) for method, price in zip(compared, prices, strict=True)]
    return Section(
        name="training_methods",
        title=f"Training methods for the adapter of {one.usage.arm}",
        columns=(
            SectionColumn("method"),
            SectionColumn("weights, gradients, optimiser (estimated)", "GB", decimals=3),
            *(SectionColumn(f"{name} (measured)", "GB", decimals=3) for name in measured),
            SectionColumn("fits into the memory of the priced device"),
            SectionColumn("time"),
            SectionColumn("device time", "s", decimals=0),
            money_column("one training", one.costing.prices.currency, prices),
        ),
        rows=tuple(rows),
        notes=tuple(_notes(training)),
    )


def _measured(training: Training) -> dict[str, int]:
    """Return the measured memory of the training, in bytes."""
    sizes = {
        "model as loaded": training.loaded_bytes,
        "peak of the process": training.host_peak_bytes,
        ON_GPU: training.gpu_peak_bytes,
    }
    return {name: size for name, size in sizes.items() if size is not None}


def _row(
    method: Method, measured: Mapping[str, int], device: Device | None, price: SectionCell
) -> tuple[SectionCell, ...]:
    own = method.time == "measured"
    return (
        method.name,
        Figure(method.weight_bytes / GB),
        *(Figure(size / GB) if own else None for size in measured.values()),
        _fits(max(method.weight_bytes, measured.get(ON_GPU, 0) if own else 0), device),
        method.time if own else f"estimated, {method.time}",
        Figure(method.seconds),
        price,
    )


def _second(device: Device) -> float:
    return device.hour_of_work() / SECONDS_PER_HOUR


def _fits(size: float, device: Device | None) -> str | None:
    if device is None or device.memory_gb is None:
        return None
    return f"{'yes' if size < device.memory_gb * GB else 'no'} ({device.memory_gb:g} GB)"


def _notes(training: Training) -> Iterator[Note]:
    yield Note(
        "Estimated",
        "memory by counting bytes without activations, so a measured peak is higher; time that was not measured is a "
        "bound from the measured one",
    )
    if _measured(training):
        yield Note(
            "Measured",
            "peak memory of this training: of the whole process, Python and its libraries included; on the GPU "
            "with the model",
        )
    yield Note(
        "Model",
        f"{training.parameters:,} parameters, {training.trainable:,} in the adapter, "
        f"optimiser {training.optimiser or 'not recorded'}",
    )
    yield formulas("Training methods")
