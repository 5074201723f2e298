"""Timed repeats behind a server: read anew where the server can be told so, and said where it cannot."""

from harness.machine.conditions import PROMPT_CACHE
from pipelines.generators.server.cold_cache import WARM, ColdCache
from tests.pipelines.generators.test_openai import generator, request
from tests.servers.fake_openai import fake_openai

VLLM = {"base": {"owned_by": "vllm"}}


def salts(fake):
    return [chat.get("cache_salt") for chat in fake.chats]


def test_a_repeated_question_never_has_the_salt_of_an_earlier_one():
    with fake_openai(models=VLLM) as fake:
        loaded = generator(fake.url).load()
        assert salts(fake) == [None]  # the greeting
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


def test_other_questions_of_a_round_share_the_beginning_that_was_read():
    cache = ColdCache(salted=True)
    cache.begin("few_shot")
    first, second = ([cache.fields(prompt, {})["cache_salt"] for prompt in ("one", "two")] for _ in range(2))
    assert first[0] == first[1] != second[0] == second[1]


def test_two_connections_share_no_salt():
    made = []
    for _ in range(2):
        cache = ColdCache(salted=True)
        cache.begin("base")
        made.append(cache.fields("one", {})["cache_salt"])
    assert made[0] != made[1]


def test_a_server_that_knows_no_salt_gets_none_and_the_record_says_that_it_may_be_warm():
    with fake_openai() as fake:
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
        assert fake.chats[-1]["cache_salt"] == "mine"
        assert loaded.facts()["engine"][PROMPT_CACHE] == WARM
