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
class Way:
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
        ways = sum(len(timed.uses) for timed in self.arms.values())
        alone = len(self.examples) * self.timing.repeats + len(self.examples[: self.timing.warmup])
        return ways * (alone + len(self._levels()))

    def run(self) -> dict[str, tuple[TimedPass, ...]]:
        """Return the passes of every arm: one at a time first, then by rising concurrency."""
        self._begun = time.perf_counter()
        ways = [Way(name, timed, use) for name, timed in self.arms.items() for use in timed.uses]
        try:
            for way in ways:
                self._alone(way, partial(self._warm_up, way))
            for repeat, example, way in rounds(self.examples, ways, self.timing.repeats):
                self._alone(way, partial(self._request, way, example, repeat))
                self.progress()
            passes = [(way.arm, _pass(way)) for way in ways]
            for level in self._levels():
                passes += [(way.arm, one) for way in ways for one in self._several(way, level)]
        finally:
            for timed in self.arms.values():
                timed.disengage()
        return {
            name: tuple(one for arm, one in passes if arm == name and arm not in self.problems) for name in self.arms
        }

    def _levels(self) -> list[int]:
        return sorted(set(self.timing.concurrency) - {1})

    def _alone(self, way: Way, step: Callable[[], None]) -> None:
        if way.arm not in self.problems:
            try:
                step()
            except Exception as error:  # whatever it is, the scores are safe and the other arms go on
                self.problems[way.arm] = _told(error)

    def _several(self, way: Way, level: int) -> list[TimedPass]:
        if way.arm in self.problems:
            return []
        try:
            return [self._together(way, level)]
        except Exception as error:  # one request at a time was measured; that stays
            self.left_out.setdefault(way.arm, []).append(f"{level} at once: {_told(error)}")
            return []
        finally:
            self.progress()

    def _warm_up(self, way: Way) -> None:
        way.timed.engage(way.use)
        way.weights = way.timed.weights_bytes()
        for example in self.examples[: self.timing.warmup]:
            way.timed.answer(example)
            self.progress()

    def _request(self, way: Way, example: Example, repeat: int) -> None:
        way.timed.engage(way.use)
        peak, energy = Peak(), nvml.reading()
        begun = time.perf_counter()
        answer = way.timed.answer(example)
        seconds = time.perf_counter() - begun
        way.joules.append(nvml.used(energy))
        way.host_peak = _larger(way.host_peak, peak.host_bytes())
        way.host_added = _larger(way.host_added, peak.host_added_bytes())
        way.gpu_peak = _larger(way.gpu_peak, _on_gpu(way, peak))
        way.requests.append(_timed(answer, repeat, begun - self._begun, seconds))

    def _together(self, way: Way, level: int) -> TimedPass:
        way.timed.engage(way.use)
        enough = -(-ROUNDS * level // len(self.examples))
        asked = [example for _ in range(max(self.timing.repeats, enough)) for example in self.examples]
        peak, energy, begun = Peak(), nvml.reading(), time.perf_counter()
        found = way.timed.answer_together(asked, level)
        return TimedPass(
            adapter=way.use,
            concurrency=level,
            seconds=found.seconds,
            requests=tuple(
                _timed(answer, place // len(self.examples), begun - self._begun + at, seconds)
                for place, (at, seconds, answer) in enumerate(found.answers)
            ),
            host_peak_bytes=peak.host_bytes(),
            gpu_peak_bytes=_on_gpu(way, peak),
            weights_bytes=way.weights,
            joules=nvml.used(energy),
            host_added_bytes=peak.host_added_bytes(),
        )


def _told(error: Exception) -> str:
    if isinstance(error, CutleryError):
        return str(error)
    log.error("%s", "".join(traceback.format_exception(error)))
    return f"{type(error).__name__}: {error}"


def _on_gpu(way: Way, peak: Peak) -> int | None:
    """Return what lies on the GPU for this arm, and the most that its requests took beside that."""
    beside = peak.gpu_bytes()
    return None if beside is None else way.timed.gpu_bytes() + beside


def _pass(way: Way) -> TimedPass:
    return TimedPass(
        adapter=way.use,
        concurrency=1,
        seconds=sum(request.seconds for request in way.requests),
        requests=tuple(way.requests),
        host_peak_bytes=way.host_peak,
        gpu_peak_bytes=way.gpu_peak,
        weights_bytes=way.weights,
        joules=_all(way.joules),
        host_added_bytes=way.host_added,
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
