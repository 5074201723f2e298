import pytest

from pipelines.rag.ranking import fuse


def test_scores_by_hand():
    fused = fuse([[(7, 0.9), (3, 0.8)], [(3, 12.0), (5, 1.0)]], 60)
    assert [number for number, _ in fused] == [3, 7, 5]
    assert fused[0][1] == pytest.approx(1 / 62 + 1 / 61)
    assert fused[1][1] == pytest.approx(1 / 61)
    assert fused[2][1] == pytest.approx(1 / 62)


def test_ties_go_by_number_whatever_the_order_of_rankings():
    first, second = [(9, 1.0), (2, 0.5)], [(2, 1.0), (9, 0.5)]
    assert fuse([first, second], 60) == fuse([second, first], 60)
    assert [number for number, _ in fuse([first, second], 60)] == [2, 9]


def test_nothing_to_fuse():
    assert fuse([], 60) == []
    assert fuse([[], [(1, 0.0)]], 60) == [(1, 1 / 61)]
