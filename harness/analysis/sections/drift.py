"""Whether the machine became slower or faster during a timing pass, estimated from the requests themselves.

The requests of one round (an example, asked once of every arm) are close in time. Where examples were asked several
times, a request is compared with the same example's others. Where each was asked once, its stages are compared with
the median time per token. Examples differ in that, too, so a difference counts only if shuffled rounds seldom show one
as large.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.machine.measured import Span, TimedRequest

FEW_ROUNDS: Final = 8
"""with fewer rounds even the clearest drift is more frequent than CHANCE among all their orders"""
CHANCE: Final = 0.01
"""share of shuffled passes that may differ as much"""
SHUFFLES: Final = 2_000
SEED: Final = 20_240_503


def drift(passes: Sequence[Sequence[TimedRequest]]) -> float | None:
    """Return by which share the last third of the pass was slower than the first; None for too few rounds to tell.

    Args:
        passes: the answered requests of every arm and use of its adapter, one at a time, from one session.
    """
    rounds: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
    for requests in passes:
        expected = _expected(requests)
        for one in requests:
            if expected(one) > 0 and one.seconds > 0:
                rounds[one.repeat, one.example_id].append((one.at, one.seconds / expected(one)))
    if len(rounds) < FEW_ROUNDS:
        return None
    ordered = sorted(
        (min(at for at, _ in own), float(np.median([ratio for _, ratio in own]))) for own in rounds.values()
    )
    ratios = np.array([ratio for _, ratio in ordered])
    return _difference(ratios) if _beyond_chance(ratios) else 0.0


def _expected(requests: Sequence[TimedRequest]) -> Callable[[TimedRequest], float]:
    """Return what a request takes by all others of its arm."""
    repeats: dict[str, list[float]] = defaultdict(list)
    for one in requests:
        repeats[one.example_id].append(one.seconds)
    if any(len(seconds) > 1 for seconds in repeats.values()):
        return lambda one: float(np.median(repeats[one.example_id]))
    paces: dict[str, list[float]] = defaultdict(list)
    for one in requests:
        for span in one.spans:
            paces[span.stage].append(span.seconds / _work(span))
    pace = {stage: float(np.median(own)) for stage, own in paces.items()}
    typical = float(np.median([one.seconds for one in requests]))
    return lambda one: sum(pace[span.stage] * _work(span) for span in one.spans) or typical


def _work(span: Span) -> int:
    """Return the tokens that a span's seconds went into; 1 for a stage that counts none."""
    return max(1, span.tokens_out if span.stage == "decode" else span.tokens_in)


def _difference(ratios: Floats) -> float:
    """Return by which share the last third is slower than the first."""
    third = len(ratios) // 3
    return float(np.median(ratios[-third:]) / np.median(ratios[:third])) - 1


def _beyond_chance(ratios: Floats) -> bool:
    """Means of logarithms, since the medians of shuffled thirds jump between a few values."""
    third, logs = len(ratios) // 3, np.log(ratios)
    shuffled = np.random.default_rng(SEED).permuted(np.tile(logs, (SHUFFLES, 1)), axis=1)
    observed = abs(logs[-third:].mean() - logs[:third].mean())
    as_large = np.abs(shuffled[:, -third:].mean(axis=1) - shuffled[:, :third].mean(axis=1)) >= observed
    return bool(as_large.mean() <= CHANCE)
