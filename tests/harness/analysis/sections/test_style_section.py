"""The style of an arm's answers together, from the details of its scores."""

import dataclasses

import pytest

from harness.analysis.table import build
from harness.types import Score
from tests.harness.records import SHARE, record, section


def styled(arm, parts, seed=0):
    made = record(arm, [0.5] * len(parts), seed=seed, metric="style_match", meaning=SHARE)
    details = [dict(zip(("place", "order", "range"), one, strict=True)) if one else {} for one in parts]
    scores = tuple(Score(f"e{at}", "style_match", 0.5, details=one) for at, one in enumerate(details))
    return dataclasses.replace(made, scores=scores)


def values(table):
    return {row[0]: [cell.value for cell in row[1:]] for row in section(table, "style_match").rows}


def test_means_over_what_was_read():
    table = build([styled("base", [(1.0, 1.0, 1.0), (0.5, 0.0, 0.5), None])], resamples=50)
    assert values(table) == {"base": [pytest.approx(0.75), pytest.approx(0.5), pytest.approx(0.75)]}


def test_seeds_are_averaged_by_example():
    table = build(
        [styled("base", [(1.0, 1, 1), (0.0, 1, 1)]), styled("base", [(0.0, 1, 1), (0.0, 1, 1)], 1)], resamples=50
    )
    assert values(table)["base"][0] == pytest.approx(0.25)


def test_arms_without_a_reading_are_left_out():
    table = build([styled("base", [None, None]), styled("rag", [(1.0, 1, 1), (1.0, 1, 1)])], resamples=50)
    assert list(values(table)) == ["rag"]
    assert [one for one in build([record("base", [1.0])], resamples=20).sections if one.name == "style_match"] == []
