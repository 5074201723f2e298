import subprocess
import sys

import pytest

from harness.judges.ragas.local import LocalModel
from harness.machine import precision

X86 = "processor\t: 0\nmodel name\t: EPYC {x}\nflags\t\t: fpu avx2 {flags}\n\nprocessor\t: 1\nflags\t\t: other\n"
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd {flags}\n"


@pytest.fixture
def cpuinfo(tmp_path, monkeypatch):
    """Return what writes the file that Linux describes its processor in."""
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(precision, "_CPUINFO", file)
    monkeypatch.setattr(sys, "platform", "linux")

    def forget():
        precision.native_bfloat16.cache_clear()
        precision.processor.cache_clear()

    def write(text):
        file.write_text(text)
        forget()

    forget()
    yield write
    forget()


@pytest.mark.parametrize(
    ("text", "flags", "dtype"),
    [
        (X86, "", "float32"),
        (X86, "avx512f", "float32"),
        (X86, "avx512f avx512_bf16", "bfloat16"),
        (X86, "amx_bf16", "bfloat16"),
        (ARM, "", "float32"),
        (ARM, "bf16", "bfloat16"),
    ],
)
def test_a_processor_takes_bfloat16_where_it_multiplies_it(cpuinfo, text, flags, dtype):
    cpuinfo(text.replace("{flags}", flags))
    assert precision.native_dtype("cpu") == dtype


def test_a_processor_that_tells_nothing_takes_single_precision(cpuinfo):
    assert precision.processor() == {}
    assert precision.native_dtype("cpu") == "float32"


@pytest.mark.parametrize(("native", "dtype"), [(True, "bfloat16"), (False, "float16")])
def test_a_gpu_without_bfloat16_takes_half_precision(monkeypatch, native, dtype):
    monkeypatch.setattr(precision, "native_bfloat16", lambda device: native)
    assert precision.native_dtype("cuda:1") == dtype


def test_torch_and_linux_agree_about_this_processor():
    import torch

    features = torch.cpu.get_capabilities()
    reported = any(features.get(name) for name in ("avx512_bf16", "amx_bf16", "arm_bf16"))
    assert precision.native_bfloat16("cpu") == reported


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch is asked")
def test_asking_a_processor_loads_no_torch():
    code = (
        "import sys; from harness.machine.precision import native_dtype;"
        " native_dtype('cpu'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_judging_model_settles_its_dtype_too(monkeypatch):
    monkeypatch.setattr(precision, "native_bfloat16", lambda device: False)
    model = LocalModel("folder", "main", "auto", 8, "cpu")
    assert model.resolved().dtype == "float32"
