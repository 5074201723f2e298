import numpy as np
import pytest

from harness.analysis.costs.amount import Amount, mean, total


def drawn(value, draws, clusters=10):
    return Amount(value, np.asarray(draws, dtype=float), clusters)


def test_sums_and_multiples_carry_their_resamples():
    found = (drawn(2.0, [1, 2, 3]) + Amount(10.0)) * 2.0 + drawn(1.0, [0, 1, 2], clusters=4)
    assert found.value == 25.0
    assert found.draws.tolist() == [22.0, 25.0, 28.0]
    assert found.clusters == 4
    assert (Amount(1.0) + drawn(2.0, [1, 2, 3])).draws.tolist() == [2.0, 3.0, 4.0]


def test_a_part_that_is_not_known_leaves_no_total():
    assert total([Amount(1.0), None]) is None
    assert total([Amount(1.0), Amount(2.0)]).value == 3.0


def test_certain_amounts_and_single_batches_have_no_interval():
    rng = np.random.default_rng(0)
    assert Amount(1.0).interval() == (None, None)
    one_batch = mean(np.array([1.0, 3.0]), np.array([0, 0]), rng, 100)
    assert one_batch.value == 2.0
    assert one_batch.interval() == (None, None)
    assert mean(np.array([]), np.array([], dtype=int), rng, 100) is None


def test_an_uncertain_part_without_interval_leaves_the_sum_without_one():
    rng = np.random.default_rng(0)
    one_batch = mean(np.array([1.0, 3.0]), np.array([0, 0]), rng, 3)
    assert (one_batch + drawn(2.0, [1, 2, 3])).interval() == (None, None)


def test_answers_of_one_batch_are_one_sample():
    rng = np.random.default_rng(0)
    times = np.repeat(np.random.default_rng(1).gamma(2.0, 1.0, 10), 32)
    batches = np.repeat(np.arange(10), 32)
    wide, narrow = (mean(times, groups, rng, 4000).interval() for groups in (batches, np.arange(320)))
    assert wide[1] - wide[0] > 4 * (narrow[1] - narrow[0])


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        low, high = mean(rng.normal(5.0, 1.0, 30), np.arange(30), rng, 500).interval()
        hits += low <= 5.0 <= high
    assert hits / 200 == pytest.approx(0.95, abs=0.04)
