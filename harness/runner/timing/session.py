"""The timing pass: prepared arms answer in turn, so that drift affects all alike; each request is timed as a whole.

Time for switching between arms is not counted. An arm that raises loses its own timings; the others go on.
"""

import logging
import random
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from harness.errors import CutleryError
from harness.machine import nvml
from harness.machine.measured import AdapterUse, TimedPass, TimedRequest
from harness.machine.memory import Peak
from harness.runner.arm import Timed
from harness.runner.timing.settings import Timing
from harness.types import Example, Prediction

log = logging.getLogger(__name__)

T = TypeVar("T")

ROUNDS: Final = 2
"""least number of requests per concurrent slot: with fewer, all slots are in use for a short time only"""


def drawn(examples: Sequence[Example], timing: Timing) -> list[Example]:
    """Return the examples that are timed, in random order; all of them if there are fewer than wanted."""
    return random.Random(timing.seed).sample(list(examples), min(timing.examples, len(examples)))


def rounds(examples: Sequence[Example], variants: Sequence[T], repeats: int) -> Iterator[tuple[int, Example, T]]:
    """Yield (repeat, example, variant): each variant once per request, and each equally often first."""
    turn = 0
    for repeat in range(repeats):
        for example in examples:
            first = turn % len(variants)
            for variant in (*variants[first:], *variants[:first]):
                yield repeat, example, variant
            turn += 1


@dataclass(eq=False)
class TimedVariant:
    """One arm with one use of its adapter, and what was measured of it."""

    arm: str
    timed: Timed
    use: AdapterUse
    requests: list[TimedRequest] = field(default_factory=list)
    host_peak: int | None = None
    host_added: int | None = None
    gpu_peak: int | None = None
    weights: int | None = None
    joules: list[float | None] = field(default_factory=list)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Add what the body takes of memory and energy."""
        peak, energy = Peak(), nvml.reading()
        yield
        self.joules.append(nvml.used(energy))
        self.host_peak = _larger(self.host_peak, peak.host_bytes())
        self.host_added = _larger(self.host_added, peak.host_added_bytes())
        self.gpu_peak = _larger(self.gpu_peak, self._on_gpu(peak))

    def as_pass(self, concurrency: int, seconds: float) -> TimedPass:
        """Return what was measured."""
        return TimedPass(
            adapter=self.use,
            concurrency=concurrency,
            seconds=seconds,
            requests=tuple(self.requests),
            host_peak_bytes=self.host_peak,
            gpu_peak_bytes=self.gpu_peak,
            weights_bytes=self.weights,
            joules=_all(self.joules),
            host_added_bytes=self.host_added,
        )

    def _on_gpu(self, peak: Peak) -> int | None:
        """Return the GPU memory of the arm itself plus the peak of its requests; None without a GPU in use."""
        added = peak.gpu_bytes()
        return None if added is None else self.timed.gpu_bytes() + added


@dataclass
class Session:
    """One timing pass.

    Args:
        arms: name -> the prepared arm.
        examples: answered by every arm.
        timing: number of repeats and concurrent requests.
        progress: called after every request.
        clock: seconds.
    """

    arms: Mapping[str, Timed]
    examples: Sequence[Example]
    timing: Timing
    progress: Callable[[], object] = lambda: None
    clock: Callable[[], float] = time.perf_counter
    problems: dict[str, str] = field(init=False, default_factory=dict)
    """arm -> why it has no timings"""
    left_out: dict[str, list[str]] = field(init=False, default_factory=dict)
    """arm -> why it has no concurrent requests"""
    _begun: float = field(init=False, default=0.0)

    def requests(self) -> int:
        """Return how many requests will be made; concurrent ones count as one."""
        variants = sum(len(timed.uses) for timed in self.arms.values())
        alone = len(self.examples) * self.timing.repeats + len(self.examples[: self.timing.warmup])
        return variants * (alone + len(self._levels()))

    def run(self) -> dict[str, tuple[TimedPass, ...]]:
        """Return the passes of every arm: one at a time first, then by rising concurrency."""
        self._begun = self.clock()
        variants = [TimedVariant(name, timed, use) for name, timed in self.arms.items() for use in timed.uses]
        try:
            for variant in variants:
                self._alone(variant, partial(self._warm_up, variant))
            for repeat, example, variant in rounds(self.examples, variants, self.timing.repeats):
                self._alone(variant, partial(self._request, variant, example, repeat))
                self.progress()
            seconds = {variant: sum(request.seconds for request in variant.requests) for variant in variants}
            passes = [(variant.arm, variant.as_pass(1, seconds[variant])) for variant in variants]
            for level in self._levels():
                passes += [(variant.arm, timed) for variant in variants for timed in self._several(variant, level)]
        finally:
            for timed in self.arms.values():
                timed.deactivate()
        return {
            name: tuple(timed for arm, timed in passes if arm == name and arm not in self.problems)
            for name in self.arms
        }

    def _levels(self) -> list[int]:
        return sorted(set(self.timing.concurrency) - {1})

    def _alone(self, variant: TimedVariant, step: Callable[[], None]) -> None:
        if variant.arm not in self.problems:
            try:
                step()
            except Exception as error:  # of any kind: the scores are kept, and the other arms go on
                self.problems[variant.arm] = _reason(error)

    def _several(self, variant: TimedVariant, level: int) -> list[TimedPass]:
        if variant.arm in self.problems:
            return []
        try:
            return [self._together(variant, level)]
        except Exception as error:  # of any kind: the requests one at a time are kept
            self.left_out.setdefault(variant.arm, []).append(f"{level} at once: {_reason(error)}")
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
        with variant.measured():
            begun = self.clock()
            answer = variant.timed.answer(example)
            seconds = self.clock() - begun
        variant.requests.append(_timed(answer, repeat, begun - self._begun, seconds))

    def _together(self, variant: TimedVariant, level: int) -> TimedPass:
        variant.timed.activate(variant.use)
        enough = -(-ROUNDS * level // len(self.examples))
        examples = [*self.examples] * max(self.timing.repeats, enough)
        several = TimedVariant(variant.arm, variant.timed, variant.use, weights=variant.weights)
        with several.measured():
            begun = self.clock() - self._begun
            run = variant.timed.answer_together(examples, level)
        for number, (at, seconds, answer) in enumerate(run.answers):
            several.requests.append(_timed(answer, number // len(self.examples), begun + at, seconds))
        return several.as_pass(level, run.seconds)


def _reason(error: Exception) -> str:
    if isinstance(error, CutleryError):
        return str(error)
    log.error("%s", "".join(traceback.format_exception(error)))
    return f"{type(error).__name__}: {error}"


def _timed(answer: Prediction, repeat: int, at: float, seconds: float) -> TimedRequest:
    error = answer.error or ("no answer" if answer.finish == "error" else "")
    return TimedRequest(answer.example_id, repeat, at, seconds, answer.spans, error)


def _larger(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)


def _all(parts: Sequence[float | None]) -> float | None:
    """Return the sum; None if a part is unknown, as the others do not add up to the energy of all."""
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None
