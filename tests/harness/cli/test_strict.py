"""strict=true: what must be acted on in a table fails the command, after everything was written."""

import pytest

import harness
from harness.cli.sweep.job_status import JobStatus
from harness.cli.sweep.summary import SweepSummary
from harness.store.records import records
from tests.command_line import run_module
from tests.harness.analysis.guards.making import scored, sound

FLAG = "! Constant metric: rouge_l is 0.000 for every answer of every arm"


@pytest.fixture
def folder(tmp_path):
    """Two arms; one metric of theirs is broken."""
    for arm in ("base", "rag"):
        broken = scored(sound(arm, n=10), "rouge_l", lambda number: 0.0)
        records.write(broken, tmp_path / f"qa/pocket/records/{arm},seed=0.jsonl")
    return tmp_path


def tables(folder, *overrides):
    return run_module("harness.cli.tables", f"results={folder}", "report=[csv]", *overrides)


def test_a_flag_is_shown_and_fails_the_command_only_if_that_is_asked_for(folder):
    shown = tables(folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert FLAG in " ".join(shown.stdout.split())
    (folder / "qa/pocket/table.csv").unlink()
    failed = tables(folder, "strict=true")
    assert failed.returncode == 1
    assert FLAG in failed.stderr
    assert "qa · pocket" in failed.stdout
    assert (folder / "qa/pocket/table.csv").is_file()


def test_python_raises_for_flags(folder):
    with pytest.raises(harness.CutleryError, match=r"rouge_l is 0\.000 for every answer"):
        harness.tables(folder, "report=[csv]", "strict=true")
    for arm in ("base", "rag"):
        records.write(sound(arm, n=10), folder / f"qa/pocket/records/{arm},seed=0.jsonl")
    (made,) = harness.tables(folder, "report=[csv]", "strict=true")
    assert made.flags == ()


def test_a_sweep_fails_on_flags_and_names_them():
    flagged = JobStatus(1, ("seed=1",), "finished", flags=("! Prompts: rag against hybrid",))
    sweep = SweepSummary([JobStatus(0, ("seed=0",), "finished"), flagged])
    assert sweep.failed
    assert str(sweep).splitlines() == [
        "Sweep: 2 jobs; 1 flag to act on (strict=true):",
        "  ! seed=1: Prompts: rag against hybrid",
    ]
    both = str(SweepSummary([JobStatus(0, ("seed=0",), "failed", failures={"a": "boom"}), flagged]))
    assert "1 cell failed (the same command tries them again); 1 flag to act on (strict=true):" in both
