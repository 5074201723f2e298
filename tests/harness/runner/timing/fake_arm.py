"""A clock that moves only when work is done, and an arm that takes known time for every stage."""

import time
from dataclasses import dataclass, field

from harness.machine.measured import Span
from harness.runner.arm import ConcurrentRun
from harness.types import Prediction

STAGES = ("embed", "search", "prompt", "prefill", "decode")


class VirtualClock:
    """Replaces time.perf_counter and time.sleep."""

    def __init__(self):
        self.now = 100.0

    def read(self):
        return self.now

    def work(self, seconds):
        self.now += seconds


@dataclass
class SlowArm:
    """Satisfies Timed: sleeps as long as `delays(example id)` says, per stage, and notes what the sleep really took."""

    delays: object
    work: object = time.sleep
    clock: object = time.perf_counter
    uses: tuple = ("none",)
    switch_seconds: float = 0.0
    fails_on: str = ""
    together: object = None
    slept: list = field(default_factory=list)
    activated: list = field(default_factory=list)
    released: int = 0

    def activate(self, use):
        self.activated.append(use)
        self.work(self.switch_seconds)

    def deactivate(self):
        self.released += 1

    def answer(self, example):
        if example.id == self.fails_on:
            raise ZeroDivisionError("oops")
        spans = []
        for stage, seconds in self.delays(example.id).items():
            begun = self.clock()
            self.work(seconds)
            spans.append(Span(stage, self.clock() - begun, tokens_out=4 if stage == "decode" else 0))
        self.slept.append(sum(span.seconds for span in spans))
        return Prediction(example.id, "yes", (), tuple(spans), "stop")

    def answer_together(self, examples, concurrency):
        if self.together is not None:
            raise self.together
        answers = tuple((0.5 * at, 0.25, self.answer(example)) for at, example in enumerate(examples))
        return ConcurrentRun(0.5 * len(examples), answers)

    def weights_bytes(self):
        return 1000

    def gpu_bytes(self):
        return 0
