"""Resources used, without prices: the seconds, tokens and bytes that costs are computed from."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from harness.analysis.costs.usage import Requests, Training, Usage
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.cost import formulas
from harness.analysis.stats import bootstrap as stats

MB: Final = 1e6
PEAK: Final = "training: peak"
TRIALS: Final = "trials"
CACHED: Final = "of them cached"
OPTIONAL: Final = (PEAK, TRIALS, CACHED)
"""how columns begin that are shown only if they have a value"""
COLUMNS: Final[tuple[tuple[SectionColumn, Callable[[Usage], SectionCell]], ...]] = (
    (SectionColumn("labelled rows", "", decimals=0), lambda one: _labelled(one)),
    (SectionColumn("optimiser steps", "", decimals=0), lambda one: _trained(one, lambda it: it.steps)),
    (SectionColumn("training", "s", decimals=1), lambda one: _trained(one, lambda it: it.seconds)),
    (SectionColumn(f"{PEAK} host", "MB", decimals=0), lambda one: _peak(one, lambda it: it.host_peak_bytes)),
    (SectionColumn(f"{PEAK} GPU", "MB", decimals=0), lambda one: _peak(one, lambda it: it.gpu_peak_bytes)),
    (SectionColumn("indexing", "s", decimals=2), lambda one: _figure(sum(it.seconds for it in one.indexing))),
    (SectionColumn("failed attempts", "s", decimals=1), lambda one: _figure(_wasted(one))),
    (SectionColumn(TRIALS, "s", decimals=1), lambda one: _figure(sum(it.seconds for it in one.trials))),
    (SectionColumn("answer alone", "s", decimals=4), lambda one: _mean(one.single)),
    (SectionColumn("answer in full batch", "s", decimals=4), lambda one: _mean(one.saturated)),
    (SectionColumn("of it outside the model", "s", decimals=4), lambda one: _non_model(one.saturated)),
    (SectionColumn("tokens read", "per answer", decimals=1), lambda one: _average(one.tokens_in)),
    (SectionColumn(CACHED, "per answer", decimals=1), lambda one: _cached(one)),
    (SectionColumn("tokens written", "per answer", decimals=1), lambda one: _average(one.tokens_out)),
    (SectionColumn("stored", "MB", decimals=2), lambda one: _figure(sum(one.bytes_stored.values()) / MB)),
)


def cost_inputs_section(used: Sequence[Usage]) -> Section:
    """Return one row per arm."""
    strips = [(column, [read(one) for one in used]) for column, read in COLUMNS]
    shown = [one for one in strips if any(one[1]) or not one[0].name.startswith(OPTIONAL)]
    return Section(
        name="cost_inputs",
        title="Resources used: the inputs of the costs",
        columns=(SectionColumn("arm"), *(column for column, _ in shown)),
        rows=tuple((one.arm, *(strip[place] for _, strip in shown)) for place, one in enumerate(used)),
        notes=(
            Note(
                "Reading",
                "device time, means over answers; peaks: most memory of the training, of the whole process and on the "
                "GPU, model included; – not used or not measured",
            ),
            *_attempts(used),
            Note("Energy", "; ".join(_energy(used)) or "not measured: no GPU energy counter was read"),
            formulas("Recorded inputs", topic="Inputs"),
        ),
    )


def _figure(number: float) -> SectionCell:
    return Figure(float(number)) if number else None


def _labelled(one: Usage) -> SectionCell:
    return _trained(one, lambda it: it.rows) or _figure(one.pairs)


def _cached(one: Usage) -> SectionCell:
    cached = one.tokens_cached
    return None if cached is None or not cached.any() else _average(cached)


def _trained(one: Usage, field: Callable[[Training], float]) -> SectionCell:
    return None if one.training is None else _figure(field(one.training))


def _peak(one: Usage, field: Callable[[Training], int | None]) -> SectionCell:
    size = None if one.training is None else field(one.training)
    return None if size is None else Figure(size / MB)


def _wasted(one: Usage) -> float:
    trained = 0.0 if one.training is None else one.training.wasted_seconds
    return trained + sum(part.wasted_seconds for part in one.indexing)


def _mean(timed: Requests | None) -> SectionCell:
    return None if timed is None else _average(timed.seconds)


def _non_model(timed: Requests | None) -> SectionCell:
    return None if timed is None else _figure(timed.non_model.mean())


def _average(values: stats.Floats) -> SectionCell:
    return Figure(float(values.mean()), n=len(values)) if values.size else None


def _attempts(used: Sequence[Usage]) -> Iterator[Note]:
    repeated = [f"{one.arm}: {kind} begun {times} times" for one in used for kind, times in one.begun.items()]
    if repeated:
        text = "; ".join(repeated)
        yield Note("Attempts", f"{text}; the seconds of those that were killed or failed are under failed attempts")


def _energy(used: Sequence[Usage]) -> list[str]:
    trained = [
        f"{one.arm} {one.training.joules:,.0f} J for one training"
        for one in used
        if one.training is not None and one.training.joules is not None
    ]
    answered = [
        f"{one.arm} {one.joules_per_answer:,.3g} J for an answer alone"
        for one in used
        if one.joules_per_answer is not None
    ]
    return [*trained, *answered]
