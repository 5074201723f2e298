"""Faithfulness, groundedness, hallucination rate, fabrication: whose failure decides, which evidence, what is kept."""

from dataclasses import dataclass, field, replace

import pytest

from harness.analysis.outcomes import UNSUPPORTED, passage_support
from harness.errors import DataError
from harness.judges.judge import Claim, Judge, Judgement
from harness.machine.measured import Span
from harness.metrics.fabrication import Fabrication
from harness.metrics.faithfulness import Faithfulness
from harness.metrics.groundedness import Groundedness
from harness.metrics.hallucination_rate import HallucinationRate
from harness.store.spec import digest
from harness.types import THE_INPUT, Document, Example, JudgedAnswer, JudgedClaim, Passage, Prediction, Turn
from tests.harness.metrics.tasks import bound
from tests.harness.records import build_record

REFUSAL = "I don't know."


@dataclass(frozen=True)
class Containing(Judge):
    """A judge for tests: each word is a claim, supported when evidence holds it; "?" asks, "!" is not judged."""

    name: str = "containing"
    model: str = ""
    reads: str = "words"
    asked: list = field(default_factory=list, compare=False)
    KEY = "tests.Containing"

    def judge(self, questions):
        self.asked.extend(questions)
        return [self.one(question) for question in questions]

    def one(self, question):
        if "!" in question.answer:
            return Judgement((), "too loud")
        return Judgement(tuple(self.claim(word, question) for word in question.answer.split()))

    def claim(self, word, question):
        start = question.answer.index(word)
        held = [(number, text.index(word)) for number, text in enumerate(question.evidence) if word in text]
        number, at = held[0] if held else (None, 0)
        verdict = "question" if word == "?" else "supported" if held else "unsupported"
        end = at + len(word) if held else 0
        return Claim(word, start, start + len(word), 0, 1.0, float(bool(held)), verdict, number, at, end)


DOCUMENTS = (Document("d1", "Title", "red green"), Document("d2", "", "blue"))


def case(answer, evidence=("d1",), answerable=True, finish="stop", passages=(), question="?"):
    example = Example("x", question, ("right",) if answerable else (), evidence, answerable)
    shown = tuple(Passage("p", text, 0, len(text), 1.0) for text in passages)
    return example, Prediction("x", answer, shown, (), finish)


def faithfulness():
    return bound(Faithfulness(Containing()), DOCUMENTS)


def fabrication():
    return bound(Fabrication(Containing()), DOCUMENTS)


def hallucination_rate():
    return bound(HallucinationRate(Containing()), DOCUMENTS)


class Doubting(Containing):
    """Never sure: support .75 where the evidence holds the word, else .25."""

    KEY = "tests.Doubting"

    def claim(self, word, question):
        sure = super().claim(word, question)
        return replace(sure, support=0.25 + sure.support / 2)


def value(metric, *given, **more):
    (score,) = metric.score([case(*given, **more)])
    return score.value, score.reason


def test_the_mean_support_of_a_judge_of_verdicts_is_the_share_of_supported_claims():
    assert value(faithfulness(), "red green pink black") == (0.5, "")
    assert value(faithfulness(), "red") == (1.0, "")
    assert value(faithfulness(), "red ?") == (1.0, "")


def test_support_is_averaged_and_verdicts_are_counted():
    """Three claims in four supported: .75 of support each, .25 the fourth; a question counts for neither."""
    answer = "red green red pink ?"
    assert value(bound(Faithfulness(Doubting()), DOCUMENTS), answer) == (0.625, "")
    assert value(bound(Groundedness(Doubting())), answer, passages=["red"]) == (0.5, "")
    assert value(bound(HallucinationRate(Doubting()), DOCUMENTS), answer) == (0.25, "")
    assert value(bound(Fabrication(Doubting()), DOCUMENTS), answer) == (1.0, "")


@pytest.mark.parametrize("metric", [Faithfulness, Groundedness])
def test_shares_of_supported_claims_and_mean_support_never_share_a_column(metric):
    """Version 3 was the share; see `harness.analysis.selection.same_meaning`."""
    assert metric.VERSION > 3


def test_fabrication_is_one_unsupported_claim():
    assert value(fabrication(), "red green") == (0.0, "")
    assert value(fabrication(), "red green pink") == (1.0, "")


def test_title_and_all_gold_documents_are_evidence():
    assert value(faithfulness(), "Title blue", ("d1", "d2")) == (1.0, "")
    assert value(faithfulness(), "Title blue", ("d2",)) == (0.5, "")


def test_the_input_is_evidence_for_summaries():
    assert value(faithfulness(), "red pink", THE_INPUT, question="red dog") == (0.5, "")
    talk = (Turn("system", "pink"), Turn("user", "red"))
    assert value(faithfulness(), "red pink", THE_INPUT, question=talk) == (0.5, "")


@pytest.mark.parametrize(
    ("metric", "best", "worst"),
    [(faithfulness(), 1.0, 0.0), (hallucination_rate(), 0.0, 1.0), (fabrication(), 0.0, 1.0)],
)
def test_whose_failure_decides(metric, best, worst):
    assert value(metric, "red", finish="length") == (worst, "")
    assert value(metric, "", finish="error") == (worst, "")
    assert value(metric, REFUSAL) == (worst, "abstained")
    assert value(metric, REFUSAL, (), answerable=False) == (best, "abstained")
    assert value(metric, "red", (), answerable=False) == (worst, "")
    assert value(metric, "loud!") == (None, "unjudged")
    assert value(metric, "? ?") == (None, "not_applicable")


def test_without_known_evidence_no_arm_has_a_value():
    for answer in ("red", REFUSAL, ""):
        assert value(faithfulness(), answer, ()) == (None, "not_applicable")


