from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.store.spec import specification
from harness.store.store import Artifact
from harness.types import Turn
from pipelines.device import length_batches
from pipelines.generators.generator import Request
from tests.clocks import LateClock


@pytest.fixture(scope="module")
def loaded(checkpoint):
    from pipelines.generators.engines import HfGenerator

    return HfGenerator(
        "tiny", str(checkpoint), None, "float32", "none", None, (), "auto", {}, "cpu", 4096, 8, ""
    ).load()


def request(number, text):
    return Request(f"e{number}", (Turn("system", "Answer."), Turn("user", text)))


def test_batches_hold_each_position_once_longest_first():
    batches = length_batches([3, 10, 3, 7], batch_tokens=14, batch_size=8)
    assert batches == [[1], [3, 0], [2]]


def test_batch_size_caps_and_an_item_over_the_budget_stands_alone():
    assert length_batches([1] * 5, batch_tokens=100, batch_size=2) == [[0, 1], [2, 3], [4]]
    assert length_batches([500, 1], batch_tokens=100, batch_size=2) == [[0], [1]]
    assert length_batches([], 10, 2) == []


def test_batched_answers_equal_single_ones(loaded):
    requests = [request(n, "why " * (n * 7 + 1)) for n in range(4)]
    together = loaded.complete(requests, 12)
    alone = [loaded.complete([one], 12)[0] for one in requests]
    assert [one.text for one in together] == [one.text for one in alone]
    assert [one.prompt_sha256 for one in together] == [one.prompt_sha256 for one in alone]


def test_spans_and_finish(loaded):
    completion = loaded.complete([request(0, "why?")], 5)[0]
    prompt, prefill, decode = completion.spans
    assert [prompt.stage, prefill.stage, decode.stage] == ["prompt", "prefill", "decode"]
    assert prefill.tokens_in == loaded.count(request(0, "why?").turns)
    assert prefill.seconds > 0
    if completion.finish == "length":
        assert prefill.tokens_out + decode.tokens_out == 5


def test_stops_at_the_turn_end_and_leaves_it_out(loaded, monkeypatch):
    first = loaded.complete([request(0, "why?")], 6)[0]
    ids = loaded.format.tokenizer(first.text, add_special_tokens=False)["input_ids"]
    monkeypatch.setattr(loaded.format, "stop_ids", [ids[0]])
    stopped = loaded.complete([request(0, "why?")], 6)[0]
    assert (stopped.finish, stopped.text) == ("stop", "")


def test_missing_folder_is_an_arm_error(generator):
    with pytest.raises(ArmError, match="no such folder"):
        replace(generator, path="/nowhere/at/all").content_key()


def test_content_key_knows_content_not_place(generator, checkpoint, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(checkpoint, copy)
    assert replace(generator, path=str(copy)).content_key() == generator.content_key()
    config = copy / "config.json"
    config.write_text(config.read_text().replace("silu", "gelu"))
    assert replace(generator, path=str(copy)).content_key() != generator.content_key()


@pytest.mark.parametrize(("native", "dtype"), [(True, "bfloat16"), (False, "float32")])
def test_auto_is_keyed_and_loaded_as_what_the_processor_multiplies(generator, monkeypatch, native, dtype):
    import torch

    monkeypatch.setattr("harness.machine.precision.native_bfloat16", lambda device: native)
    assert specification(generator) == specification(replace(generator, dtype=dtype))
    base = generator.load().base
    assert base.dtype == getattr(torch, dtype)
    layer = next(module for module in base.modules() if type(module).__name__ == "Linear4bit")
    assert layer.compute_dtype == getattr(torch, dtype)


def test_unknown_stop_token_is_an_arm_error(generator):
    with pytest.raises(ArmError, match="not in the vocabulary"):
        replace(generator, stop_tokens=("<|nonsense|>",)).load()


def test_nf4_works_on_widths_that_suit_no_packed_kernel(tmp_path, generator):
    from tests.tiny import make_checkpoint

    odd = make_checkpoint(tmp_path / "odd", hidden=96)
    loaded = replace(generator, path=str(odd)).load()
    assert loaded.complete([request(0, "why?")], 4)[0].error == ""


def adapter_at(loaded, folder, *, zero):
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    config = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=zero, task_type="CAUSAL_LM")
    model = get_peft_model(loaded.base, config)
    model.save_pretrained(folder)
    model.unload()
    return Artifact(key=folder.name, path=folder, seconds=0.0, found=True)


def test_adapter_is_proved_applied_and_taken_out_again(loaded, tmp_path):
    before = loaded.complete([request(0, "why?")], 8)[0].text
    adapter = adapter_at(loaded, tmp_path / "random", zero=False)
    facts = loaded.use("qlora", adapter)
    assert facts["adapter_logit_change"] > 0
    assert facts["adapter_off_gives_base"]
    loaded.use("base", None)
    assert loaded.model is loaded.base
    assert not any("lora" in name for name, _ in loaded.base.named_modules())
    assert loaded.complete([request(0, "why?")], 8)[0].text == before


def test_adapter_without_effect_is_refused(loaded, tmp_path):
    adapter = adapter_at(loaded, tmp_path / "zero", zero=True)
    with pytest.raises(ArmError, match="does not change"):
        loaded.use("qlora", adapter)
    loaded.use("base", None)


def test_settings_of_the_checkpoint_do_not_reach_decoding(generator, checkpoint, tmp_path):
    import json
    import shutil

    folder = tmp_path / "penalised"
    shutil.copytree(checkpoint, folder)
    settings = {"repetition_penalty": 9.0, "do_sample": True, "temperature": 5.0, "no_repeat_ngram_size": 1}
    (folder / "generation_config.json").write_text(json.dumps({**settings, "transformers_version": "5.23.0"}))
    plain = replace(generator, quantisation="none", dtype="float32")
    answers = [
        replace(plain, path=str(path)).load().complete([request(0, "why?")], 24)[0].text
        for path in (checkpoint, folder)
    ]
    assert answers[0] == answers[1]


def test_released_weights_are_loaded_again_for_the_next_answer(loaded):
    before = loaded.complete([request(0, "why?")], 8)[0].text
    weights = loaded.base
    loaded.release()
    assert loaded.complete([request(0, "why?")], 8)[0].text == before
    assert loaded.base is not weights


@pytest.mark.parametrize("switched", [True, False])
def test_loading_the_weights_is_no_part_of_the_first_answers_time(loaded, monkeypatch, switched):
    from pipelines.generators import hf

    def slowly(generator, load=hf.load_model):
        clock.late += 1000.0
        return load(generator)

    clock = LateClock(monkeypatch)
    monkeypatch.setattr(hf, "load_model", slowly)
    loaded.release()
    if switched:
        loaded.use("base", None)
        monkeypatch.setattr(hf, "load_model", None)  # the weights are there
    completion = loaded.complete([request(0, "why?")], 2)[0]
    assert sum(span.seconds for span in completion.spans) < 100


def test_a_gpu_asked_for_by_number_is_the_one_whose_memory_is_read(monkeypatch):
    from pipelines.device import make_current

    chosen = []
    monkeypatch.setattr("torch.cuda.set_device", chosen.append)
    for device in ("cpu", "cuda", "cuda:1"):
        make_current(device)
    assert chosen == ["cuda:1"]
