"""Chinese, worked out by hand, for the metrics whose own tests are in other languages."""

import dataclasses

import pytest
import yaml

from harness.cli.config import ROOT, Builder
from harness.metrics.abstention import Abstention
from harness.metrics.answer_length import AnswerLength
from harness.metrics.fabrication import Fabrication
from harness.metrics.faithfulness import Faithfulness
from harness.metrics.groundedness import Groundedness
from harness.metrics.hallucination_rate import HallucinationRate
from harness.metrics.mrr import ReciprocalRank
from harness.metrics.recall_at_k import RecallAtK
from harness.text.tokens import normalised
from harness.types import Document, Example, Passage, Prediction
from tests.harness.metrics.tasks import bound

SOURCE = "博物馆于1894年开放。每周一闭馆。"
BOTH_TRUE = "博物馆于1894年开放。每周一闭馆。"
ONE_TRUE = "博物馆于1894年开放。门票价格为二十欧元。"


def pair(answer, answerable=True):
    passage = Passage("馆", SOURCE, 0, len(SOURCE), 1.0)
    example = Example("x", "博物馆何时开放？", ("1894年",) if answerable else (), ("馆",), answerable)
    return example, Prediction("x", answer, (passage,), (), "stop")


def value(metric, *given):
    (score,) = metric.score([pair(*given)])
    return score.value


@pytest.fixture(scope="module")
def judge():
    builder = Builder()
    return builder.build(yaml.safe_load((ROOT / "conf/judge/lexical_words.yaml").read_text(encoding="utf-8")), "judge")


@pytest.fixture(scope="module")
def documents():
    return (Document("馆", "", SOURCE),)


def test_faithfulness_is_near_the_share_of_true_sentences(judge, documents):
    metric = bound(Faithfulness(judge), documents)
    assert [value(metric, case) for case in (BOTH_TRUE, ONE_TRUE)] == pytest.approx([1.0, 0.5], abs=0.15)


def test_the_hallucination_rate_is_the_share_of_untrue_sentences(judge, documents):
    metric = bound(HallucinationRate(judge), documents)
    assert [value(metric, case) for case in (BOTH_TRUE, ONE_TRUE)] == [0.0, 0.5]


def test_groundedness_reads_the_passages_shown(judge):
    found = [value(bound(Groundedness(judge)), case) for case in (BOTH_TRUE, ONE_TRUE)]
    assert found == pytest.approx([1.0, 0.5], abs=0.15)


def test_fabrication_is_one_untrue_sentence(judge, documents):
    metric = bound(Fabrication(judge), documents)
    assert (value(metric, BOTH_TRUE), value(metric, ONE_TRUE)) == (0.0, 1.0)


def test_abstention():
    assert value(Abstention(), "抱歉，我无法回答这个问题。", False) == 1.0
    assert value(Abstention(), "抱歉，我无法回答这个问题。", True) == 0.0
    assert value(Abstention(), "1894年。", True) == 1.0
    assert value(Abstention(), "1894年。", False) == 0.0


def test_answer_length_counts_characters():
    assert value(AnswerLength(), "每周一闭馆，2024年起。") == 8  # 每 周 一 闭 馆 2024 年 起


def test_normalisation_drops_full_width_signs_and_folds_width():
    assert normalised("《北京》，２０２４年！ＡＢＣ") == "北京2024年abc"


def found(metric, *names):
    """The value where passages of these documents were shown and 馆 and 渡轮 are gold."""
    example, prediction = pair(BOTH_TRUE)
    shown = tuple(Passage(name, SOURCE, 0, len(SOURCE), 1.0) for name in names)
    given = dataclasses.replace(example, evidence=("馆", "渡轮")), dataclasses.replace(prediction, passages=shown)
    return metric.score([given])[0].value


def test_retrieval_knows_documents_by_any_name():
    assert found(RecallAtK(4), "市场", "馆") == 0.5
    assert found(RecallAtK(1), "市场", "馆") == 0.0
    assert found(RecallAtK(4), "馆", "渡轮") == 1.0
    assert found(ReciprocalRank(), "市场", "渡口", "馆") == pytest.approx(1 / 3)
    assert found(ReciprocalRank(), "市场", "渡轮", "馆") == 0.5
    assert found(ReciprocalRank(), "市场", "博物馆") == 0.0
