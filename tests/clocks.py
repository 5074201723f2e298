"""A clock that a test can move on."""

import time
from dataclasses import dataclass


@dataclass
class LateClock:
    """Takes the place of time.perf_counter while a test runs; `late` seconds are added to what it shows."""

    monkeypatch: object
    late: float = 0.0

    def __post_init__(self):
        real = time.perf_counter
        self.monkeypatch.setattr("time.perf_counter", lambda: real() + self.late)