def test_unknown_documents_are_an_error_that_says_what_to_do():
    with pytest.raises(DataError, match="d9 is not among the 2 documents"):
        faithfulness().score([case("red", ("d9",))])
    with pytest.raises(DataError, match="not bound to a task; call bind"):
        Faithfulness(Containing()).score([case("red")])


def test_the_judge_is_asked_only_about_answers_and_scores_keep_their_order():
    metric = faithfulness()
    pairs = [case("red"), case(REFUSAL), case("pink"), case("", finish="error"), case("green red")]
    assert [score.value for score in metric.score(pairs)] == [1.0, 0.0, 0.0, 0.0, 1.0]
    assert [question.answer for question in metric.judge.asked] == ["red", "pink", "green red"]


def test_judgements_name_the_source_and_quote_it():
    (judged,) = faithfulness().judgements([case("green pink")])
    assert judged == JudgedAnswer(
        "x",
        "gold evidence",
        (JudgedClaim(0, 5, "supported", 1.0, "d1", "green"), JudgedClaim(6, 10, "unsupported", 0.0)),
    )
    (judged,) = faithfulness().judgements([case("red", THE_INPUT, question="a red dog")])
    assert judged.claims[0].source == "@input"
    (judged,) = faithfulness().judgements([case("loud!")])
    assert (judged.claims, judged.unjudged) == ((), "too loud")


def test_only_what_came_before_the_judge_is_judged():
    decided = [case(REFUSAL), case("red", finish="error"), case("red", answerable=False), case("red", ())]
    assert faithfulness().judgements(decided) == []


def test_groundedness_judges_passages_and_nothing_without_a_retriever():
    metric = bound(Groundedness(Containing()))
    assert metric.judgements([case("blue")]) == []
    (judged,) = metric.judgements([case("blue", passages=("so blue",))])
    assert judged == JudgedAnswer("x", "passages", (JudgedClaim(0, 4, "supported", 1.0, "p", "blue"),))


def test_answers_are_ranked_alike_whatever_is_answerable():
    """Judgements against the passages do not depend on the label; the value of the metric does, by rule."""
    shown = ("blue and red",)
    answers = ["blue", "blue pink", "pink", "loud!", REFUSAL, "blue red"]
    ranked = []
    for flipped in (False, True):
        pairs = [
            (
                replace(example, id=f"e{place}", answerable=(place % 2 == 0) != flipped),
                replace(one, example_id=f"e{place}"),
            )
            for place, (example, one) in enumerate(case(answer, passages=shown) for answer in answers)
        ]
        metric = bound(Groundedness(Containing()))
        examples, predictions = zip(*pairs, strict=True)
        record = build_record(
            examples=examples,
            predictions=predictions,
            scores=metric.score(pairs),
            metrics={metric.name: {}},
            judgements=tuple(metric.judgements(pairs)),
        )
        ranked.append(passage_support(record))
        assert [score.value for score in record.scores][1 if not flipped else 0] == 0.0
    assert ranked[0] == ranked[1] == {"e0": 1.0, "e1": 0.5, "e2": 0.0, "e3": UNSUPPORTED, "e5": 1.0}


def test_a_failed_answer_says_how():
    (failed,) = faithfulness().score([case("x", finish="length")])
    assert failed.note == "failed: cut off at the token limit"
    (stuck,) = faithfulness().score([case("x", finish="loop")])
    assert (stuck.value, stuck.note) == (0.0, "failed: cut off in a repetition without end")


@dataclass(frozen=True)
class Named:
    """A component small enough to have a specification."""

    KEY = "tests.Named"
    name: str


def test_documents_are_no_part_of_what_the_metric_is():
    """They are part of the specification of the task."""
    assert digest(Faithfulness(Named("a"))) == digest(bound(Faithfulness(Named("a")), DOCUMENTS))
    assert digest(Faithfulness(Named("a"))) != digest(Faithfulness(Named("b")))


def test_groundedness_reads_the_passages_and_not_the_gold():
    metric = bound(Groundedness(Containing()))
    assert value(metric, "blue red", passages=("blue",)) == (0.5, "")
    assert value(metric, "blue", (), passages=("blue",)) == (1.0, "")
    assert value(metric, REFUSAL, passages=("blue",)) == (0.0, "abstained")
    assert value(metric, "blue", passages=("blue",), finish="error") == (0.0, "")


def test_groundedness_of_an_arm_that_retrieves_nothing():
    metric = bound(Groundedness(Containing()))
    assert value(metric, "blue") == (None, "not_applicable")
    nothing_found, found = case("blue"), case("blue", passages=("blue",))
    assert [score.value for score in metric.score([nothing_found, found])] == [0.0, 1.0]
    example, prediction = case("blue")
    searched = Prediction("x", prediction.text, (), (Span("search", 0.1),), "stop")
    assert metric.score([(example, searched)])[0].value == 0.0


def test_the_lexical_judge_in_the_metric():
    from pathlib import Path

    import yaml

    from harness.cli.config import Builder

    conf = Path(__file__).resolve().parents[3] / "conf"
    node = yaml.safe_load((conf / "metric" / "faithfulness.yaml").read_text(encoding="utf-8"))
    node["judge"] = yaml.safe_load((conf / "judge" / "lexical_words.yaml").read_text(encoding="utf-8"))
    builder = Builder()
    metric = builder.build(node, "metric.faithfulness")
    assert builder.problems == []
    documents = [Document("d1", "Opening", "The museum opened in 1894. Entry is free on Sundays.")]
    pairs = [case("The museum opened in 1894."), case("The museum opened in 1904."), case("周日免费。")]
    true, *false = [score.value for score in bound(metric, documents).score(pairs)]
    assert true > 0.8
    assert max(false) < 0.1
