"""Doctor: one line per audit, known answer, refusal and flag; nothing is kept; the exit status says whether to act."""

import itertools
import json

import pytest

from harness.analysis.result import Note, act, warning
from harness.audits import AuditResult
from harness.cli import doctor
from harness.errors import ArmError
from harness.metrics.exact_match import ExactMatch
from pipelines.prepared import PreparedArm
from tests.command_line import run_module


def replayed(flag="", checked=8):
    return AuditResult("replay", checked, "answers", flag, seconds=0.25)


@pytest.fixture(scope="module")
def task_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("capitals")
    for split, count in {"train": 3, "validation": 1, "test": 3}.items():
        rows = [{"id": f"{split}{n}", "input": f"What is {split} {n}?", "references": [f"{n}"]} for n in range(count)]
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture
def examine(task_folder, checkpoint, monkeypatch, tmp_path):
    """Run doctor on a tiny model, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*more):
        given = [
            "task=jsonl", f"task.dir={task_folder}", "task.max_new_tokens=4", "model=local", f"model.path={checkpoint}",
            "metric=[exact_match]", *more,
        ]  # fmt: skip
        return run_module("harness.cli.doctor", *given)

    return run


def test_one_line_each_and_nothing_is_left_behind(examine, tmp_path):
    done = examine("arm=[base]")
    assert done.returncode == 0, done.stdout
    configuration, known, *audits, _, total = done.stdout.splitlines()
    assert configuration.startswith("ok           configuration            base on capitals")
    assert "3 train, 1 validation, 3 test" in configuration
    assert known.startswith("ok           known answers            1 metrics (")
    assert any(line.startswith("ok           replay ") for line in audits)
    assert total.startswith(f"{len(audits) + 2} checks in ")
    assert list(tmp_path.iterdir()) == []


def test_a_failing_metric_and_a_refused_cell_are_lines_of_their_own(examine, monkeypatch):
    def refuse(self):
        raise ArmError("the index is another corpus's")

    monkeypatch.setattr(ExactMatch, "compare", lambda self, answer, text: 1.0)
    monkeypatch.setattr(PreparedArm, "audit_parts", refuse)
    done = examine("arm=[base]")
    assert done.returncode == 1
    assert "refused      known answers: exact_match wrong: 1, but" in done.stdout
    assert "refused      base                     the index is another corpus's" in done.stdout


def test_what_is_wrong_with_the_command_line_is_status_2(examine):
    for wrong, words in [("results=here", "results=… has no place here"), ("nonsense=1", "nonsense")]:
        done = examine(wrong)
        assert done.returncode == 2
        assert words in done.stderr


def test_the_command_line_comes_before_the_small_run_s_own_settings():
    assert "limit=24" not in doctor._overrides(["limit=3"])
    assert {"timing=off", "limit=3"} <= set(doctor._overrides(["limit=3"]))


def test_arms_that_passed_share_a_line_and_each_flag_names_its_arms():
    same = AuditResult("overlap", 100, "examples", "3 test questions are in train")
    results = {"base": [same, replayed()], "rag": [same, replayed()], "qlora": [same, replayed("other template")]}
    assert [str(check) for check in doctor.of_arms(results, known=())] == [
        "!            overlap                  3 test questions are in train (100 examples) (0.0 s)",
        "ok           replay (base, rag)       8 answers (0.2 s)",
        "!            replay (qlora)           other template (8 answers) (0.2 s)",
    ]
    assert [check.name for check in doctor.of_arms(results, known={"replay"})] == ["overlap"]


def test_nothing_to_look_at_is_not_ok():
    (check,) = doctor.of_arms({"base": [AuditResult("adapter", 0, "validation rows")]}, known=())
    assert check.verdict == "not checked"


def test_notes_that_every_small_run_has_are_no_flags():
    notes = [warning("Few examples", "only 3"), act("Replay", "…"), Note("Task", "qa"), act("Prices", "odd")]
    assert [check.name for check in doctor.of_notes(notes, known={"replay"})] == ["Prices"]


def test_all_data_are_audited_unless_they_are_many(task_folder, checkpoint, tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "CHEAP", 5)
    given = ["task=jsonl", f"task.dir={task_folder}", "model=local", f"model.path={checkpoint}", "metric=[exact_match]"]
    checks = itertools.islice(doctor.examined([*given, "arm=[base]"], tmp_path), 3)
    assert [check.verdict for check in checks] == ["ok", "ok", "not checked"]


@pytest.mark.slow  # a minute: six arms of the shipped model
def test_the_shipped_task_and_model_are_well():
    done = run_module("harness.cli.doctor", "task=qa", "model=pocket")
    assert done.returncode == 0, done.stdout + done.stderr
