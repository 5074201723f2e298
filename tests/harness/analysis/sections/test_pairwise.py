"""Every two arms: who beats whom, by how much, and what would tell where nobody does."""

import math

import numpy as np
import pytest

from harness.analysis.contrasts.verdicts import sentence, sentences
from harness.analysis.numbers import rounded_up
from harness.analysis.result import ArmComparison, Difference, Figure
from harness.analysis.table import build
from tests.harness.records import record, section

LENGTH = {"unit": "words", "higher_is_better": None, "worst": None}
FABRICATED = {"unit": "share", "higher_is_better": False, "worst": 1.0}


def said(table):
    return {one.arms: one.text for one in sentences(table)}


HALF = [0.0, 1.0] * 30
GOOD = [0.5, 1.0] * 30


def test_the_winner_stands_first_with_the_scoreboard_s_own_numbers():
    table = build([record("base", GOOD), record("rag", HALF)], resamples=2000)
    (one,) = sentences(table)
    delta = table.rows[1].entries[0].difference
    assert (one.arms, one.metric, one.kind) == (("base", "rag"), "em", "beats")
    assert one.text == f"base beats rag by 0.250 [{-delta.high:.3f}, {-delta.low:.3f}]"
    assert table.comparisons[0].difference == delta


def test_wins_ties_and_losses_are_counted_by_example():
    table = build([record("base", [0, 0, 1, 1, 0.5, None]), record("rag", [1, 1, 0, 1, 0.5, 1])], resamples=100)
    (one,) = table.comparisons
    assert (one.first, one.second) == ("rag", "base")
    assert (one.wins, one.ties, one.losses) == (2, 2, 1)
    assert one.difference.n == 5


def test_where_lower_is_better_the_lower_arm_wins():
    records = [record(arm, values, meaning=FABRICATED) for arm, values in (("base", GOOD), ("rag", HALF))]
    table = build(records, resamples=1000)
    assert table.comparisons[0].wins == 30
    assert said(table)["rag", "base"].startswith("rag beats base by 0.250 [")


def test_where_nothing_is_better_nobody_beats_anybody():
    records = [record(arm, values, meaning=LENGTH) for arm, values in (("base", HALF), ("rag", GOOD))]
    (one,) = sentences(build(records, resamples=1000))
    assert one.kind == "differs"
    assert one.text.startswith("rag is 0.250 [")
    assert one.text.endswith("] above base")


def test_arms_that_answer_alike_are_the_same():
    table = build([record("base", HALF), record("rag", HALF)], resamples=100)
    assert said(table)["rag", "base"] == "rag vs base: the same on all 60 examples"


def test_one_cluster_tells_nothing():
    table = build([record(arm, HALF[:4], groups=["one"] * 4) for arm in ("base", "rag")], resamples=100)
    assert sentences(table)[0].kind == "too few"


def test_arms_without_a_value_have_no_row():
    table = build([record("base", [None] * 4), record("rag", [1.0] * 4)], resamples=100)
    assert sentences(table)[0].kind == "no value"
    assert not [one for one in table.sections if one.name.startswith("certainty")]


def test_p_is_adjusted_over_the_pairs_and_controls_are_a_family_of_their_own():
    arms = [record(arm, GOOD if arm != "base" else HALF) for arm in ("base", "rag", "qlora", "oracle", "random")]
    table = build(arms, resamples=1000)
    families = {(one.first, one.second): one.family for one in table.comparisons}
    assert families["rag", "base"] == families["qlora", "rag"] == 3
    assert families["oracle", "base"] == families["random", "oracle"] == 7
    smallest = 1 / 1001
    adjusted = {(one.first, one.second): one.difference.p_adjusted for one in table.comparisons}
    assert adjusted["rag", "base"] == pytest.approx(3 * smallest)
    assert adjusted["oracle", "base"] == pytest.approx(7 * smallest)
    assert not section(table, "certainty-em").files_only
    assert section(table, "certainty-em-controls").files_only


def test_the_detectable_difference_is_the_textbook_one():
    """2.80 standard errors for many examples: z of 97.5 % plus z of 80 %."""
    source = np.random.default_rng(0)
    differences = source.normal(0, 1, 2000)
    table = build([record("base", [0.0] * 2000), record("rag", differences.tolist())], resamples=100)
    error = differences.std(ddof=1) / math.sqrt(2000)
    assert table.comparisons[0].detectable == pytest.approx(2.8016 * error, rel=2e-3)


def test_the_examples_named_would_tell():
    """Draw that many anew, again and again, with the difference seen: four in five tests must find it."""
    source = np.random.default_rng(1)
    seen = source.normal(0, 1, 300)
    seen += 0.08 - seen.mean()
    table = build([record("base", [0.0] * 300), record("rag", seen.tolist())], resamples=1000)
    (one,) = table.comparisons
    assert sentence(one).kind == "too close"
    needed = round(one.needed)
    assert needed == pytest.approx((2.8016 * seen.std(ddof=1) / 0.08) ** 2, rel=0.01)
    found = [abs(draw.mean()) > 1.96 * draw.std() / math.sqrt(needed) for draw in _draws(seen, needed, source)]
    assert 0.72 <= np.mean(found) <= 0.88


def _draws(values, size, source):
    return [source.choice(values, size) for _ in range(400)]


def test_seeds_that_disagree_are_not_cured_by_examples():
    wild = [
        record("qlora", (np.random.default_rng(seed).random(300) < level).astype(float).tolist(), seed)
        for seed, level in enumerate((0.2, 0.6, 0.9))
    ]
    base = (np.random.default_rng(9).random(300) < 0.5).astype(float).tolist()
    (one,) = build([record("base", base), *wild], resamples=500).comparisons
    assert one.needed == math.inf
    assert "if there is a difference, it is likely at most" in sentence(one).text


def comparison(mean, low, high, **changes):
    difference = Difference(mean, low, high, 300, 0.3, 0.3)
    given = {
        "wins": 3,
        "ties": 290,
        "losses": 7,
        "family": 3,
        "with_control": False,
        "detectable": 0.1,
        "needed": 873.0,
    }
    return ArmComparison("rag", "qlora", "em", True, difference, **{**given, **changes})


def test_what_would_tell_in_words():
    assert (
        sentence(comparison(0.01, -0.02, 0.04)).text
        == "rag vs qlora: too close to call; about 880 examples would decide"
    )
    hopeless = sentence(comparison(0.0, -0.02, 0.031, needed=1e9)).text
    assert hopeless == "rag vs qlora: too close to call; if there is a difference, it is likely at most 0.031"


def test_a_difference_whose_interval_holds_0_is_not_called():
    """Permutation test and bootstrap can part ways; the stricter one decides."""
    edge = Difference(0.02, -0.001, 0.04, 300, 0.04, 0.04)
    assert not edge.significant
    assert Difference(0.02, 0.001, 0.04, 300, 0.04, 0.04).significant


@pytest.mark.parametrize(("value", "shown"), [(873, 880), (12_340, 13_000), (61, 61), (7.2, 8), (100, 100)])
def test_counts_are_rounded_up_to_two_digits(value, shown):
    assert rounded_up(value) == shown


def test_a_row_holds_the_numbers_and_the_sentence():
    table = build([record("base", HALF), record("rag", GOOD)], resamples=1000)
    (row,) = section(table, "certainty-em").rows
    assert row[0] == "rag vs base"
    assert row[1].significant
    assert [cell.value for cell in row[3:6]] == [30, 30, 0]
    assert isinstance(row[6], Figure)
    assert row[7] == sentences(table)[0].text
