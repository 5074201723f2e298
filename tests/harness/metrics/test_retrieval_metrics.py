from dataclasses import replace

import pytest

from harness.metrics.mrr import ReciprocalRank
from harness.metrics.recall_at_k import RecallAtK
from harness.types import THE_INPUT, Span


def values(metric, *pairs):
    return [score.value for score in metric.score(pairs)]


def test_recall_counts_gold_documents_among_the_first_k(retrieved):
    pairs = [
        retrieved("abcdef", "a"),
        retrieved("abcdef", "f"),
        retrieved("abcdef", "af"),
        retrieved("aabbc", "abz"),
        retrieved("xyz", "a"),
    ]
    assert values(RecallAtK(5), *pairs) == [1.0, 0.0, 0.5, pytest.approx(2 / 3), 0.0]
    assert values(RecallAtK(1), *pairs) == [1.0, 0.0, 0.5, pytest.approx(1 / 3), 0.0]
    assert RecallAtK(5).name == "recall@5"


def test_mrr_is_one_over_the_rank_of_the_first_gold_passage(retrieved):
    pairs = [retrieved("abc", "a"), retrieved("abc", "cb"), retrieved("aac", "c"), retrieved("xyz", "a")]
    assert values(ReciprocalRank(), *pairs) == [1.0, 0.5, pytest.approx(1 / 3), 0.0]


@pytest.mark.parametrize("metric", [RecallAtK(5), ReciprocalRank()])
class TestWhoIsScored:
    def test_an_arm_that_retrieves_nothing_at_all_has_no_value(self, metric, retrieved):
        scores = metric.score([retrieved("", "a"), retrieved("", "b")])
        assert [(score.value, score.reason) for score in scores] == [(None, "not_applicable")] * 2

    def test_a_search_that_found_nothing_scores_zero(self, metric, retrieved):
        assert values(metric, retrieved("", "a"), retrieved("b", "b")) == [0.0, 1.0]

    def test_a_search_that_never_finds_anything_scores_zero(self, metric, retrieved):
        assert values(metric, retrieved("", "a", spans=[Span("search", 0.1)])) == [0.0]

    def test_a_retrieval_that_crashed_scores_zero(self, metric, retrieved):
        assert values(metric, retrieved("", "a", finish="error"), retrieved("b", "b")) == [0.0, 1.0]

    def test_a_cut_answer_does_not_spoil_the_retrieval(self, metric, retrieved):
        assert values(metric, retrieved("a", "a", finish="length")) == [1.0]

    @pytest.mark.parametrize("evidence", [(), THE_INPUT])
    def test_an_example_without_gold_documents_has_no_value(self, metric, retrieved, evidence):
        scores = metric.score([retrieved("a", evidence), retrieved("a", "a")])
        assert [score.value for score in scores] == [None, 1.0]
        assert scores[0].reason == "not_applicable"


def test_k_must_be_positive():
    assert RecallAtK(5).problems() == ()
    assert "k: 0" in RecallAtK(0).problems()[0]


def shown_as(pair, origin):
    example, prediction = pair
    return example, replace(prediction, passages=tuple(replace(one, origin=origin) for one in prediction.passages))


def test_a_whole_knowledge_base_is_not_ranked(retrieved):
    pairs = [shown_as(retrieved("abcdef", gold), "whole") for gold in ("f", "az")]
    assert values(RecallAtK(2), *pairs) == [1.0, 0.5]
    ranks = ReciprocalRank().score(pairs)
    assert [(one.value, one.reason) for one in ranks] == [(None, "not_applicable")] * 2


@pytest.mark.parametrize("metric", [RecallAtK(5), ReciprocalRank()])
def test_examples_in_the_prompt_are_no_evidence(metric, retrieved):
    found = [shown_as(retrieved("ab", "a"), "example"), retrieved("", "b", spans=[Span("search", 0.1)])]
    assert [one.reason for one in metric.score(found)] == ["not_applicable"] * 2
