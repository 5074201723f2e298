"""Citation recall and precision by ALCE's definitions, by hand, with a judge that knows what supports what."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest

from harness.judges.judge import Claim, Judge, Judgement
from harness.metrics.citation_precision import CitationPrecision
from harness.metrics.citation_recall import CitationRecall
from harness.metrics.context import TaskContext
from harness.metrics.selftest.check import faults
from harness.metrics.selftest.fixture import MUSEUM, UNKNOWN, FixtureTask, answered, failed
from harness.store.records import records
from harness.text.citations import plain
from harness.types import Example, Passage, Prediction
from tests.configurations import composed
from tests.harness.records import build_record

SHOWN = ("aa bb", "cc", "bb cc", "dd")
"""passages, each with the words that it supports"""


@dataclass(frozen=True)
class WordsJudge(Judge):
    """Supports a sentence if the evidence texts together have all its words; "hello" claims nothing."""

    KEY: ClassVar[str] = "tests.metrics.WordsJudge"
    name, model, reads = "words", "", "words"
    asked: list = field(default_factory=list, compare=False)

    def judge(self, questions):
        self.asked.extend(questions)
        return [self._judged(question) for question in questions]

    def _judged(self, question):
        words = question.answer.rstrip(".").split()
        if words == ["hello"]:
            return Judgement(())
        known = {word for text in question.evidence for word in text.split()}
        share = sum(word in known for word in words) / len(words)
        verdict = "supported" if share == 1 else "unsupported"
        return Judgement((Claim(question.answer, 0, 1, 0, 1.0, share, verdict, None, 0, 0),))


def pair(written, example=MUSEUM, shown=SHOWN):
    passages = tuple(Passage(f"dd{at}", text, 0, len(text), 1.0) for at, text in enumerate(shown))
    text = plain(written)
    return example, Prediction(example.id, text, passages, (), "stop", written="" if text == written else written)


def scores(*pairs, kinds=(CitationRecall, CitationPrecision)):
    context = TaskContext(FixtureTask())
    return [[*kind(WordsJudge()).bind(context).score(pairs)] for kind in kinds]


@pytest.mark.parametrize(
    ("written", "recall", "precision"),
    [
        ("aa [1].", 1, 1),
        ("aa [1][4].", 1, 1 / 2),  # 4 neither supports it nor is needed
        ("bb [1][3].", 1, 1),  # either alone supports it: none is irrelevant
        ("aa cc [1][2].", 1, 1),  # none supports it alone, and both are needed
        ("aa bb cc [1][2][4].", 1, 2 / 3),
        ("aa dd [1].", 0, 0),  # half of it is unsupported
        ("aa [9].", 0, 0),
        ("aa [1][9].", 0, 0),  # a citation that leads nowhere
        ("aa [1]. dd.", 1 / 2, 1),  # the second sentence cites nothing
        ("aa [1]. dd [1][2].", 1 / 2, 1 / 3),
        ("hello. aa [1].", 1, 1),  # a greeting needs no citation
        ("hello [4]. aa [1].", 1, 1),
    ],
)
def test_by_hand(written, recall, precision):
    found = scores(pair(written), pair("cc [2]."))
    assert [row[0].value for row in found] == [pytest.approx(recall), pytest.approx(precision)]
    assert [row[0].note for row in found] == ["", ""]


def test_an_empty_answer_stays_in_and_a_refusal_is_scored_as_ever():
    rows = scores(
        pair("aa [1]."), pair("", MUSEUM), failed(MUSEUM), pair("I don't know."), pair("I don't know.", UNKNOWN)
    )
    for row in rows:
        assert [one.value for one in row] == [1.0, 0.0, 0.0, 0.0, 1.0]
        assert [one.reason for one in row] == ["", "", "", "abstained", "abstained"]


def test_where_no_answer_cites_the_best_passage_is_found_and_every_value_says_so():
    recall, precision = scores(pair("cc."), pair("aa dd. bb."), pair("hello."))
    assert [one.value for one in recall] == [1.0, 0.5, None]
    assert [one.value for one in precision] == [1.0, 0.5, None]
    assert [one.note for one in recall[:2]] == ["found afterwards"] * 2
    assert recall[0].details == {"statements": 1.0, "citations": 1.0, "passage 2": 1.0, "found afterwards": 1.0}


def test_where_one_answer_cites_those_that_do_not_have_none():
    recall, _ = scores(pair("cc."), pair("cc [2]."))
    assert [one.value for one in recall] == [0.0, 1.0]
    assert recall[1].details == {"statements": 1.0, "citations": 1.0, "passage 2": 1.0}


def test_an_arm_without_passages_has_no_value():
    (row,) = scores((MUSEUM, Prediction("museum", "aa.", (), (), "stop")), kinds=(CitationRecall,))
    assert (row[0].value, row[0].reason) == (None, "not_applicable")


def test_the_judge_is_asked_each_question_once_for_both_metrics():
    context, judge = TaskContext(FixtureTask()), WordsJudge()
    pairs = [pair("aa cc [1][2].")]
    CitationRecall(judge).bind(context).score(pairs)
    asked = len(judge.asked)
    CitationPrecision(judge).bind(context).score(pairs)
    assert len(judge.asked) == asked == len(set(judge.asked))


@pytest.mark.parametrize("name", ["citation_recall", "citation_precision"])
def test_with_the_shipped_judge_the_known_answers_come_out(name):
    from harness.cli.builder import Builder

    built = Builder().build(composed(f"metric=[{name}]")["metric"][name], "metric")
    assert faults(built) == []


def test_a_record_keeps_what_was_written(tmp_path):
    example = Example("e", "?", ("!",), ())
    answer = replace(answered(example, "It is red.")[1], written="It is red [1].")
    records.write(build_record(examples=[example], predictions=[answer], metrics={}), tmp_path / "r")
    assert records.read(tmp_path / "r").predictions[0].written == "It is red [1]."
