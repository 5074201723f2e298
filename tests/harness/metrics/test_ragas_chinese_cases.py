"""Chinese, worked out by hand, for the metrics that ask a language model through ragas.

The model is a server of this machine: for it a statement is true where the other text holds it word by word.
"""

import json

import pytest

from harness.judges.ragas.judge import RagasJudge
from harness.judges.ragas.served import ServedModel
from harness.metrics.ragas_answer_correctness import RagasAnswerCorrectness
from harness.metrics.ragas_context_precision import RagasContextPrecision
from harness.metrics.ragas_context_recall import RagasContextRecall
from harness.types import Example, Passage, Prediction
from tests.servers.fake_openai import Say, fake_openai

OPENED, CLOSED, PRICE, DOGS = "博物馆于1894年开放。", "每周一闭馆。", "门票二十欧元。", "狗不得入内。"


def statements(text):
    return [f"{one}。" for one in text.split("。") if one]


def rows(found, **more):
    return [{"statement": one, "reason": "", **{name: rule(one) for name, rule in more.items()}} for one in found]


def reading(body):
    prompt = body["messages"][0]["content"]
    asked = json.loads(prompt.rpartition("input: ")[2].removesuffix("Output: "))
    if "ground_truth" in asked:
        given, true = asked["answer"], asked["ground_truth"]
        data = {
            "TP": rows(one for one in given if one in true),
            "FP": rows(one for one in given if one not in true),
            "FN": rows(one for one in true if one not in given),
        }
    elif "context" in asked and "classifications" in prompt:
        data = {
            "classifications": rows(statements(asked["answer"]), attributed=lambda one: int(one in asked["context"]))
        }
    elif "context" in asked:
        data = {"reason": "", "verdict": int(asked["answer"] in asked["context"])}
    else:
        data = {"statements": statements(asked["answer"])}
    return Say(words=(json.dumps(data, ensure_ascii=False),))


@pytest.fixture
def judge():
    with fake_openai(models={"judge": {}}) as fake:
        fake.answers = reading
        served = ServedModel(
            base_url=fake.url, api_key_env="", model="judge", revision="", schema="json_schema", max_tokens=256,
            limit_parameter="max_tokens", temperature=0.0, timeout_seconds=5.0, retries=0, extra_body={},
        )  # fmt: skip
        yield RagasJudge(served, 4, 1, "", None, None)


def value(metric, reference, answer="", passages=(), answerable=True):
    shown = tuple(Passage(f"馆{number}", text, 0, len(text), 1.0) for number, text in enumerate(passages))
    example = Example("x", "博物馆何时开放？", (reference,) if answerable else (), (), answerable)
    (score,) = metric.score([(example, Prediction("x", answer or "不知道。", shown, (), "stop"))])
    return score.value


def test_context_recall_is_the_share_of_the_references_statements_that_stand_in_the_passages(judge):
    metric = RagasContextRecall(judge)
    assert value(metric, OPENED + CLOSED, passages=[OPENED + CLOSED, DOGS]) == 1.0
    assert value(metric, OPENED + CLOSED, passages=[CLOSED, DOGS]) == 0.5
    assert value(metric, OPENED + CLOSED + PRICE, passages=[DOGS + PRICE]) == pytest.approx(1 / 3)
    assert value(metric, OPENED, passages=[DOGS]) == 0.0


def test_context_precision_is_the_average_precision_of_useful_passages(judge):
    metric = RagasContextPrecision(judge)
    useful, useless = OPENED + CLOSED, DOGS
    assert value(metric, OPENED, passages=[useful, useless]) == pytest.approx(1.0)
    assert value(metric, OPENED, passages=[useless, useful]) == pytest.approx(1 / 2)
    # places 1 and 3 are useful: (1/1 + 2/3) / 2
    assert value(metric, OPENED, passages=[useful, useless, OPENED]) == pytest.approx(5 / 6)
    assert value(metric, OPENED, passages=[useless, PRICE]) == pytest.approx(0.0)


def test_answer_correctness_is_the_f1_of_statements(judge):
    metric = RagasAnswerCorrectness(judge, 0.0, "")
    assert value(metric, OPENED, OPENED) == 1.0
    # one right, one wrong, none missed: 1 / (1 + (1 + 0) / 2)
    assert value(metric, OPENED, OPENED + DOGS) == pytest.approx(2 / 3)
    # one right, one wrong, two missed: 1 / (1 + (1 + 2) / 2)
    assert value(metric, OPENED + CLOSED + PRICE, OPENED + DOGS) == pytest.approx(2 / 5)
    assert value(metric, OPENED, DOGS) == 0.0


def test_a_chinese_refusal_is_decided_without_the_model(judge):
    metric = RagasAnswerCorrectness(judge, 0.0, "")
    assert value(metric, OPENED, "抱歉，我无法回答这个问题。") == 0.0
    assert value(metric, OPENED, "抱歉，我无法回答这个问题。", answerable=False) == 1.0
