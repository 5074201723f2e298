"""A real vLLM serves the exported NF4 base of pocket with two adapters, and answers as the model does in process."""

from dataclasses import replace

import pytest

from harness.cli.serving import Service
from harness.store.store import Artifact
from harness.types import Turn
from pipelines.generators.exporting import export_base
from pipelines.generators.generator import Request
from pipelines.generators.server.openai import OpenAIGenerator
from tests.pipelines.generators.test_exporting import pocket  # noqa: F401
from tests.servers.transformers_serve import free_port
from tests.servers.vllm_serve import missing, python, vllm_serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]
THINGS = ("red fork", "ladle", "boat", "blue door", "third spoon", "old table", "visitor's badge", "longest night")
REQUESTS = [
    Request(str(number), (Turn("system", "Answer in one sentence."), Turn("user", f"What does the {thing} cost?")))
    for number, thing in enumerate(THINGS)
]
WINDOW = 2048


def adapter(base, folder, seed):
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(seed)
    config = LoraConfig(r=8, target_modules="all-linear", init_lora_weights=False, bias="none", task_type="CAUSAL_LM")
    model = get_peft_model(base, config)
    model.save_pretrained(folder)
    model.unload()
    return Artifact(key=folder.name, path=folder, seconds=0.0, found=True)


@pytest.fixture(scope="module")
def both(pocket, tmp_path_factory):  # noqa: F811
    """The NF4 base in process, the served one, and the adapters of two arms."""
    if why := missing():
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("vllm")
    (folder / "base").mkdir()
    export_base(pocket, folder / "base")
    local = replace(pocket, dtype="float32", max_context=WINDOW).load()
    adapters = {arm: adapter(local.base, folder / arm, seed) for seed, arm in enumerate(("qlora", "raft"))}
    url = f"http://127.0.0.1:{free_port()}/v1"
    service = Service(str(folder / "base"), None, "pocket", "bfloat16", WINDOW, adapters)
    with vllm_serve(list(service.command(url, python())), url, folder):
        names = {arm: arm for arm in adapters}
        server = OpenAIGenerator(
            "pocket", url, "", "pocket", "", {}, WINDOW, str(folder / "base"), "native", "max_tokens", True, 4,
            600.0, 0, 1.0, None, {}, names,
        )  # fmt: skip
        yield local, server.load(), adapters


def test_base_and_two_adapters_answer_as_the_nf4_model_in_process(both):
    local, served, adapters = both
    texts = {}
    for arm in ("base", "qlora", "raft"):
        facts = served.use(arm, adapters.get(arm))
        assert facts["served_model"] == ("pocket" if arm == "base" else arm)
        local.use(arm, adapters.get(arm))
        there, here = served.complete(REQUESTS, 24), local.complete(REQUESTS, 24)
        assert [one.error for one in there] == [""] * len(REQUESTS)
        equal = sum(one.text == other.text for one, other in zip(there, here, strict=True))
        assert equal >= 7  # of eight: sums are rounded in another order
        assert [one.spans[0].tokens_in for one in there] == [one.spans[1].tokens_in for one in here]
        texts[arm] = [one.text for one in there]
    assert len({tuple(own) for own in texts.values()}) == 3
    local.use("base", None)
