"""Timed repeats behind a server: read anew where the server can be told so, and said where it cannot."""

import re

import pytest

from harness.errors import ArmError
from harness.machine.conditions import PROMPT_CACHE
from harness.types import Turn
from pipelines.generators.generator import Request
from pipelines.generators.server.cold_cache import WARM, ColdCache, common_turns
from tests.pipelines.generators.test_openai import generator, request
from tests.servers.fake_openai import Say, fake_openai

VLLM = {"base": {"owned_by": "vllm"}}
EMPTY = "Value error, Parameter 'cache_salt' must be a non-empty string if provided."


def vllm():
    """Return a server that knows salts, as vLLM does."""
    refuses = Say(status=400, error=EMPTY)
    return fake_openai(models=VLLM, answers=lambda body: refuses if body.get("cache_salt") == "" else Say())


def salts(fake):
    return [chat.get("cache_salt") for chat in fake.chats]


def test_a_repeated_question_never_has_the_salt_of_an_earlier_one():
    with vllm() as fake:
        loaded = generator(fake.url).load()
        assert salts(fake) == [None, ""]  # the greeting, and whether it knows salts
        loaded.complete([request(1)], 5)
        fake.forget()
        for arm in ("few_shot", "base"):
            loaded.activate(arm, None, "none")
            for _ in range(3):
                loaded.complete([request(1, "Where?")], 5)
        loaded.together([request(1, "Where?")] * 2, 5, 2)
        assert len(set(salts(fake))) == len(fake.chats) == 8
        assert None not in salts(fake)
        fake.forget()
        loaded.deactivate()
        loaded.complete([request(1)], 5)
        assert salts(fake) == [None]
        assert loaded.facts()["engine"][PROMPT_CACHE] == ""


def test_a_retry_has_another_salt_than_the_attempt_that_failed():
    with vllm() as fake:
        loaded = generator(fake.url).load()
        loaded.activate("few_shot", None, "none")
        fake.forget()
        fake.script.extend([Say(status=503), Say(hang_up_after=2)])
        (completion,) = loaded.complete([request(1)], 5)
        assert completion.finish == "stop"
        assert len(set(salts(fake))) == len(fake.chats) == 3


def test_a_salt_says_nothing_of_the_arm():
    with vllm() as fake:
        loaded = generator(fake.url).load()
        loaded.activate("few_shot", None, "none")
        loaded.complete([request(1)], 5)
        assert re.fullmatch("[0-9a-f]{32}", salts(fake)[-1])


def test_two_connections_share_no_salt():
    assert ColdCache(salted=True).fields() != ColdCache(salted=True).fields()


QUESTIONS = [request(number, text).turns for number, text in enumerate(["Where to?", "Where from?"])]


def timed(fake):
    loaded = generator(fake.url).load()
    loaded.activate("few_shot", None, "none")
    fake.forget()
    return loaded, loaded.beginning(QUESTIONS)


def test_each_timed_request_finds_its_beginning_read_and_nothing_else():
    with vllm() as fake:
        loaded, beginning = timed(fake)
        for turns in [*QUESTIONS, *QUESTIONS]:
            loaded.activate("few_shot", None, "none")
            loaded.share(beginning)
            loaded.complete([Request("e", turns)], 5)
        read, asked = fake.chats[::2], fake.chats[1::2]
        assert [chat["cache_salt"] for chat in read] == [chat["cache_salt"] for chat in asked]
        assert len(set(salts(fake))) == len(asked) == 4
        assert {chat["messages"][-1]["content"] for chat in read} == {"Where "}
        assert {chat["max_tokens"] for chat in read} == {1}


def test_retries_and_requests_at_once_read_whole_prompts():
    with vllm() as fake:
        loaded, beginning = timed(fake)
        fake.script.extend([Say(), Say(status=503)])
        loaded.share(beginning)
        loaded.complete([request(1)], 5)
        first, failed, retried = salts(fake)
        assert first == failed != retried
        fake.forget()
        loaded.share(beginning)
        loaded.together([request(1), request(2)], 5, 2)
        assert len(set(salts(fake))) == 3


def test_a_beginning_that_is_not_read_ends_the_arms_timings():
    with vllm() as fake:
        loaded, beginning = timed(fake)
        fake.script.append(Say(status=401, error="no"))
        with pytest.raises(ArmError, match="refuses to answer"):
            loaded.share(beginning)


def test_a_beginning_is_read_beforehand_in_the_timing_pass_alone():
    with vllm() as fake, fake_openai() as other:
        loaded, beginning = timed(fake)
        loaded.deactivate()
        loaded.share(beginning)
        assert fake.chats == []
        assert generator(other.url).load().beginning(QUESTIONS) == ()


def test_prompts_begin_with_the_turns_and_the_part_of_a_turn_that_are_alike():
    system, shown, answer = Turn("system", "Answer."), Turn("user", "Q1"), Turn("assistant", "A1")
    prompts = [(system, shown, answer, Turn("user", f"What is {thing}?")) for thing in ("oak", "ash")]
    assert common_turns(prompts) == (system, shown, answer, Turn("user", "What is "))
    assert common_turns([(system, shown), (system, answer)]) == (system,)
    assert common_turns([(shown,), (Turn("user", "Why?"),)]) == common_turns(prompts[:1]) == common_turns([]) == ()


def test_a_server_that_knows_no_salt_gets_none_and_the_record_says_that_it_may_be_warm():
    with fake_openai() as fake:
        loaded = generator(fake.url).load()
        loaded.activate("base", None, "none")
        loaded.complete([request(1)], 5)
        assert "cache_salt" not in fake.chats[-1]
        assert loaded.facts()["engine"][PROMPT_CACHE] == WARM


@pytest.mark.parametrize("said", [Say(), Say(status=400, error="max_tokens is too small"), Say(status=500)])
def test_a_server_that_says_it_is_vllm_and_does_not_refuse_an_empty_salt_knows_none(said):
    with fake_openai(models=VLLM, answers=lambda body: said if "cache_salt" in body else Say()) as fake:
        loaded = generator(fake.url).load()
        loaded.activate("base", None, "none")
        loaded.complete([request(1)], 5)
        assert "cache_salt" not in fake.chats[-1]
        assert loaded.facts()["engine"][PROMPT_CACHE] == WARM


def test_a_salt_of_the_users_own_stays_and_is_said():
    with fake_openai(models=VLLM) as fake:
        loaded = generator(fake.url, extra_body={"cache_salt": "mine"}).load()
        loaded.activate("base", None, "none")
        loaded.complete([request(1)], 5)
        assert salts(fake) == ["mine", "mine"]
        assert loaded.facts()["engine"][PROMPT_CACHE] == WARM
