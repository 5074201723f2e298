"""Weighted sums of arms, with the seeds' luck where there are several."""

import dataclasses

import numpy as np
import pytest

from harness.analysis.table import build
from harness.types import Cell
from tests.harness.records import record


def values(seed, level, n=200):
    source = np.random.default_rng(seed)
    return (source.random(n) < level).astype(float).tolist()


def entry(table, arm):
    return next(row for row in table.rows if row.arm == arm).entries[0]


BASE = values(1, 0.5)


def test_seeds_that_disagree_widen_the_interval_and_raise_p():
    calm = [record("qlora", values(10 + seed, 0.65), seed) for seed in range(3)]
    wild = [record("qlora", values(10 + seed, level), seed) for seed, level in enumerate((0.35, 0.65, 0.95))]
    steady, torn = (entry(build([record("base", BASE), *arm], resamples=2000), "qlora") for arm in (calm, wild))
    assert steady.difference.significant
    assert not torn.difference.significant
    assert torn.difference.high - torn.difference.low > 3 * (steady.difference.high - steady.difference.low)
    assert torn.high - torn.low > 3 * (steady.high - steady.low)


def test_luck_that_both_arms_share_cancels():
    """Every seed shifts base and arm alike: the difference is the same each time."""
    shared = [values(20 + seed, level) for seed, level in enumerate((0.35, 0.65, 0.95))]
    base = [record("base", own, seed) for seed, own in enumerate(shared)]
    arm = [
        record("qlora", [value + 0.1 * (i % 2) for i, value in enumerate(own)], seed) for seed, own in enumerate(shared)
    ]
    found = entry(build([*base, *arm], resamples=2000), "qlora").difference
    assert found.mean == pytest.approx(0.05)
    assert found.low > 0.04
    assert found.significant


def test_an_arm_with_one_seed_stands_beside_one_with_three():
    arms = [record("qlora", values(30 + seed, 0.7), seed) for seed in range(3)]
    one = entry(build([record("base", BASE), *arms], resamples=1000), "qlora")
    greedy = [dataclasses.replace(record("base", BASE), cell=Cell("qa", "pocket", "base", seed)) for seed in range(3)]
    three = entry(build([*greedy, *arms], resamples=1000), "qlora")
    assert one.difference.mean == three.difference.mean
    assert one.difference.low == pytest.approx(three.difference.low)
