import time

import numpy as np
import pytest

from harness.analysis.stats.bootstrap import bootstrap, clusters_of, holm, sign_flip_p


def rng(seed=0):
    return np.random.default_rng(seed)


def column(*numbers):
    return np.array(numbers, dtype=float).reshape(-1, 1)


def alone(n):
    return clusters_of([""] * n)


def test_an_empty_group_is_a_cluster_of_its_own():
    assert clusters_of(["a", "", "b", "a", ""]).tolist() == [0, 1, 2, 0, 3]


def test_a_group_named_like_a_number_is_not_a_position():
    assert clusters_of(["1", "", ""]).tolist() == [0, 1, 2]


def test_the_interval_of_normal_data_is_the_t_interval():
    values = rng(1).normal(size=(40, 1))
    found = bootstrap(values, alone(40), rng(2), resamples=40_000)
    half = 2.0227 * values.std(ddof=1) / np.sqrt(40)
    assert found.low[0] == pytest.approx(values.mean() - half, abs=0.02)
    assert found.high[0] == pytest.approx(values.mean() + half, abs=0.02)


def test_examples_of_one_cluster_are_drawn_together():
    """Ten copies of each of 20 values know no more than the 20 values."""
    once = rng(3).normal(size=(20, 1))
    groups = [str(index) for index in range(20)]
    plain = bootstrap(once, clusters_of(groups), rng(4))
    copied = bootstrap(np.repeat(once, 10, axis=0), clusters_of([g for g in groups for _ in range(10)]), rng(4))
    assert copied.low[0] == pytest.approx(plain.low[0])
    assert copied.high[0] == pytest.approx(plain.high[0])
    assert copied.n[0] == 200


def test_pairing_removes_what_both_arms_share():
    hardness = rng(5).normal(scale=10, size=(100, 1))
    base, arm = hardness, hardness + 1 + rng(6).normal(scale=0.1, size=(100, 1))
    found = bootstrap(np.hstack([base, arm, arm - base]), alone(100), rng(7))
    width = found.high - found.low
    assert width[2] < width[0] / 20
    assert 0.9 < found.low[2] < found.high[2] < 1.1


def test_missing_values_leave_the_mean_of_the_others():
    found = bootstrap(column(1, np.nan, 3, np.nan, 2, 2), alone(6), rng())
    assert found.mean[0] == 2.0
    assert found.n[0] == 4
    assert found.low[0] < 2.0 < found.high[0]


def test_no_example():
    found = bootstrap(np.empty((0, 2)), clusters_of([]), rng())
    assert np.isnan(found.mean).all()
    assert np.isnan(found.low).all()
    assert found.n.tolist() == [0, 0]


def test_one_example_has_a_mean_and_no_interval():
    found = bootstrap(column(0.5), alone(1), rng())
    assert found.mean[0] == 0.5
    assert np.isnan(found.low[0])
    assert np.isnan(found.high[0])


def test_constant_data_has_a_point_interval_to_the_bit():
    found = bootstrap(column(*[0.1] * 7), alone(7), rng())
    assert found.low[0] == found.high[0] == found.mean[0]


def test_two_clusters_span_the_data():
    found = bootstrap(column(0.0, 1.0), alone(2), rng())
    assert (found.low[0], found.high[0]) == (0.0, 1.0)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    values = rng(8).random((50, 3))
    first, again, other = (bootstrap(values, alone(50), rng(seed)) for seed in (1, 1, 2))
    assert (first.low == again.low).all()
    assert (first.low != other.low).any()


def test_blocks_do_not_change_the_number_of_resamples():
    """More clusters than fit one block, with a last block that is short."""
    values = rng(9).normal(size=(2000, 1))
    found = bootstrap(values, alone(2000), rng(1), resamples=1001)
    half = 1.96 * values.std() / np.sqrt(2000)
    assert found.high[0] - found.low[0] == pytest.approx(2 * half, rel=0.1)


def test_all_zero_differences_have_p_one():
    assert sign_flip_p(column(*[0.0] * 30), alone(30), rng())[0] == 1.0


def test_a_constant_difference_has_the_smallest_p():
    assert sign_flip_p(column(*[0.1] * 30), alone(30), rng())[0] == pytest.approx(1 / 10_001)


def test_the_sign_of_the_difference_does_not_matter():
    differences = rng(10).normal(0.3, 1, size=(40, 1))
    p = sign_flip_p(np.hstack([differences, -differences]), alone(40), rng())
    assert p[0] == p[1]
    assert 0 < p[0] < 1


