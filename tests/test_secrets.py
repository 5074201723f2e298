"""No secret reaches a file, a folder's name or the screen, whatever a server repeats and wherever a user put it."""

import json
import logging
from pathlib import Path

import pytest

from harness.cli.config import hide_secrets_in_logs
from harness.cli.job import composed
from harness.errors import MASK, ConfigError, JudgeError, is_credential, learn_secret, masked_override, redacted
from harness.judges.judge import Question
from harness.machine.connection import credentials_in, is_other_model
from harness.store.spec import canonical, digest
from pipelines.generators import generator as generators
from tests.harness.judges.test_ragas_judge import judge
from tests.pipelines.generators.test_openai import generator
from tests.servers.fake_openai import Say, fake_openai

KEY, TOKEN, HEADER = 'sk-live/"4f9a&7c21', "tok-5512-aa", "Hdr99-zzz-1"
"""of the environment and of two settings; the first has characters that JSON, HTML and URLs escape"""

STATEMENTS = {"statements": ["It opened in 1894."]}


def overrides(tmp_path, url):
    return [
        "task=qa", "limit=2", "arm=[base]", "metric=[exact_match]", "timing=off", "model=server", "model.model=base",
        f"model.base_url={url}", "model.api_key_env=CUTLERY_TEST_KEY", f"+model.extra_body.token={TOKEN}",
        f"+model.extra_body.headers={{X-Api-Key: {HEADER}}}", "model.retries=0",
        f"results={tmp_path}/results", f"store={tmp_path}/store",
    ]  # fmt: skip


def everything(folder: Path) -> str:
    names = "\n".join(str(path) for path in folder.rglob("*"))
    texts = [path.read_bytes().decode("utf-8", errors="replace") for path in folder.rglob("*") if path.is_file()]
    return "\n".join([names, *texts])


@pytest.fixture(autouse=True)
def _no_server_of_another_test(monkeypatch):
    monkeypatch.setattr(generators, "_LOADED", {})


def assert_no_secret(text):
    for secret in (KEY, TOKEN, HEADER, "4f9a&7c21", "4f9a&amp;7c21", "4f9a%267c21"):
        assert secret not in text


def test_nothing_that_a_server_repeats_is_kept(tmp_path, monkeypatch, capfd, caplog):
    monkeypatch.setenv("CUTLERY_TEST_KEY", KEY)
    said = f"Bearer {KEY} {TOKEN} {HEADER}"
    with fake_openai(key=KEY, models={"base": {"owned_by": said, "root": said}}) as server:
        server.answers = lambda body: (
            Say(status=400, error=f"rejected {'x' * 250} {said}") if len(server.chats) == 3 else Say(words=(said,))
        )
        job = composed(overrides(tmp_path, server.url))
        assert job.execute() == {}
    kept = everything(tmp_path)
    assert_no_secret(kept)
    assert kept.count(MASK) > 5
    assert_no_secret("".join(capfd.readouterr()) + caplog.text)


@pytest.mark.slow
@pytest.mark.ci_slow
def test_nothing_that_a_refusing_server_repeats_is_kept(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("CUTLERY_TEST_KEY", KEY)
    with fake_openai(key=KEY) as server:
        job = composed(overrides(tmp_path, server.url))
        server.answers = lambda _: Say(status=401 if len(server.chats) > 1 else 200, error=f"{KEY} {TOKEN} {HEADER}")
        assert len(job.execute()) == 1
    assert MASK in next(tmp_path.rglob("*.refused.json")).read_text()
    assert_no_secret(everything(tmp_path))
    assert_no_secret("".join(capfd.readouterr()))


def test_keys_do_not_change_with_a_secret():
    token, rotated, other = (
        generator("http://127.0.0.1:9/v1", extra_body=body)
        for body in ({"token": TOKEN}, {"token": "rotated-77"}, {"token": TOKEN, "top_k": 1})
    )
    assert digest(token) == digest(rotated) != digest(other)
    assert TOKEN not in canonical(token)
    assert token.extra_body == {"token": TOKEN}


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hunter22@host/v1",
        "http://hunter22@host/v1",
        "http://host/v1?api_key=hunter22",
        "postgresql://me:hunter22@host/db",
    ],
)
def test_credentials_in_addresses_are_found_and_not_repeated(url):
    assert credentials_in(url).startswith("holds a ")
    assert "hunter22" not in credentials_in(url)


def test_an_address_with_credentials_is_refused_in_the_plan():
    with pytest.raises(ConfigError, match=r"tracker.uri holds a user name") as refused:
        composed(["tracker=mlflow", 'tracker.uri="postgresql://me:hunter22@host/db"'])
    assert "hunter22" not in str(refused.value)


