"""The rule on simulated ledgers of 23 rows: how often it errs, and how often it sees what is there."""

import numpy as np
import pytest

from tests.harness.studies import claim_worlds as worlds
from tests.harness.studies.claim_worlds import MARGIN, ROWS, best_power, mixed_rates, rates

AT_MARGIN = [MARGIN] * ROWS
NOTHING = [0.0] * ROWS
CLEAR = [3 * MARGIN] * ROWS
DIFFERING = np.linspace(0.1, 0.4, 61)
"""shares of the answers on which two arms differ"""
ONE_CLEAR = [3 * MARGIN, *NOTHING[1:]]


def test_a_few_ledgers():
    assert rates(0, 20, AT_MARGIN, "greater")[0] <= 0.05
    assert rates(1, 4, CLEAR, "greater")[1] >= 0.8
    assert rates(2, 6, AT_MARGIN, "equal", kinds=worlds.ALIKE_KINDS)[0] <= 0.05
    assert rates(3, 4, NOTHING, "equal", kinds=worlds.ALIKE_KINDS)[1] >= 0.8
    assert mixed_rates(14, 3, 0.0, worlds.ALIKE_KINDS)[1] >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("means", [AT_MARGIN, NOTHING])
@pytest.mark.parametrize("ruling", ["supported", "refuted"])
def test_at_most_one_ledger_in_twenty_errs(means, ruling):
    """No effect is beyond the margin; at the margin, being smaller is as wrong as being larger."""
    if means is NOTHING and ruling == "refuted":
        pytest.skip("refuting is right there")
    assert rates(4, 300, means, "greater", ruling)[0] <= 0.05


@pytest.mark.slow
def test_three_margins_are_seen_by_the_shipped_number_of_examples():
    assert rates(5, 100, CLEAR, "greater")[1] >= 0.8
    assert rates(6, 100, ONE_CLEAR, "greater")[0] >= 0.8  # alone among 22 that are nothing


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [worlds.KINDS, worlds.ALIKE_KINDS])
def test_equal_is_said_of_nothing_else(kinds):
    assert rates(7, 300, AT_MARGIN, "equal", kinds=kinds)[0] <= 0.05
    assert mixed_rates(8, 300, MARGIN, kinds)[0] <= 0.05


@pytest.mark.slow
def test_equal_is_said_of_arms_that_answer_alike():
    assert rates(10, 100, NOTHING, "equal", kinds=worlds.ALIKE_KINDS)[1] >= 0.8
    assert mixed_rates(11, 100, 0.0, worlds.ALIKE_KINDS)[1] >= 0.8


@pytest.mark.slow
def test_equal_is_said_of_arms_that_often_differ_nearly_as_often_as_any_test_could():
    """Where 10 to 40 % of the answers differ, it is the number of questions that lacks, and not the rule."""
    few, shipped, more = (np.mean([best_power(n, d, 0.05) for d in DIFFERING]) for n in (175, 300, 500))
    assert few < 0.65  # a claim alone, without any correction
    assert mixed_rates(12, 200, 0.0, [worlds.paired])[1] >= shipped - 0.08
    assert mixed_rates(13, 200, 0.0, [worlds.paired], (500, 501))[1] >= max(0.9, more - 0.05)


def test_the_best_test_of_equality_by_known_values():
    """With an error of a tenth of the margin it never misses; where the margin is next to nothing it guesses."""
    assert best_power(100_000, 0.1, 0.05) == pytest.approx(1.0)
    assert best_power(1, 1.0, 0.05) == pytest.approx(0.05, abs=0.01)
    assert best_power(300, 0.1, 0.05) > best_power(300, 0.4, 0.05) > best_power(175, 0.4, 0.05)


def test_a_rule_without_the_correction_would_fail(monkeypatch):
    monkeypatch.setattr("harness.studies.claims.verdicts.holm", lambda p: p)
    assert rates(0, 6, AT_MARGIN, "greater")[0] > 0.05
