"""What the command line says about errors of the user."""

import shutil

import pytest

from harness.cli import config
from harness.metrics.token_f1 import TokenF1
from harness.store.records import records
from harness.types import Score
from tests import command_line
from tests.harness.records import record


def harness(*overrides):
    return command_line.harness("task=qa", "dry_run=true", *overrides)


@pytest.mark.parametrize(
    ("override", "hint"),
    [
        ("model.dtype=~/x", """'model.dtype="~/x"'"""),
        ("model.device=Answer, please: now.", """'model.device="Answer, please: now."'"""),
        ("model.device=why (not)", """'model.device="why (not)"'"""),
        ("model.device=it's", """'model.device="it'"'"'s"'"""),
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


@pytest.mark.slow
@pytest.mark.ci_slow
def test_a_metric_that_fails_its_known_answers_stops_the_run_as_a_mistake(tmp_path, monkeypatch):
    monkeypatch.setattr(TokenF1, "score", lambda self, pairs: [Score(e.id, self.name, 1.0) for e, _ in pairs])
    done = harness("dry_run=false", f"results={tmp_path}/results", f"store={tmp_path}/store")
    assert done.returncode == 2, done.stderr
    assert "MetricError" in done.stderr
    assert "token_f1: wrong: 1, but between 0 and 0.5 would be right" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "results").rglob("records/*"))


@pytest.mark.parametrize("override", ["results=", "store=''", 'results=" "'])
@pytest.mark.parametrize("sweep", [[], ["-m"]])
def test_a_folder_without_a_name_is_refused_before_anything_is_made(tmp_path, monkeypatch, override, sweep):
    monkeypatch.chdir(tmp_path)
    done = harness(*sweep, override)
    assert done.returncode == 2
    assert "it must be a folder" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_hydra_does_not_overwrite_a_file_of_the_user(tmp_path):
    (tmp_path / "multirun.yaml").write_text("of the user")
    done = harness("-m", "seed=0,1", f"results={tmp_path}/r", f"hydra.sweep.dir={tmp_path}")
    assert done.returncode == 2
    assert "choose another folder" in done.stderr
    assert (tmp_path / "multirun.yaml").read_text() == "of the user"


@pytest.fixture
def with_a_damaged_record(tmp_path):
    folder = tmp_path / "qa/pocket/records"
    for arm in ("base", "rag"):
        records.write(record(arm, [1.0, 0.0]), folder / f"{arm},seed=0.jsonl")
    damaged = folder / "rag,seed=0.jsonl"
    damaged.write_text(damaged.read_text().replace("0.0", "1.0"))
    return tmp_path


@pytest.mark.parametrize("command", ["tables", "index", "export"])
def test_a_record_that_was_left_out_is_named_and_fails_the_command(with_a_damaged_record, command):
    done = command_line.run_module(f"harness.cli.{command}", f"results={with_a_damaged_record}", "report=[csv,html]")
    assert done.returncode == 1
    assert "rag,seed=0.jsonl: the record is damaged" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_record_under_the_name_of_another_is_left_out(with_a_damaged_record):
    folder = with_a_damaged_record / "qa/pocket/records"
    shutil.copy(folder / "base,seed=0.jsonl", folder / "rag,seed=0.jsonl")
    done = command_line.run_module("harness.cli.tables", f"results={with_a_damaged_record}", "report=[csv]")
    assert done.returncode == 1
    assert "rag,seed=0.jsonl: holds what belongs in base,seed=0.jsonl" in done.stderr


def test_commands_over_all_experiments_take_no_folder_without_a_name():
    done = command_line.run_module("harness.cli.tables", "results=")
    assert done.returncode == 1
    assert not done.stdout
