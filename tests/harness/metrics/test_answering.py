from dataclasses import replace

import pytest

from harness.metrics.abstention import Abstention
from harness.metrics.chrf import ChrF
from harness.metrics.exact_match import ExactMatch
from harness.metrics.rouge_l import RougeL
from harness.metrics.token_f1 import TokenF1

COMPARING = [ExactMatch(), TokenF1(), RougeL(), ChrF()]
DECIDING = [*COMPARING, Abstention()]


@pytest.fixture(params=COMPARING, ids=lambda metric: metric.name)
def comparing(request):
    return request.param


@pytest.fixture(params=DECIDING, ids=lambda metric: metric.name)
def deciding(request):
    return request.param


def asked(made, question):
    example, prediction = made
    return replace(example, input=question), prediction


def one(metric, pair):
    (score,) = metric.score([pair])
    assert (score.example_id, score.metric) == ("x", metric.name)
    return score


ANSWERS = ["Paris", "the year 1990 in Berlin", "Эйфелева башня", "北京大学", "un café à Orléans", "x", "?"]


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_perfect_answer_gets_the_best_and_a_wrong_one_less(comparing, pair, answer):
    assert one(comparing, pair(answer, answer)).value == pytest.approx(1.0)
    assert one(comparing, pair("zebra 77 狗 ё", answer)).value < 0.3


def test_the_best_reference_counts_wherever_it_stands(comparing, pair):
    assert one(comparing, pair("Paris", "London", "Paris")).value == pytest.approx(1.0)
    assert one(comparing, pair("Paris", "Paris", "London")).value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("answer", "finish", "error", "note"),
    [
        ("Paris", "length", "", "cut off"),
        ("", "stop", "", "empty"),
        (" \n", "stop", "", "empty"),
        ("", "error", "server said 500", "server said 500"),
    ],
)
def test_a_failed_prediction_is_worst_even_where_it_would_be_right(deciding, pair, answer, finish, error, note):
    for answerable in (True, False):
        score = one(deciding, pair(answer, "Paris", finish=finish, error=error, answerable=answerable))
        assert (score.value, score.reason) == (0.0, "")
        assert note in score.note


def test_a_refusal_of_an_answerable_example_is_worst(deciding, pair):
    score = one(deciding, pair("I don't know.", "I know Paris"))
    assert (score.value, score.reason) == (0.0, "abstained")


def test_a_refusal_of_an_unanswerable_example_is_best(deciding, pair):
    score = one(deciding, pair("I don't know.", answerable=False))
    assert (score.value, score.reason) == (1.0, "abstained")


def test_answering_an_unanswerable_example_is_worst(deciding, pair):
    score = one(deciding, pair("Paris", "Paris", answerable=False))
    assert (score.value, score.reason) == (0.0, "")


PORTUGUESE, CZECH = "Não sei, isso não está no texto, mas uma loja pode saber.", "Nevím."


@pytest.mark.parametrize(
    ("answer", "question"), [(PORTUGUESE, "?"), (CZECH, "Kdy je to v Brně otevřeno, ale jen pro děti?")]
)
def test_an_answer_that_may_refuse_in_an_unlisted_language_has_no_value(deciding, pair, answer, question):
    score = one(deciding, asked(pair(answer, answerable=False), question))
    assert (score.value, score.reason) == (None, "not_recognised")
    assert "are not recognised" in score.note


def test_an_answer_in_an_unlisted_language_is_compared_with_references(comparing, pair):
    assert one(comparing, pair(PORTUGUESE, PORTUGUESE)).value == pytest.approx(1.0)
    assert one(Abstention(), pair(PORTUGUESE, PORTUGUESE)).value == 1.0  # a right answer is no refusal
    assert one(Abstention(), pair(PORTUGUESE, "Paris")).value is None


def test_a_listed_refusal_in_answer_to_an_unlisted_question_is_one(deciding, pair):
    question = "Qual é o preço de uma bicicleta na loja?"
    score = one(deciding, asked(pair("I don't know.", answerable=False), question))
    assert (score.value, score.reason) == (1.0, "abstained")


def test_a_refusal_of_the_references_is_an_answer(deciding, pair):
    """A support desk whose right reply is a refusal wants exactly that reply."""
    reply = "I'm sorry, I don't have any information about that."
    score = one(deciding, pair(reply, reply))
    assert (score.value, score.reason) == (pytest.approx(1.0), "")


def test_an_example_without_reference_has_no_value(comparing, pair):
    score = one(comparing, pair("Paris"))
    assert (score.value, score.reason) == (None, "not_applicable")


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "a" * 10_000, "\u202e", "﷽", "🏳️‍🌈" * 50, " ".join("abc" * 3000)])
def test_odd_text_neither_raises_nor_gives_nan(deciding, pair, text):
    for given, wanted in ((text, "Paris"), ("Paris", text)):
        score = one(deciding, pair(given, wanted))
        assert score.reason == "not_recognised" if score.value is None else 0.0 <= score.value <= 1.0


def test_scores_stand_in_the_order_of_the_pairs(comparing, pair):
    scores = comparing.score([pair("a b", "a b"), pair("c", "d"), pair("a b", "a b")])
    assert [round(score.value) for score in scores] == [1, 0, 1]
    assert comparing.score([]) == []
