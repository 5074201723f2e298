"""The GPU benchmark's script, at a size that a processor can do: its figures mean nothing here, its lines do."""

import sys
import weakref

import pytest

from benchmarks import bench_gpu


def test_without_a_gpu_it_says_so_and_measures_nothing(monkeypatch, capsys, tmp_path):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["bench_gpu", "--out", str(tmp_path)])
    bench_gpu.main()
    assert "no CUDA device" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


class Ring:
    """What only the collector of circles takes away, as a model with its adapter."""

    def __init__(self):
        self.own = self


def test_nothing_of_the_last_model_is_there_when_the_next_one_is_made():
    def use():
        with bench_gpu._freed(Ring, "cpu") as made:
            kept = made  # as the frame of whoever measures keeps it to its end
            return weakref.ref(kept)

    last = use()
    there = []
    with bench_gpu._freed(lambda: there.append(last()), "cpu"):
        assert there == [None]


@pytest.mark.slow
def test_every_way_of_running_is_a_line():
    lines = list(bench_gpu.measured(bench_gpu.TOY, "cpu"))
    ways = [line[:24].strip() for line in lines if line[:4] in ("bf16", "nf4,", "nf4 ")]
    assert ways == [
        "bf16, bare", "bf16, adapter unmerged", "bf16, adapter merged", "nf4, bare", "nf4, adapter unmerged",
        "bf16 base", "nf4 base",
    ]  # fmt: skip
