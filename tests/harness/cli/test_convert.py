"""Pickled weights become safetensors without running what somebody pickled."""

import pickle
import shutil
from dataclasses import replace

import pytest

from harness.cli.convert import convert
from harness.errors import ArmError
from harness.types import Turn
from pipelines.generators.generator import Request
from pipelines.generators.hf import LoadedHf


@pytest.fixture
def pickled(checkpoint, tmp_path):
    """The tiny checkpoint with its weights pickled, in two files."""
    import torch
    from safetensors.torch import load_file

    folder = shutil.copytree(checkpoint, tmp_path / "pickled")
    tensors = load_file(folder / "model.safetensors")
    names = sorted(tensors)
    for part, own in enumerate((names[:9], names[9:]), start=1):
        torch.save({name: tensors[name] for name in own}, folder / f"pytorch_model-0000{part}-of-00002.bin")
    (folder / "model.safetensors").unlink()
    (folder / "training_args.bin").write_bytes(b"x")
    return folder


def test_a_converted_model_answers_as_before(generator, pickled, tmp_path):
    with pytest.raises(ArmError, match=r"harness\.cli\.convert"):
        LoadedHf(replace(generator, path=str(pickled)))
    written = convert(pickled, tmp_path / "new")
    assert [path.name for path in written] == [f"model-0000{part}-of-00002.safetensors" for part in (1, 2)]
    assert not list((tmp_path / "new").glob("*.bin"))
    request = [Request("e", (Turn("user", "what colour is the door?"),))]
    own, converted = LoadedHf(generator), LoadedHf(replace(generator, path=str(tmp_path / "new")))
    assert converted.complete(request, 4)[0].ids == own.complete(request, 4)[0].ids


class Touch:
    """Pickled code: it would leave a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def test_code_in_a_pickle_is_not_executed(pickled, tmp_path):
    trace = tmp_path / "executed"
    (pickled / "pytorch_model-00001-of-00002.bin").write_bytes(pickle.dumps({"a": Touch(str(trace))}))
    with pytest.raises(ArmError, match="holds more than weights"):
        convert(pickled, tmp_path / "new")
    assert not trace.exists()


def test_what_cannot_be_converted_is_said(checkpoint, pickled, tmp_path):
    with pytest.raises(ArmError, match="no pickled weights"):
        convert(checkpoint, tmp_path / "new")
    with pytest.raises(ArmError, match="is there already"):
        convert(pickled, checkpoint)
