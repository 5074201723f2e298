"""A disk that is full or cannot be written: one line says so, nothing is corrupt, and with room the command goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.cli.tables import compared
from harness.errors import StoreError
from harness.store.store import Store
from pipelines.rag.encoder import Encoded
from pipelines.rag.vectors import embed_shards, open_vectors

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ROOT = Path(__file__).resolve().parents[1]


class Disk:
    """A file system in memory, of a size that can be changed."""

    def __init__(self, folder):
        self.folder = folder

    def mount(self, options):
        command = ["mount", "-t", "tmpfs", "-o", options, "cutlery-test", str(self.folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("file systems cannot be mounted here")

    def change(self, options):
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.folder)], check=True)

    def fill(self, leave=0):
        free = os.statvfs(self.folder)
        (self.folder / "filling").write_bytes(b"x" * (free.f_bavail * free.f_frsize - leave))

    def make_room(self):
        (self.folder / "filling").unlink()


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    disk = Disk(folder)
    disk.mount("size=512k")
    yield disk
    subprocess.run(["umount", "-l", str(folder)], check=True)


def weights(folder):
    import torch
    from safetensors.torch import save_file

    save_file({"a": torch.zeros(100, 1000)}, str(folder / "a.safetensors"))


def optimiser(folder):
    import torch

    torch.save({"a": torch.zeros(100, 1000)}, folder / "a.pt")


def index(folder):
    from pipelines.rag.faiss_index import FaissIndex

    FaissIndex("IDMap2,Flat", None, None).build(np.ones((1400, 64), dtype=np.float32)).save(folder)


def words(folder):
    from pipelines.rag.lexical import Bm25

    Bm25(k1=1.5, b=0.75).build([f"word{n} other{n} again{n}" for n in range(8000)]).save(folder)


def vectors(folder):
    embed_shards(folder, 1000, lambda first, end: ["x"] * (end - first), lambda texts: encoded(len(texts)))
    assert open_vectors(folder).shape == (1000, 64)


def encoded(rows):
    return Encoded(np.ones((rows, 64), dtype=np.float32), [1] * rows, 0)


def text(folder):
    (folder / "a.jsonl").write_text("x" * 400_000)


@pytest.mark.ci_slow
@pytest.mark.parametrize("leave", [0, 4096, 200_000, 300_000])
@pytest.mark.parametrize("make", [weights, optimiser, index, words, vectors, text])
def test_no_writer_dies_or_leaves_something_that_looks_finished(disk, make, leave):
    store, spec = Store(disk.folder / "store"), {"n": 1}
    disk.fill(leave)

    def with_facts(folder):
        make(folder)
        return {"made": True}

    with pytest.raises(StoreError, match="make room") as refused:
        store.get_or_make("adapter", spec, with_facts)
    assert "\n" not in str(refused.value)
    assert not store.has("adapter", spec)
    disk.make_room()
    disk.change("size=4m")
    made = store.get_or_make("adapter", spec, with_facts)
    assert not made.found
    assert store.find("adapter", spec) is not None


@pytest.fixture(scope="module")
def command(tmp_path_factory, checkpoint):
    task = tmp_path_factory.mktemp("task")
    for split, count in {"train": 6, "validation": 2, "test": 4}.items():
        rows = [{"id": f"{split}{n}", "input": f"What is {split} {n}?", "references": [f"{n}"]} for n in range(count)]
        (task / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows = [{"id": f"d{n}", "text": f"The test {n} is the number {n} of the list. " * 8} for n in range(60)]
    (task / "documents.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def run(results, store):
        overrides = [
            "task=jsonl", f"task.dir={task}", "task.max_new_tokens=4", "model=local", f"model.path={checkpoint}",
            f"results={results}", f"store={store}", "adapter.epochs=1", "adapter.batch_size=2",
            "adapter.micro_batch_size=2", "timing=off", "metric=[exact_match]", "arm=[base,hybrid]",
            "report=[csv,html]",
        ]  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "harness", *overrides], cwd=ROOT, capture_output=True, text=True, check=False
        )

    return run


def numbers(results):
    [folder] = {path.parent.parent for path in Path(results).rglob("records/*.jsonl")}
    return {
        arm: [(score.metric, score.value) for record in own for score in record.scores]
        for arm, own in compared(folder).arms.items()
    }


@pytest.fixture(scope="module")
def wanted(command, tmp_path_factory):
    """The numbers of an experiment that had room all the time."""
    folder = tmp_path_factory.mktemp("whole")
    assert command(folder / "results", folder / "store").returncode == 0
    return numbers(folder / "results")


@pytest.mark.parametrize("kilobytes", [20, 150, 300, 420, 500, 600])
def test_an_experiment_goes_on_when_there_is_room(disk, command, wanted, kilobytes):
    disk.change(f"size={kilobytes}k")
    first = command(disk.folder / "results", disk.folder / "store")
    assert first.returncode in (0, 1, 2), first.stderr
    assert "Traceback" not in first.stderr
    disk.change("size=20m")
    second = command(disk.folder / "results", disk.folder / "store")
    assert second.returncode == 0, second.stderr
    assert "damaged" not in second.stderr
    assert numbers(disk.folder / "results") == wanted


def test_a_finished_store_is_read_where_nothing_can_be_written(disk, command, tmp_path):
    disk.change("size=20m")
    assert command(tmp_path / "one", disk.folder / "store").returncode == 0
    before = sorted(disk.folder.rglob("*"))
    disk.change("ro")
    done = command(tmp_path / "two", disk.folder / "store")
    disk.change("rw")
    assert done.returncode == 0, done.stderr
    assert numbers(tmp_path / "two") == numbers(tmp_path / "one")
    assert sorted(disk.folder.rglob("*")) == before


def test_scores_that_wait_for_their_record_need_its_disk_alone(disk):
    from harness.store.records.spill import ScoreSpill
    from harness.types import Example, Score

    example = Example("e", "?", ("x",), ())

    def spilt(many):
        spill = ScoreSpill(["m"], [example] * many, disk.folder / "records")
        for _ in range(many):
            spill.add([example], {"m": [Score("e", "m", 1, note="x" * 1000)]}, [])
        return spill.parts()[0]

    assert len(spilt(100)) == 100
    for leave in (0, 4096):
        disk.fill(leave)
        with pytest.raises(StoreError, match=f"{disk.folder / 'records'}: cannot be written"):
            spilt(100)
        disk.make_room()
    assert [path.name for path in (disk.folder / "records").iterdir()] == []
    disk.change("ro")
    with pytest.raises(StoreError, match="cannot be written"):
        spilt(1)
    disk.change("rw")
