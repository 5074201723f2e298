"""Sweeps: complete cells are skipped, a failing one does not stop the rest, adapters are trained once."""

import csv
import json
import re
import shutil
import subprocess
import sys

import pytest

from harness.analysis.guards import registry
from harness.analysis.result import act
from harness.cli.sweep import sweep_folder
from harness.store.store import METADATA
from tests.command_line import harness, run_module

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow]


@pytest.fixture(scope="module")
def task_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("capitals")
    for split, count in {"train": 6, "validation": 2, "test": 4}.items():
        rows = [{"id": f"{split}{n}", "input": f"What is {split} {n}?", "references": [f"{n}"]} for n in range(count)]
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def overrides(task_folder, checkpoint):
    """The command line of a sweep in a folder."""

    def make(folder, *more):
        return [
            "-m", "task=jsonl", f"task.dir={task_folder}", "task.max_new_tokens=4",
            "model=local", f"model.path={checkpoint}", f"results={folder}", f"store={folder}/store", "adapter.epochs=2",
            "adapter.batch_size=2", "adapter.micro_batch_size=2", "report=[csv]", "timing=off", "metric=[exact_match]",
            "arm=[base,qlora]", *more,
        ]  # fmt: skip

    return make


def adapters(folder):
    return {path.parent.name: path.stat().st_mtime_ns for path in (folder / "store/adapter").glob(f"*/{METADATA}")}


@pytest.fixture(scope="module")
def swept(tmp_path_factory, overrides):
    folder = tmp_path_factory.mktemp("sweep")
    return folder, harness(*overrides(folder, "seed=0,1"))


def test_a_finished_sweep_does_nothing_again(swept, overrides):
    folder, first = swept
    assert first.returncode == 0, first.stderr
    assert first.stderr.count("training on 6 rows") == 2
    before = adapters(folder)
    assert len(before) == 2
    again = harness(*overrides(folder, "seed=0,1"))
    assert again.returncode == 0
    assert again.stdout.count("Nothing to do") == 2
    assert adapters(folder) == before


def test_a_flag_fails_a_finished_sweep_and_a_single_run_if_strict(swept, overrides, monkeypatch):
    folder, _ = swept
    monkeypatch.setattr(registry, "FLAGGING", (lambda source: [act("Prompts", "they differ")],))
    failed = harness(*overrides(folder, "seed=0,1", "strict=true"))
    assert failed.returncode == 1
    assert re.search(r"^Sweep: 2 jobs; \d+ flags to act on \(strict=true\):$", failed.stdout, re.MULTILINE)
    assert all(f"\n  ! seed={seed}: Prompts: they differ" in failed.stdout for seed in (0, 1))
    single = [one for one in overrides(folder, "seed=0", "strict=true") if one != "-m"]
    failed = harness(*single)
    assert (failed.returncode, "! Prompts: they differ" in failed.stderr) == (1, True)
    assert harness(*single[:-1]).returncode == 0


def test_table_averages_over_the_seeds(swept):
    (table,) = swept[0].rglob("table.csv")
    rows = {row["arm"]: row for row in csv.DictReader(table.read_text().splitlines())}
    assert rows["qlora"]["seeds"] == rows["base"]["seeds"] == "0 1"


def test_results_of_machines_that_share_nothing_are_merged_by_copying(swept, overrides, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    shutil.copytree(swept[0], here)
    assert harness(*overrides(there, "seed=2")).returncode == 0  # with a store of its own
    shutil.copytree(there, here, dirs_exist_ok=True)
    assert run_module("harness.cli.tables", f"results={here}").returncode == 0
    (table,) = here.rglob("table.csv")
    rows = {row["arm"]: row for row in csv.DictReader(table.read_text().splitlines())}
    assert rows["qlora"]["seeds"] == rows["base"]["seeds"] == "0 1 2"
    again = harness(*overrides(here, "seed=0,1,2"))
    assert (again.returncode, again.stdout.count("Nothing to do")) == (0, 3), again.stdout


def test_two_sweeps_at_the_same_time_train_each_adapter_once(tmp_path, overrides):
    command = [sys.executable, "-m", "harness", *overrides(tmp_path, "seed=0,1")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = "".join(process.communicate()[1] for process in both)
    assert [process.returncode for process in both] == [0, 0], errors
    assert len(adapters(tmp_path)) == 2
    assert errors.count("training on 6 rows") == 2


def test_a_failing_cell_is_named_and_the_rest_is_run(overrides, tmp_path):
    done = harness(*overrides(tmp_path, "adapter.target_modules=[no_such_layer],all-linear"))
    assert done.returncode == 1
    assert "2 jobs; 1 cell failed" in done.stdout, done.stdout + done.stderr
    assert done.stdout.count("- adapter.target_modules=[no_such_layer]: ") == 1
    assert done.stdout.count("/qlora/seed=0: ") == 1
    (sweep,) = (tmp_path / ".sweeps").iterdir()
    assert sorted(path.name for path in sweep.iterdir()) == ["job-0000.json", "job-0001.json", "sweep.json"]
    assert [job.state for job in sweep_folder.statuses(sweep)] == ["failed", "finished"]
    assert len(list(tmp_path.rglob("records/*.jsonl"))) == 3
