"""Servers that reply with anything: answered, failed with a reason, or refused in one message."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.trying import PLAIN, paths, put, tries, trying
from tests.pipelines.generators.test_openai import generator, request
from tests.servers.fake_openai import Say, chunks, fake_openai, whole

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

BODY = {"model": "base"}
RAW = st.sampled_from([
    b"", b"null", b"[]", b"5", b'"x"', b"[" * 100_000, b'{"choices":' * 100_000, b'{"choices": ' + b"9" * 5000 + b"}",
    b'{"choices": NaN}', b"\xff\xfe\x00", b"<html>" * 1000, b"data: [DONE]\n\n", b"data: {\n\n", b"data: [1]\n\n",
    b'data: {"choices": [{"delta": {"content": 5}}]}\n\n', b"event: x\ndata: null\n\n", b"data:" + b"x" * 1_000_000,
    b'data: {"error": 5}\n\n', b'data: {"error": {"message": null}}\n\n', b"\x00" * 1000,
])  # fmt: skip


def _one(reply):
    return st.builds(lambda path, value: put(reply, path, value), st.sampled_from(list(paths(reply))), PLAIN)


WHOLE = _one(whole(Say(logprobs=(-0.5,)), BODY)).map(lambda reply: json.dumps(reply).encode())
STREAM = st.lists(
    st.one_of(*[_one(chunk) for chunk in chunks(Say(logprobs=(-0.5,)), BODY)]), min_size=1, max_size=4
).map(lambda some: b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in some))
ERRORS = st.builds(
    lambda status, text, wait: Say(status=status, error=text, headers={"retry-after": wait}),
    st.sampled_from([300, 301, 400, 401, 404, 418, 429, 500, 599]),
    st.sampled_from(["", "x" * 100_000, "\0", "system"]),
    st.sampled_from(["1e400", "-1", "nan", "x", "Fri, 99 Foo 99999 99:99:99 GMT", "9" * 400]),
)


@pytest.fixture(scope="module")
def server():
    with fake_openai() as fake:
        yield fake


@tries(260)
@given(st.one_of(RAW, WHOLE, STREAM).map(lambda raw: Say(raw=raw)) | ERRORS, st.booleans(), st.booleans())
def test_replies(server, say, stream, at_once):
    server.forget()
    server.otherwise = say if at_once else Say()
    with trying("replies"):
        loaded = generator(server.url, stream=stream, retries=0, timeout_seconds=5.0, backoff_seconds=0.0).load()
        server.otherwise = say
        (completion,) = loaded.complete([request()], max_new_tokens=5)
        assert completion.text or completion.error or completion.finish != "error"
        assert len(completion.error) < 1000
        loaded.audit_answers()
        json.dumps([span.seconds for span in completion.spans], allow_nan=False)


@tries(40)
@given(
    st.one_of(
        RAW, _one({"object": "list", "data": [{"id": "base", "root": "x"}]}).map(lambda r: json.dumps(r).encode())
    )
)
def test_lists(server, raw):
    server.otherwise = Say()
    with trying("lists"):
        server.listed = raw
        try:
            generator(server.url, retries=0).load()
        finally:
            server.listed = None
