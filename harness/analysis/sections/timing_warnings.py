"""What may have spoilt timings, as notes beside them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.analysis.result import Note
from harness.analysis.sections.drift import FEW_ROUNDS, drift
from harness.analysis.sections.percentiles import FEW_FOR_P99
from harness.analysis.sections.timing_session import Timed, TimedRow

OTHERS_TOLERATED: Final = 0.1
"""share of the machine's cores that other work may have kept busy"""
DRIFT_TOLERATED: Final = 0.1
"""by how much the last third of the pass may differ from the first"""
CLOCK_TOLERATED: Final = 0.05
"""by how much the GPU's clock may differ after the pass"""


def timing_warnings(found: Timed) -> Iterator[Note]:
    """Yield a warning for everything that was seen to spoil these timings, and a note where they are old."""
    conditions = found.timings.conditions
    yield from on_the_machine(conditions)
    yield from _drift(found)
    few = min(len({request.example_id for request in row.answered}) for row in found.rows)
    if few < FEW_FOR_P99:
        text = f"{few} examples are too few for a 99th percentile, however often they are asked; raise timing.examples"
        yield Note("p99", f"{text} to {FEW_FOR_P99}", warning=True)
    yield from _no_gain(found)
    yield from found.left_out
    for reason in dict.fromkeys(conditions.get("left_out", ())):
        yield Note("Several at once", f"left out, {reason}", warning=True)
    errors = sum(len(row.one.requests) - len(row.answered) for row in found.rows)
    if errors:
        yield Note("Errors", f"{errors} timed requests got no answer and count in no percentile", warning=True)
    if found.timings.replayed:
        yield Note("Replayed", f"first measured {found.timings.measured_at}, read from the store since")


def on_the_machine(conditions: Mapping[str, Any]) -> Iterator[Note]:
    """Yield a warning for everything around a stretch of work that can have spoilt its seconds.

    Args:
        conditions: what a `harness.machine.conditions.Watch` saw: of a timing pass, or of the scored pass
            (`scored_pass`); empty for a record that holds none.
    """
    yield from _other_work(conditions)
    yield from _gpu(conditions)


def _other_work(conditions: Any) -> Iterator[Note]:
    cores, others = conditions.get("cores") or 1, conditions.get("other_cores")
    load = conditions.get("before", {}).get("load")
    if others is not None and others > OTHERS_TOLERATED * cores:
        text = f"other programs kept {others:.1f} of {cores} cores busy (load average {load:.1f} before the pass)"
        yield Note("Busy machine", f"{text}: these times are longer and more spread than on a quiet one", warning=True)
    elif others is None and load is not None and load > OTHERS_TOLERATED * cores:
        yield Note("Busy machine", f"load average {load:.1f} on {cores} cores before the pass", warning=True)


def _gpu(conditions: Any) -> Iterator[Note]:
    before, after = conditions.get("before", {}), conditions.get("after", {})
    shared = max(before.get("gpu_processes", 0), after.get("gpu_processes", 0))
    if shared:
        yield Note("Shared GPU", f"{shared} other processes computed on the GPU", warning=True)
    if before.get("gpu", {}).get("throttled") or after.get("gpu", {}).get("throttled"):
        yield Note("Slowed GPU", "heat or power held the GPU's clock back", warning=True)
    clocks = [one.get("gpu", {}).get("sm_mhz") for one in (before, after)]
    if all(clocks) and abs(clocks[1] / clocks[0] - 1) > CLOCK_TOLERATED:
        yield Note("GPU clock", f"{clocks[0]} MHz before the pass, {clocks[1]} MHz after", warning=True)


def _no_gain(found: Timed) -> Iterator[Note]:
    """Tell which arms answer no more in a second with more requests at once: what batching is for, and did not give."""
    told = []
    for row in found.rows:
        same = [one for one in found.rows if (one.arm, one.one.adapter) == (row.arm, row.one.adapter)]
        fewer = [one for one in same if one.one.concurrency < row.one.concurrency]
        best = max(fewer, key=_rate, default=None)
        if best is not None and _rate(row) < _rate(best):
            told.append(
                f"{row.arm}: {_rate(row):.3g} requests per second with {row.one.concurrency} at once, "
                f"{_rate(best):.3g} with {best.one.concurrency}"
            )
    if told:
        why = "here the engine (docs/ARCHITECTURE.md, Timing) loses more than it gains; one made for serving may not"
        yield Note("No gain", f"{'; '.join(told)}: {why}", warning=True)


def _rate(row: TimedRow) -> float:
    """Requests per second."""
    return len(row.answered) / row.one.seconds if row.one.seconds else 0.0


def _drift(found: Timed) -> Iterator[Note]:
    seen = drift([row.answered for row in found.alone()])
    if seen is None:
        text = f"cannot be seen in a pass of fewer than {FEW_ROUNDS} rounds"
        yield Note("Drift", f"{text}; raise timing.examples or timing.repeats")
    elif abs(seen) > DRIFT_TOLERATED:
        how = "slower" if seen > 0 else "faster"
        text = (
            f"the last third of the pass was {how} than the first by {100 * abs(seen):.0f} %: heat, clocks, other work"
        )
        yield Note("Drift", f"{text}; one at a time the arms took turns, so it hit all alike", warning=True)
