"""A share that is 0 or 1 on every example seen is not certain for those not seen."""

import numpy as np
import pytest

from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.exact_intervals import at_the_edge
from harness.analysis.table import build
from tests.harness.records import record


def found(*numbers):
    values = np.array(numbers, dtype=float).reshape(-1, 1)
    clusters = np.arange(len(values))
    return at_the_edge(stats.bootstrap(values, clusters, np.random.default_rng(0), 500), np.array([len(values)]))


def test_the_limit_is_clopper_and_pearson_s():
    from scipy.stats import binomtest

    exact = binomtest(0, 40).proportion_ci(method="exact")
    assert found(*[0] * 40).high[0] == pytest.approx(exact.high)
    assert found(*[1] * 40).low[0] == pytest.approx(1 - exact.high)
    assert (found(*[0] * 40).low[0], found(*[1] * 40).high[0]) == (0.0, 1.0)


def test_what_has_spread_or_too_few_clusters_stays():
    assert found(*[1.0, 0.0] * 10).high[0] < 1.0
    assert found(*[0.5] * 10).high[0] == 0.5
    assert np.isnan(found(1.0).low[0])


def test_the_scoreboard_says_so_where_the_scale_ends():
    perfect = build([record("base", [1.0] * 60)], resamples=100).rows[0].entries[0]
    assert (perfect.low, perfect.high) == (pytest.approx(0.025 ** (1 / 60)), 1.0)
    words = {"unit": "words", "higher_is_better": None, "worst": None}
    constant = build([record("base", [1.0] * 60, meaning=words)], resamples=100).rows[0].entries[0]
    assert (constant.low, constant.high) == (1.0, 1.0)


def test_groups_count_and_not_examples():
    grouped = record("base", [1.0] * 60, groups=[str(number // 6) for number in range(60)])
    assert build([grouped], resamples=100).rows[0].entries[0].low == pytest.approx(0.025 ** (1 / 10))
