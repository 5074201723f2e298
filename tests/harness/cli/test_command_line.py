"""What the command line says about mistakes, and where it puts results."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.__main__ import LONGEST_NAME, result_folder
from harness.cli import config
from harness.metrics.token_f1 import TokenF1
from harness.types import Score
from tests import command_line


def harness(*overrides):
    return command_line.harness("task=qa", "dry_run=true", *overrides)


def folder(overrides):
    wanted = SimpleNamespace(results=Path("results"), task=SimpleNamespace(name="qa"), model_name="m")
    return result_folder(wanted, overrides)


def test_settings_that_differ_have_folders_that_differ():
    odd = [f"task.instruction=A{end}" for end in ("?", "!", "_", "/", "?!")]
    assert len({folder(one) for one in odd}) == len(odd)
    assert folder("retriever.k=8,limit=5") == Path("results/qa/m/retriever.k=8,limit=5")
    assert folder("") == Path("results/qa/m")
    long = [f"task.instruction={'a' * 200}{end}" for end in "xy"]
    assert len({folder(one) for one in long}) == 2
    assert all(len(folder(one).name) <= LONGEST_NAME for one in [*long, "é?" * 100])


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
def test_a_broken_yaml_file_is_named(tmp_path, monkeypatch, text):
    shutil.copytree(config.ROOT / "conf", tmp_path / "conf")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    (tmp_path / "conf/task/broken.yaml").write_text(text)
    done = harness("task=broken")
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


def test_a_metric_that_fails_its_known_answers_stops_the_run_as_a_mistake(tmp_path, monkeypatch):
    monkeypatch.setattr(TokenF1, "score", lambda self, pairs: [Score(e.id, self.name, 1.0) for e, _ in pairs])
    done = harness("dry_run=false", f"results={tmp_path}/results", f"store={tmp_path}/store")
    assert done.returncode == 2, done.stderr
    assert "MetricError" in done.stderr
    assert "token_f1: wrong: 1, but between 0 and 0.5 would be right" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("records/*"))
