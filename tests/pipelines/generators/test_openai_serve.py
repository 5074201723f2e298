"""The generator against a real `transformers serve`, compared with the same model in this process."""

import pytest

from harness.errors import ArmError
from harness.types import Turn
from pipelines.generators.engines import HfGenerator
from pipelines.generators.generator import Request
from pipelines.generators.server.openai import OpenAIGenerator
from tests.checkpoints.tiny import save_tiny_llama
from tests.servers.transformers_serve import command, transformers_serve

pytestmark = [
    pytest.mark.slow,
    pytest.mark.ci_slow,
    pytest.mark.skipif(command() is None, reason="transformers is not installed next to this Python"),
]

REQUESTS = [
    Request(f"e{number}", (Turn("system", "Answer in one sentence."), Turn("user", text)))
    for number, text in enumerate(["Where does the fork go?", "What is a spoon for?", "Is soup eaten with a knife?"])
]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return save_tiny_llama(tmp_path_factory.mktemp("tiny-llama"))


@pytest.fixture(scope="module")
def url(checkpoint, tmp_path_factory):
    with transformers_serve(checkpoint, tmp_path_factory.mktemp("serve-cache")) as address:
        yield address


def served(url, checkpoint, **changes):
    settings = {
        "name": "served",
        "base_url": url,
        "api_key_env": "",
        "model": str(checkpoint),
        "revision": "",
        "adapters": {},
        "max_context": 512,
        "tokenizer": str(checkpoint),
        "system_role": "native",
        "limit_parameter": "max_tokens",
        "stream": True,
        "concurrency": 1,
        "timeout_seconds": 60.0,
        "retries": 1,
        "backoff_seconds": 0.1,
        "seed": None,
        "extra_body": {},
    }
    return OpenAIGenerator(**(settings | changes))


def in_process(checkpoint):
    return HfGenerator(
        name="tiny",
        path=str(checkpoint),
        revision=None,
        dtype="float32",
        quantisation="none",
        max_context=512,
        stop_tokens=("<|im_end|>",),
        system_role="auto",
        template_options={},
        device="cpu",
        batch_tokens=4096,
        batch_size=1,
        gated_page="",
    )


def said(completions):
    """Texts and finishes. Half a character at a cut answer's end is shown by one side and held back by the other."""
    return [(completion.text.rstrip("\ufffd").rstrip(), completion.finish) for completion in completions]


def test_same_answers_as_in_process(url, checkpoint):
    server, local = served(url, checkpoint).load(), in_process(checkpoint).load()
    from_server = server.complete(REQUESTS, max_new_tokens=12)
    from_here = [local.complete([request], max_new_tokens=12)[0] for request in REQUESTS]
    assert [each.error for each in from_server] == ["", "", ""]
    assert said(from_server) == said(from_here)
    assert len({each.text for each in from_here}) == 3  # a model that says one thing would prove nothing


def test_token_counts_agree(url, checkpoint):
    """What the tokenizer folder counts is what the server reads."""
    server, local = served(url, checkpoint).load(), in_process(checkpoint).load()
    for request, completion in zip(REQUESTS, server.complete(REQUESTS, max_new_tokens=12), strict=True):
        prefill, decode = completion.spans
        assert (prefill.stage, decode.stage) == ("prefill", "decode")
        assert prefill.tokens_in == server.count(request.turns) == local.count(request.turns)
        assert prefill.tokens_out + decode.tokens_out <= 12
        assert prefill.seconds > 0
        assert decode.seconds >= 0


def test_whole_answers_are_the_streamed_ones(url, checkpoint):
    streamed = served(url, checkpoint).load().complete(REQUESTS, max_new_tokens=8)
    whole = served(url, checkpoint, stream=False).load().complete(REQUESTS, max_new_tokens=8)
    assert said(whole) == said(streamed)
    assert [len(each.spans) for each in whole] == [1, 1, 1]


def test_other_model_is_refused(url, checkpoint):
    with pytest.raises(ArmError, match=r"Server is pinned.*set model\.model=NAME"):
        served(url, checkpoint, model="other/model").load()
