"""What make hands on to the harness: every key=value, letter for letter."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def make(tmp_path):
    """Run a copy of the Makefile whose Python only reports its arguments."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    tools = tmp_path / ".venv/bin"
    tools.mkdir(parents=True)
    python = tools / "python"
    python.write_text(f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n")
    python.chmod(0o755)
    (tmp_path / ".venv/.ready").touch()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}

    def run(*arguments):
        done = subprocess.run(
            ["make", *arguments], cwd=tmp_path, capture_output=True, text=True, env=environment, check=True
        )
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize(
    "value",
    [
        "qa",
        "[base,rag]",
        "Answer The question in One sentence.",
        'Don\'t stop (or do); say "why" & go | on',
        "/data/My Data/x",
        "{a: 1, b: [2,3]}",
        "*?~`!#%",
        "a=b=c",
    ],
)
def test_a_value_arrives_letter_for_letter(make, value):
    assert make("experiment", f"task.instruction={value}") == ["-m", "harness", f"task.instruction={value}"]


def test_dollars_are_not_expanded(make):
    assert make("experiment", "x=$5 $(HOME)") == ["-m", "harness", "x=$5 $(HOME)"]


def test_keys_with_dots_and_signs_and_several_of_them(make):
    given = make("experiment", "task=qa", "retriever.k=3", "+new=1", "limit=20")
    assert sorted(given[2:]) == ["+new=1", "limit=20", "retriever.k=3", "task=qa"]


@pytest.mark.parametrize("key", ["name", "dir", "task", "value", "subst", "each"])
def test_no_key_is_taken_for_a_variable_of_make(make, key):
    assert make("init", f"{key}=x") == ["-m", "harness.cli.init", f"{key}=x"]


def test_args_stay_apart(make):
    assert make("experiment", "task=qa", "ARGS=--cfg job") == ["-m", "harness", "task=qa", "--cfg", "job"]


def test_sweep_is_multirun(make):
    assert make("sweep", "seed=0,1") == ["-m", "harness", "-m", "seed=0,1"]


def test_a_study_is_a_run_and_studies_are_a_sweep_over_all_of_them(make):
    assert make("study", "study=labels", "task=qa") == ["-m", "harness", "study=labels", "task=qa"]
    assert make("studies", "task=qa") == ["-m", "harness", "-m", "study=glob(*,exclude=none)", "task=qa"]


def test_the_status_of_a_sweep_is_asked_by_its_name(make):
    assert make("status", "sweep=sweep-1") == ["-m", "harness.cli.status", "sweep=sweep-1"]


def test_tables_take_a_folder(make):
    assert make("tables", "results=other") == ["-m", "harness.cli.tables", "results=other"]


def test_clean_removes_what_runs_made_and_nothing_of_the_users(tmp_path, make):
    ours = [".pytest_cache/x", "results/.sweeps/sweep-1/multirun.yaml", "harness/cli/__pycache__/x.pyc"]
    users = ["runs", "sweep", "store", "reference", "__pycache__", ".hidden", "caches"]
    kept = [f"results/{task}/pocket/records/base,seed=0.jsonl" for task in users]
    kept += ["results/runs/pocket/checkpoint.pt", "results/multirun.yaml", "data/__pycache__/x", "harness/cli/x.py"]
    for name in (*ours, *kept):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, check=True)
    assert not any((tmp_path / name).exists() for name in ours)
    assert all((tmp_path / name).exists() for name in kept)


def test_a_goal_that_is_no_verb_is_told_what_there_is(tmp_path, make):
    make("experiment")  # the copy of the Makefile works
    done = subprocess.run(["make", "qa"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "there is no such verb; make help lists them. A task is chosen by task=qa" in done.stderr
