"""How many times as long one arm takes as another: a percentile of requests that were timed alone, the arms in turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np

from harness.analysis.sections.comparable_usage import NOT_OF_COST
from harness.analysis.sections.latency import first_token, total
from harness.analysis.sections.percentiles import RESAMPLES, resampled, values
from harness.analysis.sections.timing_session import USED, TimedRow, TimingSession, timing_session
from harness.analysis.sections.timing_warnings import timing_warnings
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import Floats
from harness.machine.measured import TimedRequest
from harness.studies.claims.arms import arm_named
from harness.studies.claims.effect import Effect, Gap, Spread
from harness.studies.claims.sources import EXPERIMENT, Evidence

MEASURES: Final[Mapping[str, Callable[[TimedRequest], float | None]]] = {"request": total, "first token": first_token}
MORE: Final = "timing.examples=200"
"""questions that a timing pass needs for a narrow interval"""


@dataclass(frozen=True)
class LatencyRatio:
    """One arm's percentile over another's, with a bootstrap over the questions that both were timed on."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.latency_ratio.LatencyRatio"
    source: ClassVar[str] = EXPERIMENT
    is_ratio: ClassVar[bool] = True

    arm: str
    """see `harness.studies.claims.arms`"""
    over: str
    """the arm that it is divided by"""
    measure: Literal["request", "first token"]
    """time to the end of the answer, or to its first token; both with retrieval"""
    percentile: float
    """0 to 100; far from 50 a bootstrap over few questions is too narrow"""

    def problems(self) -> Sequence[str]:
        return [] if 0 < self.percentile < 100 else [f"percentile is {self.percentile:g}; it must be between 0 and 100"]

    def read(self, evidence: Evidence) -> Effect | Gap:
        experiment = evidence.experiment
        if experiment is None:
            return Gap("the experiment was not run", evidence.command())
        session = timing_session(experiment.records)
        rows = [self._row(word, session, evidence) for word in (self.arm, self.over)]
        timed = [row for row in rows if row is not None]
        if session is None or len(timed) < 2:
            lacking = " and ".join(word for word, row in zip((self.arm, self.over), rows, strict=True) if row is None)
            return Gap(f"{lacking} was not timed in the same pass", evidence.more_arms(self.arm, self.over))
        measured = [values(row.answered, MEASURES[self.measure]) for row in timed]
        shared = [name for name in measured[0] if name in measured[1]]
        if len(shared) < 2:
            return Gap(f"no time to the {self.measure} of two questions or more", f"{evidence.command()} {MORE}")
        return self._effect([np.array([times[name] for name in shared]) for times in measured], timed, session)

    def _row(self, word: str, session: TimingSession | None, evidence: Evidence) -> TimedRow | None:
        assert evidence.experiment is not None
        arm = arm_named(word, evidence.experiment.data.roles)
        return next((row for row in session.alone() if row.arm == arm), None) if session is not None else None

    def _effect(self, times: Sequence[Floats], rows: Sequence[TimedRow], session: TimingSession) -> Effect:
        own, other = times
        value = float(np.percentile(own, self.percentile) / np.percentile(other, self.percentile))
        drawn = [resampled(one, self.percentile, RESAMPLES) for one in times]
        logs = np.log(drawn[0] / drawn[1])
        low, high = np.exp(np.quantile(logs, stats.tails(len(own))))
        names = [f"{row.arm} {USED[row.run.adapter]}".removesuffix(" –") for row in rows]
        what = (
            f"{' ÷ '.join(names)}, p{self.percentile:g} to the {'end' if self.measure == 'request' else self.measure}"
        )
        warnings = [
            topic
            for topic in dict.fromkeys(one.topic for one in timing_warnings(session) if one.warning)
            if topic not in NOT_OF_COST
        ]
        return Effect(
            value, float(low), float(high), what, len(own), "timed questions",
            spread=Spread(float(logs.std(ddof=1)), len(own) - 1), ratio=True, anchor="latency",
            notes=(f"on {session.timings.device}, one request at a time", *(f"⚠ {topic}" for topic in warnings)),
        )  # fmt: skip
