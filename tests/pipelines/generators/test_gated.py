"""A gated model without access: the message names the page that grants it."""

import httpx
import pytest

from harness.errors import ArmError
from pipelines.generators import loading
from pipelines.generators.engines import HfGenerator

PAGE = "https://huggingface.co/some-lab/gated-model"
COMMIT = "0" * 40


def generator(**changes):
    settings = {
        "name": "gated",
        "path": "some-lab/gated-model",
        "revision": COMMIT,
        "dtype": "float32",
        "quantisation": "none",
        "max_context": 128,
        "stop_tokens": (),
        "system_role": "auto",
        "template_options": {},
        "device": "cpu",
        "batch_tokens": 64,
        "batch_size": 1,
        "gated_page": PAGE,
    }
    return HfGenerator(**(settings | changes))


def refusal(kind, status):
    """What huggingface_hub raises for this answer of the hub."""
    request = httpx.Request("GET", f"{PAGE}/resolve/main/config.json")
    return kind(f"{status} Client Error.", response=httpx.Response(status, request=request))


def refusals():
    from huggingface_hub import errors

    return {
        "no token": (refusal(errors.GatedRepoError, 401), "You are trying to access a gated repo"),
        "token without access": (refusal(errors.GatedRepoError, 403), "You are trying to access a gated repo"),
        "wrong token": (refusal(errors.RepositoryNotFoundError, 401), "is not a local folder and is not a valid model"),
        "offline": (errors.LocalEntryNotFoundError("not in the cache"), "couldn't connect"),
    }


@pytest.fixture
def hub(monkeypatch):
    """Make every download fail in this way; what transformers makes of it is its own."""

    def fail(error):
        def download(*_, **__):
            raise error

        from transformers.utils import hub

        assert hasattr(hub, "hf_hub_download")  # or this test would go to the network, and pass offline for nothing
        monkeypatch.setattr(hub, "hf_hub_download", download)

    return fail


@pytest.mark.parametrize("load", [loading.load_tokenizer, loading.load_model])
@pytest.mark.parametrize("case", refusals())
def test_page_is_named(hub, load, case):
    error, transformers_says = refusals()[case]
    hub(error)
    with pytest.raises(ArmError, match=f"{PAGE}, then run `hf auth login`") as caught:
        load(generator())
    assert str(caught.value).startswith("model gated (some-lab/gated-model) cannot be loaded: ")
    assert transformers_says in str(caught.value)


def test_no_page_for_an_open_model(hub):
    hub(refusals()["no token"][0])
    with pytest.raises(ArmError) as caught:
        loading.load_tokenizer(generator(gated_page=""))
    assert "hf auth login" not in str(caught.value)


def test_page_is_named_when_not_even_the_commit_can_be_asked(monkeypatch):
    from huggingface_hub import HfApi, errors

    def model_info(*_, **__):
        raise refusal(errors.GatedRepoError, 403)

    monkeypatch.setattr(HfApi, "model_info", model_info)
    with pytest.raises(ArmError, match=PAGE):
        generator(revision="main").load()
