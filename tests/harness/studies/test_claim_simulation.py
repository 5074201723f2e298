"""The rule on simulated ledgers of 23 rows: how often it errs, and how often it sees what is there."""

import pytest

from tests.harness.studies import claim_worlds as worlds
from tests.harness.studies.claim_worlds import MARGIN, ROWS, rates

AT_MARGIN = [MARGIN] * ROWS
NOTHING = [0.0] * ROWS
CLEAR = [3 * MARGIN] * ROWS
ONE_CLEAR = [3 * MARGIN, *NOTHING[1:]]


def test_a_few_ledgers():
    assert rates(0, 20, AT_MARGIN, "greater")[0] <= 0.05
    assert rates(1, 4, CLEAR, "greater")[1] >= 0.8
    assert rates(2, 6, AT_MARGIN, "equal", kinds=worlds.ALIKE_KINDS)[0] <= 0.05
    assert rates(3, 4, NOTHING, "equal", kinds=worlds.ALIKE_KINDS)[1] >= 0.8


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
def test_equal_is_said_of_what_is_equal():
    assert rates(7, 300, AT_MARGIN, "equal")[0] <= 0.05
    assert rates(8, 300, AT_MARGIN, "equal", kinds=worlds.ALIKE_KINDS)[0] <= 0.05
    assert rates(9, 100, NOTHING, "equal")[0] >= 0.8
    assert rates(10, 100, NOTHING, "equal", kinds=worlds.ALIKE_KINDS)[1] >= 0.8


def test_a_rule_without_the_correction_would_fail(monkeypatch):
    monkeypatch.setattr("harness.studies.claims.verdicts.holm", lambda p: p)
    assert rates(0, 6, AT_MARGIN, "greater")[0] > 0.05
