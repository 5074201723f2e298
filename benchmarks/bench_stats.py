"""What certainty costs: the clustered bootstrap and the permutation test, compared with the plain way of writing them.

The plain way draws and averages one resample after another; a share of its resamples is timed and scaled up.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from harness.analysis.stats import bootstrap as stats


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--metrics", type=int, default=20)
    parser.add_argument("--resamples", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    arguments, _ = parser.parse_known_args()
    values = np.random.default_rng(0).random((arguments.examples, arguments.metrics))
    clusters = np.arange(arguments.examples)
    print(f"{arguments.resamples:,} resamples x {arguments.metrics} metrics x {arguments.examples:,} examples")
    plain, _ = _best(lambda: _plain(values, arguments.resamples // 100), 1)
    for name, work in (("bootstrap", stats.bootstrap), ("sign_flip_p", stats.sign_flip_p)):
        wall, cpu = _best(
            lambda work=work: work(values, clusters, np.random.default_rng(1), arguments.resamples), arguments.repeats
        )
        print(f"{name:12} {wall:.2f} s wall, {cpu:.2f} s CPU; {100 * plain / wall:.0f}x faster than one by one")


def _plain(values: stats.Floats, resamples: int) -> None:
    rng = np.random.default_rng(2)
    for _ in range(resamples):
        values[rng.integers(len(values), size=len(values))].mean(axis=0)


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
