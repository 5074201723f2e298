"""Sweeps from outside: complete cells are skipped, a failing one does not stop the rest, adapters are trained once."""

import csv
import json
import os
import subprocess
import sys

import pytest

from harness.store.store import METADATA


@pytest.fixture(scope="module")
def task_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("capitals")
    for split, count in {"train": 6, "validation": 2, "test": 4}.items():
        rows = [{"id": f"{split}{n}", "input": f"What is {split} {n}?", "references": [f"{n}"]} for n in range(count)]
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def command(folder, task_folder, checkpoint, *overrides):
    return [
        sys.executable, "-m", "harness", "-m", "task=jsonl", f"task.dir={task_folder}", "task.max_new_tokens=4",
        "model=local", f"model.path={checkpoint}", f"results={folder}", f"store={folder}/store", "adapter.epochs=2",
        "adapter.batch_size=2", "adapter.micro_batch_size=2",
        "arm=[base,qlora]", "judge=lexical_words", *overrides,
    ]  # fmt: skip


def start(*arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def finish(process):
    out, errors = process.communicate()
    return process.returncode, out, errors


def adapters(folder):
    return {path.parent.name: path.stat().st_mtime_ns for path in (folder / "store/adapter").glob(f"*/{METADATA}")}


@pytest.fixture(scope="module")
def twice(tmp_path_factory, task_folder, checkpoint):
    """Two identical sweeps, started at the same time."""
    folder = tmp_path_factory.mktemp("sweep")
    both = [start(folder, task_folder, checkpoint, "seed=0,1") for _ in range(2)]
    return folder, [finish(process) for process in both]


def test_two_identical_sweeps_train_each_adapter_once(twice):
    folder, ended = twice
    assert [code for code, _, _ in ended] == [0, 0], ended[0][2] + ended[1][2]
    assert len(adapters(folder)) == 2
    said = "".join(errors for _, _, errors in ended)
    assert said.count("training on 6 rows") == 2


def test_a_finished_sweep_does_nothing_again(twice, task_folder, checkpoint):
    folder, _ = twice
    before = adapters(folder)
    code, out, _ = finish(start(folder, task_folder, checkpoint, "seed=0,1"))
    assert code == 0
    assert out.count("Nothing to do") == 2
    assert adapters(folder) == before


def test_table_averages_over_the_seeds(twice):
    (table,) = twice[0].rglob("table.csv")
    rows = {row["arm"]: row for row in csv.DictReader(table.read_text().splitlines())}
    assert rows["qlora"]["seeds"] == rows["base"]["seeds"] == "0 1"


def test_a_failing_cell_is_named_and_the_rest_is_run(task_folder, checkpoint, tmp_path):
    process = start(tmp_path, task_folder, checkpoint, "adapter.target_modules=[no_such_layer],all-linear")
    code, out, errors = finish(process)
    assert code == 1
    assert "2 jobs; 1 cell failed" in out, out + errors
    assert out.count("- adapter.target_modules=[no_such_layer]: ") == 1
    assert out.count("/qlora/seed=0: ") == 1
    assert not list((tmp_path / "runs").iterdir())
    assert len(list(tmp_path.rglob("records/*.jsonl"))) == 3
