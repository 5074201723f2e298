import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from pipelines.rag import vectors
from pipelines.rag.encoder import Encoded
from pipelines.rag.vectors import embed_shards, open_vectors

ROWS = 23
SHARD = 4


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    monkeypatch.setattr(vectors, "SHARD", SHARD)


def texts(first, end):
    return [f"text {number}" for number in range(first, end)]


class Counting:
    """Embeds a text as its number; may die at a given call."""

    def __init__(self, dies_at=None):
        self.calls = []
        self.dies_at = dies_at

    def __call__(self, part):
        if len(self.calls) == self.dies_at:
            raise KeyboardInterrupt
        self.calls.append(list(part))
        numbers = [float(text.split()[1]) for text in part]
        return Encoded(np.array([[n, n / 3] for n in numbers], dtype=np.float32), (2,) * len(part), 1)


def test_all_texts_are_embedded_in_order(tmp_path):
    facts = embed_shards(tmp_path, ROWS, texts, Counting())
    assert facts == {"rows": ROWS, "dimensions": 2, "tokens": 2 * ROWS, "cut": 6}
    assert open_vectors(tmp_path)[:, 0].tolist() == list(range(ROWS))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["joined.json", "vectors.npy"]


@pytest.mark.parametrize("dies_at", [0, 1, 3, 5])
def test_an_interrupted_run_goes_on_and_ends_the_same(tmp_path, dies_at):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
    facts = embed_shards(whole, ROWS, texts, Counting())
    with pytest.raises(KeyboardInterrupt):
        embed_shards(broken, ROWS, texts, Counting(dies_at))
    rest = Counting()
    assert embed_shards(broken, ROWS, texts, rest) == facts
    assert len(rest.calls) == 6 - dies_at
    assert (whole / "vectors.npy").read_bytes() == (broken / "vectors.npy").read_bytes()


def test_a_kill_between_joining_and_tidying_costs_nothing(tmp_path, monkeypatch):
    def killed(folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(vectors, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            embed_shards(tmp_path, ROWS, texts, Counting())
    rest = Counting()
    facts = embed_shards(tmp_path, ROWS, texts, rest)
    assert rest.calls == []
    assert facts["rows"] == ROWS
    assert not (tmp_path / "shards").exists()


KILLED = """
import sys, time
from pathlib import Path
import numpy as np
from pipelines.rag import vectors
from pipelines.rag.encoder import Encoded
vectors.SHARD = 4
def encode(part):
    time.sleep(0.1)
    numbers = [float(text.split()[1]) for text in part]
    return Encoded(np.array([[n, n / 3] for n in numbers], dtype=np.float32), (2,) * len(part), 1)
vectors.embed_shards(Path(sys.argv[1]), 200, lambda a, b: [f"text {n}" for n in range(a, b)], encode)
"""


@pytest.mark.slow
@pytest.mark.ci_slow
def test_kill_9_repeats_at_most_one_shard(tmp_path):
    root = Path(__file__).parents[3]
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=root)
    while len(list(tmp_path.glob("shards/*.npz"))) < 3 and child.poll() is None:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    done = len(list(tmp_path.glob("shards/*.npz")))
    assert done >= 3
    rest = Counting()
    embed_shards(tmp_path, 200, texts, rest)
    assert len(rest.calls) == 200 // SHARD - done
    assert open_vectors(tmp_path)[:, 0].tolist() == list(range(200))
