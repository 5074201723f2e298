"""The generator against a server that fails in every way that real ones were seen to fail."""

import gc
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.errors import ArmError
from harness.runner import predictions
from harness.store.spec import digest
from harness.store.store import Artifact
from harness.types import Example, Turn
from pipelines.generators.generator import BrokenOffError, Request
from pipelines.generators.server.abandoned import ABANDONED, close_abandoned
from pipelines.generators.server.openai import OpenAIGenerator
from pipelines.prepared import PreparedArm
from pipelines.prompts import Prompt
from tests.servers.fake_openai import Say, fake_openai

RIGHT = "The fork goes left."


def generator(url, **changes):
    settings = {
        "name": "served",
        "base_url": url,
        "api_key_env": "",
        "model": "base",
        "revision": "",
        "adapters": {},
        "max_context": None,
        "tokenizer": None,
        "system_role": "native",
        "limit_parameter": "max_tokens",
        "stream": True,
        "concurrency": 2,
        "timeout_seconds": 5.0,
        "retries": 2,
        "backoff_seconds": 0.01,
        "seed": None,
        "extra_body": {},
    }
    return OpenAIGenerator(**(settings | changes))


def request(number=0, text="Where does the fork go?"):
    return Request(f"e{number}", (Turn("system", "Answer."), Turn("user", text)))


@pytest.fixture
def fake():
    with fake_openai() as server:
        yield server


def answered(fake, *script, **changes):
    """Load, then answer one request while the server goes through the script."""
    loaded = generator(fake.url, **changes).load()
    fake.forget()
    fake.script.extend(script)
    return loaded.complete([request()], max_new_tokens=20)[0]


# ---- a server that works


def test_right_answer(fake):
    completion = answered(fake)
    assert (completion.text, completion.finish, completion.error) == (RIGHT, "stop", "")


@pytest.mark.parametrize("stream", [True, False])
def test_what_is_sent(fake, stream):
    answered(fake, stream=stream, seed=0, extra_body={"top_k": 1})
    (body,) = fake.chats
    assert body["model"] == "base"
    assert body["messages"] == [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "Where does the fork go?"},
    ]
    assert (body["temperature"], body["max_tokens"], body["seed"], body["top_k"]) == (0, 20, 0, 1)
    assert body["stream"] is stream
    assert ("stream_options" in body) is stream


def test_no_seed_is_sent_unless_set(fake):
    answered(fake)
    assert "seed" not in fake.chats[0]


def test_limit_parameter(fake):
    answered(fake, limit_parameter="max_completion_tokens")
    assert fake.chats[0]["max_completion_tokens"] == 20
    assert "max_tokens" not in fake.chats[0]


def test_merged_system_role(fake):
    completion = answered(fake, system_role="merged")
    assert fake.chats[0]["messages"] == [{"role": "user", "content": "Answer.\n\nWhere does the fork go?"}]
    assert completion.prompt_sha256 == digest(fake.chats[0]["messages"])


def test_timed_requests_make_no_hash_and_no_text_for_the_record(fake):
    loaded = generator(fake.url).load()
    loaded.activate("base", None, "none")
    (timed,) = loaded.complete([request()], 20)
    loaded.deactivate()
    (kept,) = loaded.complete([request()], 20)
    assert (timed.text, timed.prompt, timed.prompt_sha256) == (RIGHT, "", "")
    assert kept.prompt_sha256 == digest(fake.chats[-1]["messages"])


def test_stream_tells_prefill_from_decode(fake):
    prefill, decode = answered(fake, Say(seconds=0.15, seconds_per_word=0.05)).spans
    assert (prefill.stage, prefill.tokens_in, prefill.tokens_out) == ("prefill", 11, 1)
    assert (decode.stage, decode.tokens_in, decode.tokens_out) == ("decode", 0, 3)
    assert prefill.seconds >= 0.15
    assert decode.seconds >= 0.15
    assert prefill.device == "server"


