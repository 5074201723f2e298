"""Abstention judged by a model: a server of this machine with scripted replies."""

import json
from dataclasses import replace

import pytest

from harness.cli.config import compose, experiment
from harness.errors import JudgeError
from harness.judges.ragas.judge import RagasJudge
from harness.judges.ragas.served import ServedModel
from harness.metrics.judged_abstention import JudgedAbstention
from harness.metrics.selftest.check import faults
from harness.runner.judge_cost import spending
from harness.types import Example, Prediction
from tests.servers.fake_openai import Say, fake_openai

SHY = "The sea keeps its secrets."
"""a refusal that no pattern knows"""


def given(body):
    return json.loads(body["messages"][0]["content"].rpartition("input: ")[2])


def said(declines):
    return Say(words=(json.dumps({"reason": "so it reads", "declines": declines}),))


def right(body):
    answer = given(body)["answer"]
    return said(answer in (SHY, "I don't know.", "我不知道。"))


@pytest.fixture
def server():
    with fake_openai(models={"judge": {}}) as fake:
        fake.answers = right
        yield fake


def metric(url, cache=""):
    served = ServedModel(
        base_url=url, api_key_env="", model="judge", revision="", schema="json_schema", max_tokens=256,
        limit_parameter="max_tokens", temperature=0.0, timeout_seconds=5.0, retries=0, extra_body={},
    )  # fmt: skip
    return JudgedAbstention(RagasJudge(served, 4, 1, str(cache), None, None))


def pair(answer, answerable=True, references=("1894",), finish="stop"):
    return (
        Example("x", "When did it open?", references if answerable else (), (), answerable),
        Prediction("x", answer, (), (), finish),
    )


def outcome(found):
    return [(one.value, one.reason) for one in found]


def test_the_model_decides_and_the_note_says_where_the_patterns_differ(server):
    pairs = [pair(SHY, False), pair(SHY), pair("In 1894."), pair("In 1894.", False), pair("I don't know.", False)]
    found = metric(server.url).score(pairs)
    assert outcome(found) == [(1.0, "abstained"), (0.0, "abstained"), (1.0, ""), (0.0, ""), (1.0, "abstained")]
    assert [one.note for one in found] == ["by the patterns it is an answer"] * 2 + [""] * 3


def test_chinese_by_hand(server):
    found = metric(server.url).score(
        [pair("我不知道。", False), pair("我不知道。"), pair("1894年。"), pair("1894年。", False)]
    )
    assert outcome(found) == [(1.0, "abstained"), (0.0, "abstained"), (1.0, ""), (0.0, "")]


def test_failures_and_refusals_of_references_cost_no_request(server):
    refused = pair("I don't know.", references=("Sorry, we can't say.",))
    found = metric(server.url).score([pair("", finish="error"), pair("In", finish="length"), refused])
    assert outcome(found) == [(0.0, ""), (0.0, ""), (1.0, "")]
    assert server.chats == []


def test_what_the_model_cannot_judge_is_unjudged_with_the_reason(server):
    server.answers = lambda body: Say(words=("Hm.",)) if "poison" in given(body)["answer"] else right(body)
    found = metric(server.url).score([pair("In 1894."), pair("poison"), pair(SHY, False)])
    assert outcome(found) == [(1.0, ""), (None, "unjudged"), (1.0, "abstained")]
    assert "not the JSON asked for" in found[1].note


def test_a_server_that_is_away_stops_the_cell(server):
    wanted = metric(server.url)
    away = replace(wanted, judge=replace(wanted.judge, llm=replace(wanted.judge.llm, base_url="http://127.0.0.1:9/v1")))
    with pytest.raises(JudgeError, match="is the server running"):
        away.score([pair("In 1894.")])


def test_what_was_said_is_remembered(server, tmp_path):
    first = metric(server.url, tmp_path).score([pair(SHY), pair("In 1894.")])
    assert metric(server.url, tmp_path).score([pair(SHY), pair("In 1894.")]) == first
    assert len(server.chats) == 2


def test_a_right_model_passes_the_known_answers_and_a_constant_one_does_not(server):
    assert faults(metric(server.url)) == []
    for always in (True, False):
        server.answers = lambda _, always=always: said(always)
        assert faults(metric(server.url))
    server.answers = lambda body: said(right(body) == said(False))
    assert faults(metric(server.url))


RAGAS = ["task=qa", "limit=40", "judge=ragas", "judge.llm.model=big", "metric=[abstention,judged_abstention]"]


def test_it_is_off_by_default_and_its_price_stands_in_the_plan():
    assert "judged_abstention" not in experiment(compose(["task=qa"])).metrics
    wanted = experiment(compose(RAGAS))
    assert wanted.metrics["judged_abstention"].judge.model == "big"
    planned = spending(wanted.metrics, wanted.task, 5)
    answered = sum(bool(one.references) for one in wanted.task.examples("test"))
    assert planned.requests == pytest.approx(5 * answered, rel=0.05)  # one each
