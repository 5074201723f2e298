"""Timed repeats behind a server: read anew where the server can be told so, and said where it cannot."""

import re

import pytest

from harness.machine.conditions import PROMPT_CACHE
from pipelines.generators.server.cold_cache import WARM, ColdCache
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