def test_p_of_three_equal_signs_is_a_quarter():
    """2 of the 2^3 sign patterns are as extreme; ties are ties despite rounding (0.1 + 0.2 != 0.3)."""
    assert sign_flip_p(column(0.1, 0.2, 0.3), alone(3), rng(), 40_000)[0] == pytest.approx(0.25, abs=0.01)
    assert sign_flip_p(column(0.1, 0.2, -0.3), alone(3), rng())[0] == 1.0


def test_clusters_flip_together():
    p = sign_flip_p(column(*[0.1] * 30), clusters_of(["a"] * 15 + ["b"] * 15), rng(), 40_000)
    assert p[0] == pytest.approx(0.5, abs=0.01)


def test_p_of_one_cluster_or_of_nothing():
    assert sign_flip_p(column(0.4), alone(1), rng())[0] == 1.0
    assert np.isnan(sign_flip_p(column(np.nan), alone(1), rng())[0])
    assert np.isnan(sign_flip_p(np.empty((0, 1)), clusters_of([]), rng())[0])


def test_holm_by_hand():
    """0.01·3, 0.02·2, 0.04·1, each at least its predecessor."""
    assert holm(np.array([0.04, 0.01, 0.02])).tolist() == pytest.approx([0.04, 0.03, 0.04])


def test_holm_skips_what_is_not_a_number_and_stops_at_one():
    adjusted = holm(np.array([0.02, np.nan, 0.9]))
    assert adjusted[0] == pytest.approx(0.04)
    assert np.isnan(adjusted[1])
    assert adjusted[2] == 0.9
    assert holm(np.array([0.6, 0.7])).tolist() == [1.0, 1.0]
    assert holm(np.array([])).size == 0


def coverage(experiments, clusters, draw, true_mean, seed):
    """Share of experiments whose 95 % interval holds the true mean; clusters of 1 to 5 examples that resemble."""
    source = rng(seed)
    hits = 0
    for _ in range(experiments):
        sizes = source.integers(1, 6, size=clusters)
        number = np.repeat(np.arange(clusters), sizes)
        values = draw(source, number)
        found = bootstrap(values.reshape(-1, 1), number, source, resamples=1000)
        hits += found.low[0] <= true_mean <= found.high[0]
    return hits / experiments


def alike(source, number):
    return source.normal(size=number.max() + 1)[number] + source.normal(size=len(number))


def right_or_wrong(source, number):
    """0/1 answers; the chance of each cluster differs, 0.5 on average."""
    return (source.random(len(number)) < source.beta(1, 1, size=number.max() + 1)[number]).astype(float)


@pytest.mark.parametrize("draw", [alike, right_or_wrong])
def test_intervals_cover_what_they_say(draw):
    true_mean = 0.5 if draw is right_or_wrong else 0.0
    assert 0.92 <= coverage(400, 60, draw, true_mean, seed=11) <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("draw", [alike, right_or_wrong])
@pytest.mark.parametrize("clusters", [15, 40, 150])
def test_intervals_cover_93_to_97_percent(draw, clusters):
    true_mean = 0.5 if draw is right_or_wrong else 0.0
    assert 0.93 <= coverage(4000, clusters, draw, true_mean, seed=12) <= 0.97


def test_ignoring_the_clusters_would_cover_too_little():
    """The case the clustering is for: the same data with every example as its own cluster."""
    source = rng(13)
    hits = 0
    for _ in range(200):
        number = np.repeat(np.arange(30), 6)
        values = alike(source, number).reshape(-1, 1)
        found = bootstrap(values, np.arange(len(number)), source, resamples=500)
        hits += found.low[0] <= 0 <= found.high[0]
    assert hits / 200 < 0.85


def test_false_positives_after_holm_stay_rare():
    """Three arms without any effect: at least one marked in at most about 5 % of 300 experiments."""
    source = rng(14)
    marked = 0
    for _ in range(300):
        number = np.repeat(np.arange(30), 3)
        differences = np.column_stack([alike(source, number) for _ in range(3)])
        marked += bool((holm(sign_flip_p(differences, number, source, 500)) < 0.05).any())
    assert marked / 300 <= 0.08


@pytest.mark.slow
def test_speed_of_ten_thousand_examples_twenty_metrics():
    """CPU seconds, because other work on the machine is none of our business."""
    values = rng(15).random((10_000, 20))
    best = min(_seconds(lambda: bootstrap(values, alone(10_000), rng(0))) for _ in range(3))
    assert best < 2.0


def _seconds(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun
