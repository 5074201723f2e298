import json
from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.store.spec import file_sha256
from pipelines.generators.checkpoint_files import tensors_of, weight_files
from pipelines.generators.exporting import PROVENANCE, as_exported, compared, export_base
from pipelines.generators.loading import load_model
from tests.pipelines.generators.test_hf import request

IDS = [[7, 8, 9, 40, 41, 42, 43, 44, 45, 46]]


def logits(generator):
    import torch

    model = load_model(generator)
    with torch.inference_mode():
        return model(input_ids=torch.tensor(IDS), use_cache=False).logits.float()


def gap(one, other):
    return float((one - other).abs().max())


@pytest.fixture(scope="module")
def pocket():
    from pipelines.generators.engines import HfGenerator

    return HfGenerator("pocket", "models/pocket", None, "auto", "nf4", None, (), "native", {}, "cpu", 4096, 8, "")


@pytest.fixture(scope="module")
def exported(pocket, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    return folder, export_base(pocket, folder)


def test_the_exported_base_is_the_nf4_base_and_not_the_unquantised_one(pocket, exported):
    folder, _ = exported
    for dtype, allowed in (("bfloat16", 1e-6), ("float32", 0.005)):
        own = logits(replace(pocket, dtype=dtype))
        served = logits(as_exported(replace(pocket, dtype=dtype), folder))
        unquantised = logits(replace(pocket, dtype=dtype, quantisation="none"))
        assert gap(own, served) <= allowed * float(own.abs().max())
        assert gap(own, unquantised) > 0.05 * float(own.abs().max())


def test_it_answers_as_the_nf4_base_does(pocket, exported):
    requests = [request(number, f"What does part {number} cost?") for number in range(4)]
    bases = [replace(pocket, dtype="bfloat16"), as_exported(replace(pocket, dtype="bfloat16"), exported[0])]
    one, other = ([answer.ids for answer in base.load().complete(requests, 16)] for base in bases)
    assert one == other


def test_it_is_an_ordinary_checkpoint_of_the_same_tensors(exported):
    from pathlib import Path

    folder, _ = exported
    kept = dict(tensors_of(folder / "model.safetensors"))
    assert kept == dict(tensors_of(Path("models/pocket/model.safetensors")))
    config = json.loads((folder / "config.json").read_text())
    assert config["dtype"] == "bfloat16"
    assert "quantization_config" not in config
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"):
        assert (folder / name).read_bytes() == Path("models/pocket", name).read_bytes()


def test_what_it_was_made_of_is_written_beside_it(pocket, exported):
    folder, facts = exported
    written = json.loads((folder / PROVENANCE).read_text())
    assert written == json.loads(json.dumps(facts))
    assert (written["base"], written["content"]) == ("models/pocket", pocket.content_key())
    assert (written["quantisation"], written["double_quantisation"], written["layers"]) == ("nf4", True, 28)
    assert written["environment"]["packages"]["bitsandbytes"]
    assert written["files"]["model.safetensors"] == file_sha256(folder / "model.safetensors")
    assert 0 <= written["check"]["largest_gap"] <= written["check"]["tolerance"] < written["check"]["largest_logit"]


def test_large_models_are_written_in_parts(generator, tmp_path):
    export_base(generator, tmp_path, shard_bytes=60_000)
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    files = weight_files(tmp_path)
    assert len(files) > 3
    for file in files:
        shapes = dict(tensors_of(file))
        assert {index["weight_map"][name] for name in shapes} == {file.name}
        assert len(shapes) == 1 or file.stat().st_size < 70_000
    own = replace(generator, dtype="bfloat16")
    assert gap(logits(own), logits(as_exported(own, tmp_path))) == 0


def test_a_checkpoint_that_is_in_four_bits_itself_is_exported(generator, tmp_path):
    packed = tmp_path / "packed"
    own = replace(generator, dtype="bfloat16")
    load_model(own).save_pretrained(packed)
    generator.load().format.tokenizer.save_pretrained(packed)
    (tmp_path / "exported").mkdir()
    export_base(replace(own, path=str(packed), quantisation="own"), tmp_path / "exported")
    assert gap(logits(own), logits(as_exported(own, tmp_path / "exported"))) == 0


def test_an_unquantised_base_needs_no_export(generator, tmp_path):
    with pytest.raises(ArmError, match="serve the checkpoint itself"):
        export_base(replace(generator, quantisation="none"), tmp_path)


def test_layers_that_have_other_names_in_memory_are_refused(generator, tmp_path, monkeypatch):
    from pipelines.generators import exporting

    renamed = lambda path: ((f"language_model.{name}", shape) for name, shape in tensors_of(path))  # noqa: E731
    monkeypatch.setattr(exporting, "tensors_of", renamed)
    with pytest.raises(ArmError, match="other names in memory than in the checkpoint"):
        export_base(generator, tmp_path)


def test_other_logits_than_rounding_explains_are_refused(pocket):
    own = logits(replace(pocket, dtype="bfloat16"))
    assert compared(own, own)["largest_gap"] == 0
    with pytest.raises(ArmError, match="gives other logits than the base itself"):
        compared(own, logits(replace(pocket, dtype="bfloat16", quantisation="none")))