def test_a_key_in_place_of_its_variable_is_not_repeated():
    (problem,) = generator("http://127.0.0.1:9/v1", api_key_env="sk-mine-778").problems()
    assert "NAME of an environment variable" in problem
    assert "sk-mine-778" not in problem


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "X-Api-Key",
        "accessToken",
        "client_secret",
        "Authorization",
        "password",
        "apikey",
        "MYKEY",
        "jwt",
        "pat",
    ],
)
def test_names_of_credentials(name):
    assert is_credential(name)


@pytest.mark.parametrize(
    "name", ["max_tokens", "api_key_env", "stop_token", "tokenizer", "passages", "monkey", "keys", "format", "pattern"]
)
def test_names_of_other_settings(name):
    assert not is_credential(name)


def test_ordinary_words_and_numbers_are_no_secrets():
    for value in ("EMPTY", "none", "1234", "true"):
        learn_secret(value)
    assert redacted("none of 1234, EMPTY: true") == "none of 1234, EMPTY: true"


def test_overrides_lose_what_is_named_like_a_credential():
    assert masked_override("+model.extra_body.token=ab") == f"+model.extra_body.token={MASK}"
    assert masked_override("model.extra_body={auth: 'x y', top_k: 3}") == f"model.extra_body={{auth: {MASK}, top_k: 3}}"
    assert masked_override("arm=[base,rag]") == "arm=[base,rag]"


@pytest.mark.parametrize(
    "token",
    [
        "sk-proj-Ab12Cd34Ef56Gh78",
        "hf_QwErTyUiOpAsDfGhJk",
        "ghp_0123456789abcdefABCD",
        "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmVk",
    ],
)
def test_a_token_is_known_by_its_shape_whatever_it_is_called(token):
    assert masked_override(f"model.note=as {token}") == f"model.note=as {MASK}"


def test_log_lines_are_redacted(caplog):
    learn_secret("sk-in-a-log-1")
    hide_secrets_in_logs()
    logging.getLogger("harness").error("the server said %s", "sk-in-a-log-1")
    assert caplog.messages == [f"the server said {MASK}"]


def test_secrets_of_the_command_line_are_known_before_hydra_prints_it(caplog):
    hide_secrets_in_logs(["+model.extra_body.token=tok-of-a-line-1", "seed=0,1"])
    logging.getLogger("hydra").error("#0 : +model.extra_body.token=%s seed=0", "tok-of-a-line-1")
    assert caplog.messages == [f"#0 : +model.extra_body.token={MASK} seed=0"]


def test_addresses_without_credentials_are_fine():
    for url in ("http://host:8000/v1", "https://host/a@b", "sqlite:///x.db", "a text, see http://a:b@c", "plain"):
        assert credentials_in(url) == ""


def test_a_dated_snapshot_is_the_same_model():
    assert not is_other_model("gpt-5", "gpt-5-2026-01-01")
    assert not is_other_model("meta/Llama-3", "llama-3")
    assert not is_other_model("sonnet-latest", "sonnet-20261022")
    for asked, named in (("llama-70b", "llama-8b"), ("gpt-4", "gpt-4o"), ("gpt-4", "gpt-4-turbo")):
        assert is_other_model(asked, named)


@pytest.mark.slow
@pytest.mark.ci_slow
def test_nothing_that_a_judge_repeats_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("CUTLERY_TEST_KEY", KEY)
    question = [Question("It opened in 1894.", ("It opened in 1894.",), "When?")]
    with fake_openai(key=KEY, models={"judge": {}}) as server:
        one = judge(server.url, cache=tmp_path, api_key_env="CUTLERY_TEST_KEY", extra_body={"token": TOKEN})
        assert one.problems() == one.llm.problems() == []
        reply = {"statements": [{"statement": "It opened in 1894.", "reason": f"{KEY} {TOKEN}", "verdict": 1}]}
        server.answers = lambda body: Say(words=(json.dumps(reply if "verdict" in str(body) else STATEMENTS),))
        assert MASK in str(one.judge(question))
        assert_no_secret(str(one.judge(question)))
        server.answers = lambda _: Say(status=403, error=f"{KEY} {'x' * 200} {TOKEN}")
        with pytest.raises(JudgeError) as refused:
            judge(server.url, api_key_env="CUTLERY_TEST_KEY", extra_body={"token": TOKEN}).judge(question)
    assert_no_secret(str(refused.value))
    assert_no_secret(everything(tmp_path))
