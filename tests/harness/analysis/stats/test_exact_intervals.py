"""Intervals of quantiles hold the truth as often as they say, in simulation and by hand."""

import numpy as np
import pytest

from harness.analysis.stats.exact_intervals import places


@pytest.mark.parametrize(("n", "share"), [(24, 0.95), (32, 0.95), (100, 0.95), (300, 0.95), (100, 0.99), (400, 0.99)])
def test_the_truth_lies_between_them_in_95_of_100_samples(n, share):
    """Of skewed values (log-normal, as latencies are); 93 % leaves room for the 4,000 samples' own luck."""
    rng = np.random.default_rng(5)
    truth = np.quantile(np.exp(rng.normal(0, 0.5, 4_000_000)), share)
    samples = np.sort(np.exp(rng.normal(0, 0.5, (4_000, n))), axis=1)
    low, high = places(n, share)
    held = (samples[:, low] <= truth) & ((high is None) | (truth <= samples[:, -1 if high is None else high]))
    assert held.mean() >= 0.93


def test_by_hand():
    """Of five values, all lie on one side of the median with 1/32; of six with 1/64, and with 2.5 % to spare."""
    assert places(6, 0.5) == (0, 5)
    assert places(5, 0.5) == (0, None)
    assert places(24, 0.95) == (20, None)
    assert places(71, 0.95)[1] is None
    assert places(72, 0.95)[1] == 71
    assert places(4, 0.5) == (None, None)
