"""Whatever a reference looks like, the reference as an answer is right for every metric that applies."""

import pytest

from harness.metrics.abstention import Abstention
from harness.metrics.accuracy import Accuracy
from harness.metrics.chrf import ChrF
from harness.metrics.exact_match import ExactMatch
from harness.metrics.json_equality import JsonEquality
from harness.metrics.macro_f1 import MacroF1
from harness.metrics.number_equality import NumberEquality
from harness.metrics.rouge_l import RougeL
from harness.metrics.token_f1 import TokenF1
from harness.text.refusals import is_refusal
from harness.types import Example, Prediction
from tests.harness.metrics.tasks import bound

REFERENCES = (
    "Gwarancja trwa trzy miesiące.",
    "保証期間は三か月です。",
    "はい",
    "ثلاثة أشهر",
    "สามเดือน",
    "北京",
    "def f(x):\n    return {'a': x ** 2}[\"a\"] != -1",
    "SELECT COUNT(*) FROM t WHERE a <> 'b';",
    '{"a": [1, {"b": null}]}',
    "| item | months |\n| --- | --- |\n| x | 74 |",
    r"$\frac{1}{2}\pi r^2$",
    "C++",
    "C",
    "👍",
    "🇫🇷 ✅",
    "-5 °C",
    "12.5%",
    "1,000",
    "yes",
    "no",
    "N/A",
    "<b>AT&amp;T</b>",
    "+",
    "https://example.org/a?b=1&c=2",
)
METRICS = (
    ExactMatch(), TokenF1(), RougeL(), ChrF(), Accuracy(), MacroF1(), JsonEquality(), NumberEquality(), Abstention(),
)  # fmt: skip


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_perfect_answer_is_right(metric):
    examples = [Example(str(number), "?", (text,), ()) for number, text in enumerate(REFERENCES)]
    asked = [(own, Prediction(own.id, own.references[0], (), (), "stop")) for own in examples]
    scores = bound(metric, train=examples).score(asked)
    wrong = [own.references[0] for own, score in zip(examples, scores, strict=True) if score.value not in (1.0, None)]
    assert wrong == []
    assert all(score.reason == "not_applicable" for score in scores if score.value is None)


@pytest.mark.parametrize(
    ("answer", "reference", "value"),
    [
        ("3.5", "35", 0.0),
        ("-5", "5", 0.0),
        ("12.5%", "125", 0.0),
        ("C++", "C", 0.0),
        ("1,000", "1000", 1.0),
        ("AT&T", "AT&amp;T", 1.0),
        ("AT&amp;T", "AT&T", 1.0),
        ("caf&eacute;", "café", 1.0),
        ("a &lt; b", "a < b", 1.0),
        ("R&D;", "R&D", 1.0),
    ],
)
def test_marks_and_entities(pair, answer, reference, value):
    assert ExactMatch().score([pair(answer, reference)])[0].value == value
    f1 = TokenF1().score([pair(answer, reference)])[0].value
    assert f1 == value


@pytest.mark.parametrize(
    "text",
    [
        "There is no information desk on the second floor.",
        "We cannot answer the phone on Sundays; write an email.",
        "I do not know a better cable than the K3.",
        "no",
        "None",
        "-",
    ],
)
def test_statements_that_are_no_refusals(text):
    assert not is_refusal(text)


def test_refusals_are_still_known():
    assert all(
        map(is_refusal, ["I don't know any more", "There is no information about that.", "We cannot answer that."])
    )


ANSWERS = (
    Prediction("x", "an answer", (), (), "stop"),
    Prediction("x", "I don't know.", (), (), "stop"),
    Prediction("x", "", (), (), "stop"),
)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_without_references_there_is_nothing_to_compare_whatever_the_answer_is(metric):
    scores = bound(metric).score([(Example("x", "?", (), ()), answer) for answer in ANSWERS])
    assert {(score.value, score.reason) for score in scores} == {(None, "not_applicable")}


@pytest.mark.parametrize("metric", [JsonEquality(), NumberEquality()], ids=lambda metric: metric.name)
def test_refusals_and_failures_have_no_value_where_no_answer_could_have_one(metric):
    scores = bound(metric).score([(Example("x", "?", ("green",), ()), answer) for answer in ANSWERS])
    assert {(score.value, score.reason) for score in scores} == {(None, "not_applicable")}


def test_what_is_marked_as_unanswerable_makes_refusals_right_and_wrong():
    examples = [Example("x", "?", (), (), answerable=answerable) for answerable in (True, False)]
    scores = bound(Abstention()).score([(own, ANSWERS[1]) for own in examples])
    assert [score.value for score in scores] == [0.0, 1.0]
