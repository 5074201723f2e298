"""The model as the timing pass uses it: adapters switched quickly, merged, and several requests at once."""

import pytest

from harness.store.store import Artifact
from harness.types import Turn
from pipelines.generators.continuous import PAGE
from pipelines.generators.engines import HfGenerator
from pipelines.generators.generator import Request
from pipelines.generators.greedy import GreedyChoices


def make_loaded(checkpoint, quantisation):
    return HfGenerator(
        "tiny", str(checkpoint), None, "float32", quantisation, None, (), "auto", {}, "cpu", 4096, 8, ""
    ).load()


@pytest.fixture(scope="module")
def loaded(checkpoint):
    return make_loaded(checkpoint, "none")


@pytest.fixture(scope="module")
def adapters(loaded, tmp_path_factory):
    """Two adapters that change the model, each in its own way."""
    import torch
    from peft import LoraConfig, get_peft_model

    made = []
    for number in range(2):
        folder = tmp_path_factory.mktemp("adapter")
        torch.manual_seed(number)
        model = get_peft_model(loaded.base, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.1)
        model.save_pretrained(str(folder))
        model.unload()
        made.append(Artifact(f"adapter-{number}", folder, 1.0, True))
    return made


def logits(loaded):
    return loaded._logits(loaded.model, [1, 2, 3, 4])


def requests(count=3):
    return [Request(f"e{at}", (Turn("user", f"what colour is door number {at}?"),)) for at in range(count)]


def test_adapters_take_turns_and_the_base_stays_the_base(loaded, adapters):
    import torch

    loaded.deactivate()
    base = logits(loaded)
    seen = {}
    for _ in range(2):
        for place, adapter in [(0, adapters[0]), (2, None), (1, adapters[1])]:
            loaded.activate("arm", adapter, "none" if adapter is None else "unmerged")
            assert torch.equal(seen.setdefault(place, logits(loaded)), logits(loaded))
    assert torch.equal(seen[2], base)
    assert not torch.equal(seen[0], seen[1])
    loaded.deactivate()
    assert torch.equal(logits(loaded), base)


def test_a_graft_answers_as_the_adapter_does(loaded, adapters):
    import torch

    loaded.use("qlora", adapters[0])
    proper = logits(loaded)
    answers = loaded.complete(requests(), 6)
    loaded.activate("qlora", adapters[0], "unmerged")
    assert torch.equal(logits(loaded), proper)
    assert [one.text for one in loaded.complete(requests(), 6)] == [one.text for one in answers]
    loaded.use("base", None)


def test_tokens_of_all_prompts_are_kept_in_four_bytes_each(loaded):
    asked = requests(5)
    assert sorted(at for batch in loaded.batches(asked) for at in batch) == [0, 1, 2, 3, 4]
    assert {memoryview(ids).itemsize for ids in loaded._ids.values()} == {4}
    assert loaded._prompt(asked[3]) == loaded.format.prompt_ids(asked[3].turns)
    assert len(loaded._ids) == 4  # none is kept once it is answered


def test_nothing_is_made_for_the_record_while_requests_are_timed(loaded, monkeypatch):
    noted = []
    monkeypatch.setattr(GreedyChoices, "_note", lambda self, module, inputs, output: noted.append(module))
    loaded.activate("base", None, "none")
    (timed,) = loaded.complete(requests(1), 3)
    assert (timed.prompt, timed.prompt_sha256, noted) == ("", "", [])
    loaded.deactivate()
    (kept,) = loaded.complete(requests(1), 3)
    assert kept.prompt
    assert kept.prompt_sha256
    assert noted  # each token is looked at: is it the model's own choice?
    assert (timed.text, timed.ids) == (kept.text, kept.ids)


def test_a_merged_adapter_is_dense_and_says_the_same(loaded, adapters):
    import torch

    loaded.deactivate()
    base, size = logits(loaded), loaded.weights_bytes()
    loaded.activate("qlora", adapters[0], "unmerged")
    unmerged, larger = logits(loaded), loaded.weights_bytes()
    loaded.activate("qlora", adapters[0], "merged")
    assert torch.allclose(logits(loaded), unmerged, atol=1e-4)
    assert not torch.allclose(logits(loaded), base, atol=1e-4)
    assert (loaded.weights_bytes(), larger > size) == (size, True)
    loaded.deactivate()
    assert torch.equal(logits(loaded), base)


def test_four_bit_weights_are_never_merged(loaded, checkpoint):
    assert list(loaded.adapter_uses) == ["unmerged", "merged"]
    assert list(make_loaded(checkpoint, "nf4").adapter_uses) == ["unmerged"]


@pytest.mark.parametrize("adapted", [False, True])
def test_several_at_once_answer_as_one_at_a_time(loaded, adapters, adapted):
    loaded.activate("arm", adapters[1] if adapted else None, "unmerged" if adapted else "none")
    asked = requests(5)
    alone = [loaded.complete([one], 8)[0] for one in asked]
    burst = loaded.together(asked, 8, 2)
    assert [one.text for _, one in burst.answers] == [one.text for one in alone]
    assert [one.finish for _, one in burst.answers] == [one.finish for one in alone]
    prompt, prefill, decode = burst.answers[0][1].spans
    assert (prompt.seconds, prefill.tokens_in) == (0.0, loaded.count(asked[0].turns))
    assert prefill.seconds > 0 < decode.tokens_out
    loaded.deactivate()


def test_no_more_are_under_way_than_wanted(loaded):
    burst = loaded.together(requests(6), 6, 2)
    spans = [(at, at + sum(span.seconds for span in one.spans)) for at, one in burst.answers]
    for begun, _ in spans:
        assert sum(other <= begun < ended for other, ended in spans) <= 2
    assert burst.seconds == pytest.approx(max(ended for _, ended in spans))


def test_a_prompt_longer_than_a_page_is_answered(loaded):
    long = [Request("e0", (Turn("user", "what colour is the door? " * 12),))]
    assert loaded.count(long[0].turns) > 2 * PAGE
    assert loaded.together(long, 4, 4).answers[0][1].text == loaded.complete(long, 4)[0].text