def test_whole_answer_has_one_span(fake):
    (span,) = answered(fake, Say(seconds=0.1), stream=False).spans
    assert (span.stage, span.tokens_in, span.tokens_out) == ("decode", 11, 4)
    assert span.seconds >= 0.1


def test_tokens_are_estimated_when_the_server_counts_none(fake):
    prefill, decode = answered(fake, Say(usage=False)).spans
    assert prefill.tokens_in > 11  # the estimate is on the high side
    assert prefill.tokens_out + decode.tokens_out == 7  # 19 characters


def test_length(fake):
    assert answered(fake, Say(finish_reason="length")).finish == "length"


def test_empty_answer_is_an_answer(fake):
    completion = answered(fake, Say(words=()))
    assert (completion.text, completion.finish) == ("", "stop")


# ---- a server that fails: retried, bounded, then a failed prediction


PATIENCE = {"slow": 1.0, "trickling": 1.0}
"""seconds, of the cases that are about time; no shorter, or a busy machine makes right answers late"""

BROKEN = {
    "500": (Say(status=500), "HTTP 500: "),
    "503": (Say(status=503), "HTTP 503: "),
    "429": (Say(status=429), "HTTP 429: "),
    "slow": (Say(seconds=5.0), "no answer within 1 s"),
    "trickling": (Say(seconds_per_word=1.0), "no answer within 1 s"),
    "broken json": (Say(raw=b'data: {"choices": [{"delta": {"con\n\n'), "not JSON"),
    "error in the stream": (Say(raw=b'data: {"error": "CUDA out of memory"}\n\n'), "CUDA out of memory"),
    "nothing": (Say(raw=b""), "no choices"),
    "no choices": (Say(choices=False), "no choices"),
    "choices of another type": (Say(raw=b'data: {"choices": "none"}\n\n'), "no choices"),
    "hangs up": (Say(hang_up_after=0), "connection"),
    "hangs up within the answer": (Say(hang_up_after=2), "broke off"),
    "no end": (Say(finish_reason=None), "no finish_reason"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_failure_that_stays(fake, case):
    say, reason = BROKEN[case]
    completion = answered(fake, say, say, say, say, timeout_seconds=PATIENCE.get(case, 60.0), retries=1)
    assert (completion.text, completion.finish, completion.spans) == ("", "error", ())
    assert reason in completion.error
    assert len(fake.chats) == 2  # one attempt and one retry


@pytest.mark.parametrize("case", BROKEN)
def test_failure_that_passes(fake, case):
    completion = answered(fake, BROKEN[case][0], timeout_seconds=PATIENCE.get(case, 60.0))
    assert (completion.text, completion.finish, completion.error) == (RIGHT, "stop", "")
    assert len(fake.chats) == 2


@pytest.mark.parametrize("raw", [b"{", b"<html>busy</html>", b"[]", b'"text"', b"{}", b'{"choices": []}'])
def test_whole_answer_that_is_none(fake, raw):
    completion = answered(fake, *[Say(raw=raw)] * 3, stream=False)
    assert completion.finish == "error"
    assert len(fake.chats) == 3


def test_server_goes_away_mid_way():
    with fake_openai() as fake:
        loaded = generator(fake.url).load()
    completion = loaded.complete([request()], 20)[0]
    assert completion.finish == "error"
    assert completion.error.startswith("connection")


def test_retry_after_is_honoured(fake):
    answered(fake, Say(status=429, headers={"retry-after": "1"}), backoff_seconds=0.0)
    assert fake.times[1] - fake.times[0] >= 1.0


def test_retry_after_is_bounded(fake):
    answered(fake, Say(status=429, headers={"retry-after": "3600"}), timeout_seconds=1.0)
    assert 1.0 <= fake.times[1] - fake.times[0] < 60.0


def test_back_off_doubles(fake):
    answered(fake, *[Say(status=500)] * 3, retries=3, backoff_seconds=0.1)
    pauses = [later - earlier for earlier, later in zip(fake.times, fake.times[1:], strict=False)]
    assert len(pauses) == 3
    assert all(pause >= least for pause, least in zip(pauses, (0.1, 0.2, 0.4), strict=True))
    assert pauses[2] > pauses[0]


@pytest.mark.parametrize("status", [400, 403, 413, 422])
def test_refused_request_is_not_tried_again(fake, status):
    say = Say(status=status, error="This model's maximum context length is 512 tokens, you asked for 900.")
    completion = answered(fake, say)
    assert completion.finish == "error"
    assert "maximum context length is 512" in completion.error
    assert len(fake.chats) == 1


def test_filtered_answer_is_a_failure(fake):
    completion = answered(fake, Say(finish_reason="content_filter"))
    assert completion.finish == "error"
    assert "content_filter" in completion.error
    assert len(fake.chats) == 1


# ---- what no example is to blame for refuses the cell


@pytest.mark.parametrize("say", [Say(status=401), Say(status=404), Say(status=429, code="insufficient_quota")])
def test_key_model_or_quota_gone_mid_way(fake, say):
    with pytest.raises(ArmError, match="model 'base'"):
        answered(fake, say)
    assert len(fake.chats) == 1


SPENT = [
    Say(status=402),
    Say(status=429, code="insufficient_quota"),
    Say(status=400, code="billing_hard_limit_reached"),
    Say(status=401),
]


@pytest.mark.parametrize("say", SPENT)
def test_what_came_before_a_refusal_is_kept_and_nothing_is_asked_after_it(fake, say):
    loaded = generator(fake.url, concurrency=1, retries=0).load()
    fake.forget()
    fake.script.extend([Say(), Say(status=400), Say(status=500), say])
    with pytest.raises(BrokenOffError, match="refuses to answer as model 'base'") as caught:
        loaded.complete([request(number) for number in range(7)], 20)
    assert len(fake.chats) == 4
    # the second can never be answered, which is an answer; the third may be, when the same command is given again
    assert {at: one.finish for at, one in caught.value.came.items()} == {0: "stop", 1: "error"}


def test_an_arm_goes_on_behind_a_refused_quota_without_asking_twice(fake, tmp_path):
    task = SimpleNamespace(instruction="Answer.", max_new_tokens=20, cut=None)
    examples = [Example(f"e{at}", f"question {at}", ("left",), ()) for at in range(9)]
    loaded = generator(fake.url, concurrency=1).load()  # 4 to the batch
    arm = PreparedArm("base", Prompt("Passages:", "Input:"), task, None, loaded)
    fake.script.extend([*[Say()] * 6, Say(status=429, code="insufficient_quota", error="You exceeded your quota.")])
    with pytest.raises(ArmError, match=r"exceeded your quota.*what was answered is kept"):
        predictions.stream(arm, examples, tmp_path)
    fake.forget()
    predictions.stream(arm, examples, tmp_path)
    assert [chat["messages"][-1]["content"] for chat in fake.chats] == ["question 6", "question 7", "question 8"]
    assert [one.text for one in predictions.read(tmp_path, examples)] == [RIGHT] * 9


# ---- many at once


def test_order_and_bounded_concurrency(fake):
    loaded = generator(fake.url, concurrency=3).load()
    fake.otherwise = Say(seconds=0.03)
    requests = [request(number, text=f"Question {number}") for number in range(10)]
    completions = loaded.complete(requests, 20)
    assert fake.most_under_way == 3
    by_text = {digest([{"role": t.role, "content": t.content} for t in r.turns]): r for r in requests}
    assert [by_text[completion.prompt_sha256] for completion in completions] == requests
    assert {span.batch_size for completion in completions for span in completion.spans} == {3}


def test_one_failure_leaves_the_others(fake):
    loaded = generator(fake.url, concurrency=1, retries=0).load()
    fake.script.extend([Say(), Say(status=500), Say()])
    finishes = [completion.finish for completion in loaded.complete([request(n) for n in range(3)], 20)]
    assert finishes == ["stop", "error", "stop"]


def test_a_server_that_is_gone_ends_the_arm_and_its_questions_are_no_answers(fake):
    loaded = generator(fake.url, retries=0).load()
    fake.script.extend([Say(status=500)] * 3)
    with pytest.raises(ArmError, match="500"):
        loaded.complete([request(n) for n in range(3)], 20)


def test_one_loop_serves_many_batches(fake):
    loaded = generator(fake.url).load()
    for _ in range(3):
        assert loaded.complete([request()], 20)[0].text == RIGHT
    assert loaded.complete([], 20) == []


def test_batches_hold_every_position_once_in_order(fake):
    loaded = generator(fake.url, concurrency=2).load()
    batches = loaded.batches([request(number) for number in range(19)])
    assert [len(batch) for batch in batches] == [8, 8, 3]
    assert [position for batch in batches for position in batch] == list(range(19))


# ---- loading


def test_nothing_listens():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/v1"
        with pytest.raises(ArmError, match=r"nothing answers there.*docs/SERVERS.md"):
            generator(url, retries=1).load()


def test_wrong_model_lists_the_right_ones():
    with (
        fake_openai(models={"tiny": {}, "other": {}}) as fake,
        pytest.raises(ArmError, match=r"lists other, tiny: set model.model=NAME"),
    ):
        generator(fake.url).load()


def test_server_without_a_list():
    with fake_openai(lists=False) as fake:
        assert generator(fake.url).load().complete([request()], 20)[0].text == RIGHT


def test_key_is_read_from_the_environment(monkeypatch):
    with fake_openai(key="sesame") as fake:
        monkeypatch.setenv("TEST_KEY", "sesame")
        loaded = generator(fake.url, api_key_env="TEST_KEY").load()
        assert loaded.complete([request()], 20)[0].text == RIGHT
        monkeypatch.setenv("TEST_KEY", "wrong")
        with pytest.raises(ArmError, match=r"\$TEST_KEY is not accepted") as caught:
            generator(fake.url, api_key_env="TEST_KEY").load()
        assert "wrong" not in str(caught.value)


def test_missing_key(monkeypatch):
    monkeypatch.delenv("TEST_KEY", raising=False)
    unset = generator("http://127.0.0.1:1/v1", api_key_env="TEST_KEY")
    assert unset.problems() == ["api_key_env names $TEST_KEY, which is not set; set it, or give '' for no key"]
    with pytest.raises(ArmError, match="TEST_KEY"):
        unset.load()


def test_users_openai_key_does_not_reach_other_servers(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with fake_openai(key="none") as fake:
        assert generator(fake.url).load().complete([request()], 20)[0].text == RIGHT


def test_refused_system_role_is_advised():
    with fake_openai() as fake:
        fake.otherwise = Say(status=400, error="System role not supported")
        with pytest.raises(ArmError, match=r"model\.system_role=merged"):
            generator(fake.url).load()


def test_problems_are_all_reported():
    wrong = generator("localhost", model="", concurrency=0, retries=-1, timeout_seconds=0, tokenizer="/nowhere")
    assert len(wrong.problems()) == 6
    assert generator("http://localhost/v1").problems() == []


# ---- adapters


def adapter():
    return Artifact(key="served:qlora", path=Path(), seconds=0.0, found=True)


def served(**models):
    return fake_openai(models={"base": {}, **models})


def test_adapter_answers_under_its_own_name():
    with served(tuned={"root": "/store/adapter/abc123", "created": 17}) as fake:
        fake.of_model["tuned"] = Say(words=("Left, ", "always."))
        loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
        facts = loaded.use("qlora", adapter())
        assert facts == {
            "token_counts": "estimated",
            "served_model": "tuned",
            "served_root": "/store/adapter/abc123",
            "adapter_probe_differs": True,
            "adapter_probe_compared": "answers",
        }
        assert loaded.complete([request()], 20)[0].text == "Left, always."
        assert loaded.use("base", None)["answered_as"] == "base-2026"
        assert loaded.complete([request()], 20)[0].text == RIGHT


def test_probe_is_asked_once_per_adapter():
    with served(tuned={}) as fake:
        fake.of_model["tuned"] = Say(words=("Left.",))
        loaded = generator(fake.url, adapters={"qlora": "tuned", "hybrid": "tuned"}).load()
        loaded.use("qlora", adapter())
        fake.forget()
        loaded.use("hybrid", adapter())
        assert fake.chats == []


def test_same_answer_alone_refuses_nothing(caplog):
    with served(tuned={}) as fake:
        loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
        assert loaded.use("qlora", adapter())["adapter_probe_differs"] is False
        assert "may not be applied" in caplog.text


def test_same_log_probabilities_refuse():
    with served(tuned={}) as fake:
        fake.otherwise = Say(logprobs=(-0.5, -1.25))
        loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
        with pytest.raises(ArmError, match="not applied"):
            loaded.use("qlora", adapter())


def test_log_probabilities_see_a_small_adapter():
    with served(tuned={}) as fake:
        fake.otherwise = Say(logprobs=(-0.5, -1.25))
        fake.of_model["tuned"] = Say(logprobs=(-0.5, -1.26))
        loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
        facts = loaded.use("qlora", adapter())
        assert facts["adapter_probe_differs"] is True
        assert facts["adapter_probe_compared"] == "answers and log-probabilities"


def test_server_that_refuses_log_probabilities():
    with served(tuned={}) as fake:
        loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
        fake.forget()
        fake.script.append(Say(status=422, error="Unexpected fields in the request: {'logprobs'}"))
        loaded.use("qlora", adapter())
        assert ["logprobs" in chat for chat in fake.chats] == [True, False, False]


def test_arm_without_an_entry(fake):
    loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
    with pytest.raises(ArmError, match=r"add `raft: NAME` under `adapters:`.*docs/SERVERS.md"):
        loaded.use("raft", adapter())


def test_adapter_that_the_list_rules_out():
    with fake_openai(strict=False) as fake:  # answers under any name: the list is all there is
        loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
        with pytest.raises(ArmError, match=r"adapters.qlora=tuned is not served; the server lists base"):
            loaded.use("qlora", adapter())


def test_list_without_the_base_rules_nothing_out():
    with fake_openai(models={"hub/cached": {}}, strict=False) as fake:
        loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
        assert loaded.use("qlora", adapter())["served_model"] == "tuned"


def test_adapter_unknown_to_a_server_without_a_list():
    with fake_openai(lists=False) as fake:
        loaded = generator(fake.url, adapters={"qlora": "tuned"}).load()
        with pytest.raises(ArmError, match=r"arm qlora: .*`tuned` does not exist"):
            loaded.use("qlora", adapter())


# ---- identity and counting


def test_content_key_knows_the_model_but_not_the_address():
    key = generator("http://a/v1").content_key()
    assert generator("http://b/v1", concurrency=9, name="x").content_key() == key
    assert generator("http://a/v1", model="other").content_key() != key
    assert generator("http://a/v1", revision="2").content_key() != key


def test_specification_leaves_speed_out():
    spec = digest(generator("http://a/v1"))
    fast = generator("http://b/v1", concurrency=9, name="x", timeout_seconds=1.0, retries=9, stream=False)
    assert digest(fast) == spec
    assert digest(generator("http://a/v1", system_role="merged")) != spec
    assert digest(generator("http://a/v1", adapters={"qlora": "v2"})) != spec


def test_estimate_errs_on_the_high_side(fake):
    loaded = generator(fake.url, max_context=512).load()
    assert loaded.window == 512
    english = "The quick brown fox jumps over the lazy dog near the old stone bridge. " * 10
    assert 720 / 4.5 < loaded.count([Turn("user", english)]) < 720 / 2
    assert loaded.count([Turn("user", "漢字" * 50)]) >= 150
    assert loaded.count([Turn("user", "Привет" * 10)]) >= 60


def test_the_collector_only_lays_a_connection_aside(fake):
    """It may run while a thread starts and holds a lock that every other start waits for: a loop there never ends."""
    server = generator(fake.url).load()
    runner = server._runner
    del server
    gc.collect()
    # Servers that other tests of this process left behind may lie there, too.
    assert runner in [one for one, _ in ABANDONED]
    assert runner.get_loop().is_running() is False
    close_abandoned()
    assert runner not in [one for one, _ in ABANDONED]
    with pytest.raises(RuntimeError, match="closed"):
        runner.get_loop()


def redirect(url):
    return Say(status=307, headers={"location": url})


@pytest.mark.parametrize("stream", [True, False])
def test_a_redirect_to_another_server_is_refused_and_not_followed(fake, stream):
    with fake_openai() as other:
        loaded = generator(fake.url, stream=stream).load()
        fake.otherwise = redirect(f"{other.url}/chat/completions")
        with pytest.raises(ArmError, match=rf"redirects to another server, {other.url.removesuffix('/v1')}"):
            loaded.complete([request()], max_new_tokens=20)
        assert other.chats == []
        with pytest.raises(ArmError, match="redirects to another server"):
            generator(fake.url, stream=stream).load()
        assert other.chats == []


def test_a_redirect_within_a_server_is_followed(fake):
    assert answered(fake, redirect("/v1/chat/completions")).text == RIGHT


def test_replies_of_another_model_are_counted_and_flagged(fake):
    loaded = generator(fake.url).load()
    loaded.use("base", None)
    fake.script.append(Say(model="cheaper"))
    loaded.complete([request(0), request(1), request(2)], max_new_tokens=20)
    (audit,) = loaded.audit_answers()
    assert audit.checked == 3
    assert audit.details == {"named": {"cheaper": 1, "base-2026": 2}}
    assert audit.flag.startswith("1 of 3 replies name another model than was asked (asked for 'base', 1 times")


def test_replies_are_looked_at_after_the_replay_has_switched_back_to_the_base(fake):
    loaded = generator(fake.url).load()
    loaded.use("base", None)
    fake.script.append(Say(model="cheaper"))
    loaded.complete([request(0)], max_new_tokens=20)
    loaded.served = "an adapter's"
    loaded.deactivate()
    (audit,) = loaded.audit_answers()
    assert audit.checked == 1
    assert audit.flag.startswith("1 of 1 replies name another model")


def test_a_dated_name_in_replies_is_kept_and_not_flagged(fake):
    loaded = generator(fake.url).load()
    loaded.use("base", None)
    loaded.complete([request()], max_new_tokens=20)
    (audit,) = loaded.audit_answers()
    assert (audit.flag, audit.details) == ("", {"named": {"base-2026": 1}})


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"choices": ' + b"9" * 5000 + b"}", b'{"choices": 5}', b"null"])
def test_replies_of_no_known_form_fail_with_a_reason(fake, raw):
    assert answered(fake, Say(raw=raw), stream=False, retries=0).finish == "error"


def test_absurd_counts_of_tokens_are_not_believed(fake):
    reply = b'{"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": %d}}'
    spans = answered(fake, Say(raw=reply % 10**40), stream=False).spans
    assert spans[0].tokens_in < 1000


@pytest.mark.parametrize(
    ("said", "cached"), [(b'{"cached_tokens": 30}', 30), (b'{"cached_tokens": 99}', 40), (b"null", 0)]
)
def test_tokens_that_the_server_had_read_before_are_kept(fake, said, cached):
    usage = b'{"prompt_tokens": 40, "completion_tokens": 1, "prompt_tokens_details": ' + said + b"}"
    reply = b'{"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}], "usage": ' + usage + b"}"
    (span,) = answered(fake, Say(raw=reply), stream=False).spans
    assert (span.tokens_in, span.tokens_cached) == (40, cached)


@pytest.mark.parametrize("url", ["http://", "http://x:99999999/v1", "http://[::1/v1", "http://a b/v1", "ftp://x"])
def test_an_address_that_is_none_is_named(url):
    (problem,) = generator(url).problems()
    assert problem.startswith("base_url is ")
