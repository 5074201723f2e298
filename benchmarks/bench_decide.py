"""Time of a decision card's mathematics: 10,000 joint draws, 7 arms, 15 criteria, two of them not measured.

Compared with a plain implementation that goes through the draws one after another; a part of its draws is timed and
scaled up.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from harness.studies.decision.draws import dirichlet, key_of, numbered, uniforms
from harness.studies.decision.smaa import ranking, regret, totals

RESAMPLES = 1_000
UNKNOWN = 2


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--arms", type=int, default=7)
    parser.add_argument("--criteria", type=int, default=15)
    parser.add_argument("--repeats", type=int, default=3)
    given, _ = parser.parse_known_args()
    measured = np.random.default_rng(0).random((RESAMPLES, given.arms, given.criteria))
    print(f"{given.draws:,} draws x {given.arms} arms x {given.criteria} criteria")
    wall, cpu = _best(lambda: _card(measured, given.draws), given.repeats)
    part = max(1, given.draws // 50)
    plain, _ = _best(lambda: _one_by_one(measured, part), 1)
    faster = plain * given.draws / part / wall
    print(f"card         {wall:.2f} s wall, {cpu:.2f} s CPU; {faster:.0f}x faster than one by one")


def _card(measured: np.ndarray, draws: int) -> None:
    """Draw weights and what is unknown, then ranks, wins, central weights, confidence and regret."""
    arms, criteria = measured.shape[1:]
    names = [f"c{number}" for number in range(criteria)]
    weights = dirichlet(0, names, np.full(criteria, 1 / criteria), 30.0, draws)
    utilities = measured[np.arange(draws) % RESAMPLES].copy()
    for at in range(UNKNOWN):
        for arm in range(arms):
            utilities[:, arm, at] = uniforms(key_of(0, f"unknown/c{at}/{arm}"), numbered(draws))
    ranking(weights, utilities)
    regret(totals(weights, utilities), 0)


def _one_by_one(measured: np.ndarray, draws: int) -> None:
    rng = np.random.default_rng(1)
    for draw in range(draws):
        weights = rng.dirichlet(np.full(measured.shape[2], 2.0))
        total = [
            sum(weight * value for weight, value in zip(weights, own, strict=True))
            for own in measured[draw % RESAMPLES]
        ]
        sorted(range(len(total)), key=lambda arm, total=total: -total[arm])
        [[first > second for second in total] for first in total]


def _best(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Seconds on the wall and of the CPU; the best of several, because others use the machine, too."""
    taken = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(one for one, _ in taken), min(one for _, one in taken)


if __name__ == "__main__":
    main()
