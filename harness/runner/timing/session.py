"""The timing pass: arms that are ready, asked in turn, each answer clocked from outside its stages.

Switching from arm to arm is no part of any time. What raises costs its own arm its timings; the others go on.
"""

import logging
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from harness.errors import CutleryError
from harness.machine import nvml
from harness.machine.memory import Peak
from harness.runner.arm import Timed
from harness.runner.timing.schedule import rounds
from harness.runner.timing.settings import Timing
from harness.types import AdapterUse, Example, Prediction, TimedPass, TimedRequest

log = logging.getLogger(__name__)

ROUNDS: Final = 2
"""requests per place when several are under way, at least: with fewer the places are never all taken for long"""


@dataclass(eq=False)
class TimedVariant:
    """One arm, run in one way."""

    arm: str
    timed: Timed
    use: AdapterUse
    requests: list[TimedRequest] = field(default_factory=list)
    host_peak: int | None = None
    host_added: int | None = None
    gpu_peak: int | None = None
    weights: int | None = None
    joules: list[float | None] = field(default_factory=list)


@dataclass
class Session:
    """One timing pass.

    Args:
        arms: name -> the arm, ready to be asked.
        examples: what is asked.
        timing: how often, and how many at once.
        progress: called after every request.
    """

    arms: Mapping[str, Timed]
    examples: Sequence[Example]
    timing: Timing
    progress: Callable[[], object] = lambda: None
    problems: dict[str, str] = field(init=False, default_factory=dict)
    """arm -> why it has no timings"""
    left_out: dict[str, list[str]] = field(init=False, default_factory=dict)
    """arm -> why it was not asked several requests at once"""
    _begun: float = field(init=False, default=0.0)

    def requests(self) -> int:
        """Return how many requests will be made, several at once counted as one."""
        variants = sum(len(timed.uses) for timed in self.arms.values())
        alone = len(self.examples) * self.timing.repeats + len(self.examples[: self.timing.warmup])
        return variants * (alone + len(self._levels()))

    def run(self) -> dict[str, tuple[TimedPass, ...]]:
        """Return the passes of every arm: one at a time first, then by rising concurrency."""
        self._begun = time.perf_counter()
        variants = [TimedVariant(name, timed, use) for name, timed in self.arms.items() for use in timed.uses]
        try:
            for variant in variants:
                self._alone(variant, partial(self._warm_up, variant))
            for repeat, example, variant in rounds(self.examples, variants, self.timing.repeats):
                self._alone(variant, partial(self._request, variant, example, repeat))
                self.progress()
            passes = [(variant.arm, _pass(variant)) for variant in variants]
            for level in self._levels():
                passes += [(variant.arm, one) for variant in variants for one in self._several(variant, level)]
        finally:
            for timed in self.arms.values():
                timed.deactivate()
        return {
            name: tuple(one for arm, one in passes if arm == name and arm not in self.problems) for name in self.arms
        }

    def _levels(self) -> list[int]:
        return sorted(set(self.timing.concurrency) - {1})

    def _alone(self, variant: TimedVariant, step: Callable[[], None]) -> None:
        if variant.arm not in self.problems:
            try:
                step()
            except Exception as error:  # whatever it is, the scores are safe and the other arms go on
                self.problems[variant.arm] = _told(error)

    def _several(self, variant: TimedVariant, level: int) -> list[TimedPass]:
        if variant.arm in self.problems:
            return []
        try:
            return [self._together(variant, level)]
        except Exception as error:  # one request at a time was measured; that stays
            self.left_out.setdefault(variant.arm, []).append(f"{level} at once: {_told(error)}")
            return []
        finally:
            self.progress()

    def _warm_up(self, variant: TimedVariant) -> None:
        variant.timed.activate(variant.use)
        variant.weights = variant.timed.weights_bytes()
        for example in self.examples[: self.timing.warmup]:
            variant.timed.answer(example)
            self.progress()

    def _request(self, variant: TimedVariant, example: Example, repeat: int) -> None:
        variant.timed.activate(variant.use)
        peak, energy = Peak(), nvml.reading()
        begun = time.perf_counter()
        answer = variant.timed.answer(example)
        seconds = time.perf_counter() - begun
        variant.joules.append(nvml.used(energy))
        variant.host_peak = _larger(variant.host_peak, peak.host_bytes())
        variant.host_added = _larger(variant.host_added, peak.host_added_bytes())
        variant.gpu_peak = _larger(variant.gpu_peak, _on_gpu(variant, peak))
        variant.requests.append(_timed(answer, repeat, begun - self._begun, seconds))

    def _together(self, variant: TimedVariant, level: int) -> TimedPass:
        variant.timed.activate(variant.use)
        enough = -(-ROUNDS * level // len(self.examples))
        asked = [example for _ in range(max(self.timing.repeats, enough)) for example in self.examples]
        peak, energy, begun = Peak(), nvml.reading(), time.perf_counter()
        found = variant.timed.answer_together(asked, level)
        return TimedPass(
            adapter=variant.use,
            concurrency=level,
            seconds=found.seconds,
            requests=tuple(
                _timed(answer, place // len(self.examples), begun - self._begun + at, seconds)
                for place, (at, seconds, answer) in enumerate(found.answers)
            ),
            host_peak_bytes=peak.host_bytes(),
            gpu_peak_bytes=_on_gpu(variant, peak),
            weights_bytes=variant.weights,
            joules=nvml.used(energy),
            host_added_bytes=peak.host_added_bytes(),
        )


def _told(error: Exception) -> str:
    if isinstance(error, CutleryError):
        return str(error)
    log.error("%s", "".join(traceback.format_exception(error)))
    return f"{type(error).__name__}: {error}"


def _on_gpu(variant: TimedVariant, peak: Peak) -> int | None:
    """Return what lies on the GPU for this arm, and the most that its requests took beside that."""
    beside = peak.gpu_bytes()
    return None if beside is None else variant.timed.gpu_bytes() + beside


def _pass(variant: TimedVariant) -> TimedPass:
    return TimedPass(
        adapter=variant.use,
        concurrency=1,
        seconds=sum(request.seconds for request in variant.requests),
        requests=tuple(variant.requests),
        host_peak_bytes=variant.host_peak,
        gpu_peak_bytes=variant.gpu_peak,
        weights_bytes=variant.weights,
        joules=_all(variant.joules),
        host_added_bytes=variant.host_added,
    )


def _timed(answer: Prediction, repeat: int, at: float, seconds: float) -> TimedRequest:
    error = answer.error or ("no answer" if answer.finish == "error" else "")
    return TimedRequest(answer.example_id, repeat, at, seconds, answer.spans, error)


def _larger(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)


def _all(parts: Sequence[float | None]) -> float | None:
    """Return the sum; None where a part is not known: the rest is no energy of them all."""
    known = [one for one in parts if one is not None]
    return sum(known) if known and len(known) == len(parts) else None
