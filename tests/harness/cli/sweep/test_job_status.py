"""What the file of a job says, and how a job that ended without a word is told from one that runs."""

import json
import os
import subprocess
import sys

import pytest

from harness.cli.sweep import job_status
from harness.cli.sweep.job_status import JobStatus, WorkingProcess, observed, read, status_file
from harness.errors import StoreError


def started(folder, process, **more):
    status = JobStatus(0, ("seed=0",), "started", process=process, begun=1.0, attempts=1, **more)
    job_status.write(status, folder)
    return status


def test_a_job_is_begun_shows_signs_of_life_and_ends(tmp_path, monkeypatch):
    job_status.write(JobStatus(3, ("seed=3",)), tmp_path)
    path = status_file(tmp_path, 3)
    with job_status.under_way(tmp_path, 3, ["seed=3", "model.api_key=sk-012345678901234567"]):
        under_way = read(path)
        job_status.note_end(tmp_path, 3, "failed", failures={"qa/rag": "boom"}, flags=["! x"])
    assert (under_way.state, under_way.attempts, under_way.process) == ("started", 1, WorkingProcess.current())
    assert under_way.overrides == ("seed=3", "model.api_key=[secret]")
    ended = read(path)
    assert (ended.state, ended.failures, ended.flags) == ("failed", {"qa/rag": "boom"}, ("! x",))
    assert ended.ended >= ended.begun
    assert ended.bad
    assert not ended.unfinished
    assert sorted(file.name for file in tmp_path.iterdir()) == ["job-0003.json"]
    with job_status.under_way(tmp_path, 3, ["seed=3"]):
        assert read(path).attempts == 2


def test_a_process_that_is_gone_or_whose_number_was_given_again_was_killed(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    own = WorkingProcess.current()
    assert observed(started(tmp_path, own), tmp_path).state == "started"
    for process in (WorkingProcess(own.host, gone.pid, own.born), WorkingProcess(own.host, own.pid, own.born - 60)):
        seen = observed(started(tmp_path, process), tmp_path)
        assert seen.state == "killed"
        assert f"on {process.host} as process {process.pid} and ended without a word" in seen.reason


def test_a_process_that_nobody_waited_for_is_no_running_one(tmp_path):
    child = os.fork()
    if not child:
        os._exit(0)
    while open(f"/proc/{child}/stat").read().rsplit(")", 1)[1].split()[0] != "Z":  # noqa: SIM115
        pass
    born = job_status.psutil.Process(child).create_time()
    assert not WorkingProcess(WorkingProcess.current().host, child, born).alive(tmp_path / "x")
    os.waitpid(child, 0)


def test_a_job_of_another_machine_is_judged_by_the_file_that_it_touches(tmp_path):
    status = started(tmp_path, WorkingProcess("elsewhere", 1, 0.0))
    assert observed(status, tmp_path).state == "started"
    path = status_file(tmp_path, 0)
    then = path.stat().st_mtime - 61
    os.utime(path, (then, then))
    assert observed(status, tmp_path).state == "killed"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_only_a_job_without_an_end_is_noted_as_killed(tmp_path):
    for state, seen in (("started", "killed"), ("waiting", "killed"), ("finished", "finished"), ("failed", "failed")):
        job_status.write(JobStatus(0, (), state), tmp_path)
        job_status.note_killed(tmp_path, 0, "by SIGKILL")
        assert read(status_file(tmp_path, 0)).state == seen
    job_status.note_killed(tmp_path, 7, "of a job without a file")


def test_a_job_whose_time_was_over_waits_again(tmp_path):
    job_status.write(JobStatus(0, (), "stopped", attempts=1), tmp_path)
    job_status.note_requeued(tmp_path, 0)
    again = read(status_file(tmp_path, 0))
    assert (again.state, again.attempts, "queued again" in again.reason) == ("waiting", 1, True)


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"job": 0, "overrides": [], "state": "happy"})])
def test_a_file_that_is_no_status_is_named(tmp_path, text):
    path = status_file(tmp_path, 0)
    path.write_text(text)
    with pytest.raises(StoreError, match=r"job-0000\.json: is no status of a job"):
        read(path)
