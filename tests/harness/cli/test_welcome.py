"""`make experiment` without anything explains itself and runs nothing."""

from harness.cli.choices import choices
from harness.cli.config import ROOT
from harness.cli.welcome import shipped_tasks
from tests import command_line


def test_the_tasks_that_can_be_run_at_once_are_offered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = command_line.harness()
    assert done.returncode == 0
    assert done.stderr == ""
    for name in ("qa", "summarization", "support"):
        assert f"make experiment task={name} " in done.stdout
        assert (ROOT / "datasets" / name).is_dir()
    assert not list(tmp_path.iterdir())


def test_tasks_that_must_be_downloaded_are_not_offered():
    offered = shipped_tasks(ROOT / "conf")
    assert set(offered) == {"qa", "summarization", "support"}
    assert offered["summarization"] == "summaries in a strict style"


def test_a_misspelt_choice_is_refused_with_the_nearest_one():
    for given, near in {
        "task=summarisation": "summarization",
        "model=poket": "pocket",
        "arm=[base,raag]": "rag",
        "judge=lexcal": "lexical",
        "study=labls": "labels",
    }.items():
        done = command_line.harness(given, "dry_run=true")
        assert done.returncode == 2
        assert f"did you mean {near}?" in done.stderr


def test_help_offers_what_can_be_chosen_and_nothing_else():
    """All claims are read at once, and the criteria are what decisions are made of."""
    lines = dict(line.split(": ", 1) for line in choices(ROOT / "conf").splitlines())
    assert "claim" not in lines
    assert lines["decision"].split(", ") == ["own", "qa", "summarization", "support"]
    assert {"arm", "metric", "model", "study", "task"} <= set(lines)
    done = command_line.harness("--help")
    assert f"study: {lines['study']}\n" in done.stdout
    assert "C01" not in done.stdout
