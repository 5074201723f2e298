"""What the command line says about errors of the user."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def harness(*overrides, root=ROOT):
    command = [sys.executable, "-m", "harness", "task=qa", "dry_run=true", *overrides]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(command, capture_output=True, text=True, cwd=root, env=environment, check=False)


@pytest.mark.parametrize(
    ("override", "hint"),
    [
        ("model.path=~/x", """'model.path="~/x"'"""),
        ("task.instruction=Answer, please: now.", """'task.instruction="Answer, please: now."'"""),
        ("task.instruction=why (not)", """'task.instruction="why (not)"'"""),
        ("task.instruction=it's", """'task.instruction="it'"'"'s"'"""),
    ],
)
def test_a_value_that_hydra_cannot_read_comes_with_its_quoted_form(override, hint):
    done = harness(override)
    assert done.returncode == 2
    assert done.stderr.startswith("ConfigError: ")
    assert hint in done.stderr
    assert "Lexer" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["a: [1\n", "a: ${b\n"])
def test_a_broken_yaml_file_is_named(tmp_path, text):
    for name in ("harness", "conf", "pipelines"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "conf/task/broken.yaml").write_text(text)
    done = harness("task=broken", root=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("ConfigError: ")
    assert "broken.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interpolation_of_nothing_is_no_traceback():
    done = harness("task.instruction=${nope}")
    assert done.returncode == 2
    assert "nope" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_results_folder_that_is_a_file_is_no_traceback(tmp_path):
    (tmp_path / "file").write_text("")
    done = harness("-m", "seed=0,1", f"results={tmp_path}/file", "dry_run=false")
    assert done.returncode == 2
    assert str(tmp_path / "file") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_metric_that_fails_its_known_answers_stops_the_run(tmp_path):
    for name in ("harness", "conf", "pipelines"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("datasets", "models"):
        (tmp_path / name).symlink_to(ROOT / name)
    path = tmp_path / "harness/metrics/token_f1.py"
    path.write_text(
        path.read_text() + "\n\nTokenF1.score = lambda self, pairs: [Score(e.id, self.name, 1.0) for e, _ in pairs]\n"
    )
    done = harness("dry_run=false", f"results={tmp_path}/results", f"store={tmp_path}/store", root=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "MetricError" in done.stderr
    assert "token_f1: wrong: 1, but between 0 and 0.5 would be right" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "results").rglob("records/*"))
