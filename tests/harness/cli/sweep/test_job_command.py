"""A job as a command of its own: what is noted when it ends without a word, and how it is stopped."""

import json
import signal
import subprocess
import sys
import threading
import time

import pytest

from harness.cli.sweep import command, job_status
from harness.cli.sweep.command import JobCommand
from harness.cli.sweep.job_status import JobStatus, read, status_file

PROGRAMS = {
    "kills itself": "os.kill(os.getpid(), signal.SIGKILL)",
    "ends": "sys.exit(3)",
    "says": "print(json.dumps([sys.argv[1:], os.environ['GPU'], os.getcwd()]))",
    # a test run that a shell began with & has its processes ignore Ctrl-C
    "stops": "signal.signal(signal.SIGINT, signal.default_int_handler); open('ready', 'w').close(); time.sleep(60)",
    "is stubborn": "signal.signal(signal.SIGINT, signal.SIG_IGN); open('ready', 'w').close(); time.sleep(60)",
}


@pytest.fixture
def job(tmp_path):
    """A command that runs, in place of the harness, one of the programs above."""

    def make(program):
        (tmp_path / "harness").mkdir()
        (tmp_path / "harness/__init__.py").touch()
        imports = "import json, os, signal, sys, time"
        (tmp_path / "harness/__main__.py").write_text(f"{imports}\n{PROGRAMS[program]}\n")
        job_status.write(JobStatus(2, ("seed=2",), "started"), tmp_path)
        return JobCommand(2, ("seed=2", "task=qa"), tmp_path, tmp_path)

    return make


@pytest.mark.parametrize(("program", "code", "how"), [("kills itself", -9, "by SIGKILL"), ("ends", 3, "exit status 3")])
def test_an_end_without_a_word_is_noted_with_its_cause(job, tmp_path, program, code, how):
    assert job(program)() == code
    status = read(status_file(tmp_path, 2))
    assert status.state == "killed"
    assert status.reason == f"ended without a word ({how}); see {tmp_path}/job-0002.log"


def test_it_runs_where_and_with_what_it_was_told(job, tmp_path):
    made = job("says")
    assert made({"GPU": "7"}) == 0
    file = str(tmp_path / "job-0002.json")
    assert json.loads(made.log.read_text()) == [["--job-of-sweep", file, "seed=2", "task=qa"], "7", str(tmp_path)]


@pytest.mark.parametrize(
    ("program", "code", "grace"), [("stops", -signal.SIGINT, 300.0), ("is stubborn", -signal.SIGKILL, 3.0)]
)
def test_it_is_stopped_as_by_ctrl_c_and_killed_if_it_does_not_hear(job, tmp_path, monkeypatch, program, code, grace):
    monkeypatch.setattr(command, "GRACE", grace)
    made, codes = job(program), []
    thread = threading.Thread(target=lambda: codes.append(made()))
    thread.start()
    while thread.is_alive() and not (tmp_path / "ready").exists():
        time.sleep(0.05)
    made.stop()
    thread.join()
    assert codes in ([code], [1])  # Python itself ends by the signal, or with its traceback
    made.stop()


def test_a_command_that_cannot_be_begun_is_noted(job, tmp_path, monkeypatch):
    made = job("ends")
    monkeypatch.setattr(command.sys, "executable", "/no/python")
    with pytest.raises(FileNotFoundError):
        made()
    assert "FileNotFoundError" in read(status_file(tmp_path, 2)).reason


def test_a_job_hears_who_began_it_also_where_a_shell_has_its_commands_ignore_ctrl_c():
    program = """
import sys, time
from harness.cli.sweep.command import obey_whoever_began_us
obey_whoever_began_us()
print("ready", flush=True)
time.sleep(250)
"""
    ignoring = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **ignoring
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert "KeyboardInterrupt" in errors
