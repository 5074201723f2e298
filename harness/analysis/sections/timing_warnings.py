"""Warnings about timings: what disturbed them, what they cannot show, and when they were measured."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.analysis.result import Note, warning
from harness.analysis.sections.drift import FEW_ROUNDS, drift
from harness.analysis.sections.percentiles import FEW_FOR_P99
from harness.analysis.sections.timing_session import TimedRow, TimingSession
from harness.machine.conditions import PROMPT_CACHE

OTHERS_TOLERATED: Final = 0.1
"""share of the machine's cores that other work may have kept busy"""
DRIFT_TOLERATED: Final = 0.1
"""by how much the last third of the pass may differ from the first"""
CLOCK_TOLERATED: Final = 0.05
"""by how much the GPU's clock may differ after the pass"""


def timing_warnings(session: TimingSession) -> Iterator[Note]:
    """Yield a warning for everything that disturbed these timings, and a note where they come from an earlier run."""
    conditions = session.timings.conditions
    yield from machine_warnings(conditions)
    yield from _drift(session)
    few = min(len({request.example_id for request in row.answered}) for row in session.rows)
    if few < FEW_FOR_P99:
        text = f"{few} examples are too few for a 99th percentile; raise timing.examples to {FEW_FOR_P99}"
        yield warning("p99", text)
    yield from _no_gain(session)
    yield from session.left_out
    if warm := conditions.get(PROMPT_CACHE):
        yield warning("Warm cache", str(warm))
    for reason in dict.fromkeys(conditions.get("left_out", ())):
        yield warning("Concurrent requests", f"left out, {reason}")
    errors = sum(len(row.run.requests) - len(row.answered) for row in session.rows)
    if errors:
        yield warning("Errors", f"{errors} timed requests got no answer and are left out of the percentiles")
    if session.timings.replayed:
        yield Note("Replayed", f"measured {session.timings.measured_at} in an earlier run and read from the store")


def machine_warnings(conditions: Mapping[str, Any]) -> Iterator[Note]:
    """Yield a warning for everything on the machine that may have disturbed the seconds of a stretch of work.

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
        yield warning("Busy machine", f"{text}. Measure again on an idle machine")
    elif others is None and load is not None and load > OTHERS_TOLERATED * cores:
        yield warning(
            "Busy machine",
            f"load average {load:.1f} on {cores} cores before the pass. Measure again on an idle machine",
        )


def _gpu(conditions: Any) -> Iterator[Note]:
    before, after = conditions.get("before", {}), conditions.get("after", {})
    shared = max(before.get("gpu_processes", 0), after.get("gpu_processes", 0))
    if shared:
        yield warning("Shared GPU", f"{shared} other processes used the GPU. Measure again without them")
    if before.get("gpu", {}).get("throttled") or after.get("gpu", {}).get("throttled"):
        yield warning("Slowed GPU", "heat or the power limit slowed the GPU")
    clocks = [one.get("gpu", {}).get("sm_mhz") for one in (before, after)]
    if all(clocks) and abs(clocks[1] / clocks[0] - 1) > CLOCK_TOLERATED:
        yield warning("GPU clock", f"{clocks[0]} MHz before the pass, {clocks[1]} MHz after")


def _no_gain(session: TimingSession) -> Iterator[Note]:
    """Yield a warning where an arm answers fewer requests per second with more of them at once."""
    slower = []
    for row in session.rows:
        same = [one for one in session.rows if (one.arm, one.run.adapter) == (row.arm, row.run.adapter)]
        fewer = [one for one in same if one.run.concurrency < row.run.concurrency]
        best = max(fewer, key=_rate, default=None)
        if best is not None and _rate(row) < _rate(best):
            slower.append(
                f"{row.arm}: {_rate(row):.3g} requests per second with {row.run.concurrency} at once, "
                f"{_rate(best):.3g} with {best.run.concurrency}"
            )
    if slower:
        why = "the engine used here is not built for serving (docs/ARCHITECTURE.md, Timing)"
        yield warning("No gain", f"{'; '.join(slower)}: {why}")


def _rate(row: TimedRow) -> float:
    """Requests per second."""
    return len(row.answered) / row.run.seconds if row.run.seconds else 0.0


def _drift(session: TimingSession) -> Iterator[Note]:
    change = drift([row.answered for row in session.alone()])
    if change is None:
        text = f"unknown, since it takes at least {FEW_ROUNDS} rounds"
        yield Note("Drift", f"{text}; raise timing.examples or timing.repeats")
    elif abs(change) > DRIFT_TOLERATED:
        how = "slower" if change > 0 else "faster"
        text = f"the last third of the pass was {how} than the first by {100 * abs(change):.0f} %"
        yield warning("Drift", f"{text}. The arms took turns, so all are affected alike")
