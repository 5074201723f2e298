import dataclasses
from dataclasses import replace

import pytest

from harness.machine.measured import Span
from harness.metrics.context import TaskContext
from harness.metrics.mrr import ReciprocalRank
from harness.metrics.pieces import holds
from harness.metrics.recall_at_k import RecallAtK
from harness.types import THE_INPUT, Document, EvidenceSpan, Example, Passage, Prediction
from tests.harness.tasks.planted import PlantedTask


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


TEXT = "The manual begins here, with many words. The lamp is under warranty for 81 months. Keep the receipt of it."
CUTS = (0, 41, 60, 83, len(TEXT))
"""before the sentence, in its middle, after it"""


def cut(number, document_id="d", text=TEXT):
    start, end = CUTS[number], CUTS[number + 1]
    return Passage(document_id, text[start:end], start, end, 1.0)


def placed(passages, *spans, evidence=("d",)):
    """What is shown, and where the evidence is; it is known by ids and places alone."""
    made = tuple(EvidenceSpan(*span) for span in spans)
    return Example("x", "?", ("r",), evidence, spans=made), Prediction("x", "a", tuple(passages), (), "stop")


WARRANTY = ("d", 41, 82)


@pytest.mark.parametrize(
    ("shown", "spans", "recall", "rank"),
    [
        ([cut(0), cut(3)], [WARRANTY], 0.0, 0.0),  # passages of the gold document, but not those of the evidence
        ([cut(0), cut(2)], [WARRANTY], 1.0, 0.5),  # most of the sentence
        ([cut(0), cut(1)], [WARRANTY], 0.0, 0.0),  # less than half of it
        ([cut(3)], [("d", 0, 83)], 0.0, 0.0),
        ([Passage("d", "…", 200, 300, 1.0)], [("d", 0, 900)], 1.0, 1.0),  # lies in evidence longer than all passages
        ([Passage("d", "…", 850, 1000, 1.0)], [("d", 0, 900)], 0.0, 0.0),  # hardly
        ([cut(3), cut(2)], [WARRANTY, ("d", 0, 10)], 0.5, 0.5),  # one of two places
        ([cut(3), cut(2)], [(*WARRANTY, 0), ("d", 0, 10, 0)], 1.0, 0.5),  # any of two places
        ([cut(3), cut(2), cut(0)], [WARRANTY, (*WARRANTY, 1), ("d", 0, 10)], 1.0, 0.5),
        ([cut(0, "e"), cut(2)], [WARRANTY, ("e", 0, 40)], 1.0, 1.0),  # of two documents
    ],
)
def test_where_places_are_known_the_passages_that_hold_them_count(shown, spans, recall, rank):
    pair = placed(shown, *spans)
    assert values(RecallAtK(5), pair) == [recall]
    assert values(ReciprocalRank(), pair) == [rank]


def test_a_document_without_places_counts_as_a_whole_beside_one_with_places():
    pair = placed([cut(0), cut(0, "e")], WARRANTY, evidence=("d", "e"))
    assert values(RecallAtK(5), pair) == [0.5]
    assert values(ReciprocalRank(), pair) == [0.5]


def bound(metric, *documents, test=()):
    return metric.bind(TaskContext(PlantedTask(base=documents, test=test)))


def test_the_same_text_under_another_id_is_no_miss():
    copies = [Document(f"d{number}", f"Copy {number}", TEXT) for number in range(10)]
    shown = [Passage(f"d{number}", TEXT, 0, len(TEXT), 1.0) for number in range(1, 5)]
    gold, other = Example("x", "?", ("r",), ("d0",)), Document("e", "", "Nothing of that at all.")
    pair = (gold, Prediction("x", "a", tuple(shown), (), "stop"))
    assert values(bound(RecallAtK(4), *copies, other), pair) == [1.0]
    assert values(bound(ReciprocalRank(), *copies, other), pair) == [1.0]
    for start, recall in ((10, 1.0), (400, 0.0)):
        sentence = dataclasses.replace(gold, spans=(EvidenceSpan("d0", start, start + 20),))
        assert values(bound(RecallAtK(4), *copies), (sentence, pair[1])) == [recall]
    assert values(bound(RecallAtK(4), other), pair) == [0.0]


def test_a_short_text_says_something_else_under_another_title():
    prices = {name: Document(name, name, "It costs 3 euro.") for name in ("lamp", "drill")}
    drill = Passage("drill", "It costs 3 euro.", 0, 16, 1.0)
    assert holds(drill, (EvidenceSpan("drill", 0, 16),), prices)
    assert not holds(drill, (EvidenceSpan("lamp", 0, 16),), prices)


def test_the_unit_says_what_was_counted():
    whole, place = placed([], evidence=("d",))[0], placed([], WARRANTY)[0]
    assert RecallAtK(4).unit == bound(RecallAtK(4), test=(whole,)).unit == "share of gold documents"
    assert bound(RecallAtK(4), test=(whole, place)).unit == "share of gold passages"
    assert bound(ReciprocalRank(), test=(place,)).unit == "1 / rank of the first passage that holds the evidence"
