"""What Slurm's own programs say of jobs, read without an accounting database."""

import subprocess

import pytest

from harness.cli.sweep import slurm
from harness.cli.sweep.slurm import asked
from harness.cli.sweep.sweep_folder import InQueue

LISTED = "12_0|RUNNING|None\n12_1|PENDING|Resources\n12_2|COMPLETING|None\n"
REMEMBERED = (
    "JobId=15 ArrayJobId=12 ArrayTaskId=3 JobName=x UserId=root(0) JobState=FAILED Reason=NonZeroExitCode ExitCode=0:9"
)


@pytest.fixture
def says(monkeypatch):
    """Set what the programs print."""

    def answer(squeue, scontrol="", code=0, errors=""):
        def run(program, *_):
            text = squeue if program == "squeue" else scontrol
            return None if text is None else subprocess.CompletedProcess([], code, text, errors)

        monkeypatch.setattr(slurm, "_run", run)

    return answer


def test_a_job_waits_runs_or_is_gone(says):
    says(LISTED, REMEMBERED)
    assert asked(["12_0", "12_1", "12_2", "12_3"]) == {
        "12_0": InQueue(True, True, "RUNNING: None"),
        "12_1": InQueue(True, False, "PENDING: Resources"),
        "12_2": InQueue(True, True, "COMPLETING: None"),
        "12_3": InQueue(False, False, "Slurm: FAILED, NonZeroExitCode, exit code 0:9"),
    }


def test_what_slurm_has_forgotten_is_gone(says):
    says("", "", code=1, errors="slurm_load_jobs error: Invalid job id specified")
    assert asked(["12_0"]) == {
        "12_0": InQueue(False, False, "Slurm knows it no more: cancelled while it waited, or ended some time ago")
    }


def test_from_no_answer_nothing_is_concluded(says):
    says("", code=1, errors="Unable to contact slurm controller (connect failure)")
    assert asked(["12_0"]) == {}
    says(None)
    assert asked(["12_0"]) == {}


def test_a_program_that_is_not_there_gives_no_answer(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert asked(["12_0"]) == {}


def test_a_job_that_slurm_holds_is_said_once_with_what_lets_it_go_on(capsys):
    held = {
        "8_1": InQueue(True, False, "PENDING: launch failed requeued held"),
        "8_2": InQueue(True, False, "PENDING: Resources"),
        "8_3": InQueue(True, True, "RUNNING: None"),
    }
    said = set()
    for _ in range(2):
        assert slurm._saying_what_is_held(held, said) is held
    line = "Slurm holds job 8_1 (PENDING: launch failed requeued held); scontrol release 8_1 lets it go on\n"
    assert capsys.readouterr().out == line
