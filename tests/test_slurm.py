"""launcher=slurm on Debian's real Slurm, one node on loopback ports."""

import os
import re
import signal
import subprocess

import pytest

from harness.cli.sweep import sweep_folder
from harness.cli.sweep.slurm import asked
from tests.command_line import run_module
from tests.launching import FourJobs, check_end
from tests.slurm import missing, slurm

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]
LAUNCHER = ("launcher=slurm", "launcher.gpus=0", "launcher.cpus=1", "launcher.memory_gb=2", "launcher.minutes=30")


@pytest.fixture(scope="module")
def cluster():
    with slurm() as conf:
        yield conf


@pytest.fixture(scope="module")
def jobs(tmp_path_factory, checkpoint):
    return FourJobs(tmp_path_factory.mktemp("four"), checkpoint)


@pytest.fixture(scope="module")
def ended(cluster, jobs):
    """The sweep as an array, with nothing in the store at first."""
    with jobs.blocked() as folder:
        process = jobs.begin(*LAUNCHER)
        jobs.kill_the_last(folder, process)
        return *process.communicate(), process.returncode


def test_an_array_runs_all_jobs_and_trains_each_adapter_once(jobs, ended):
    check_end(*ended)
    assert "4 jobs submitted to Slurm as " in ended[0]
    assert jobs.attempts() == [1, 1, 1]
    assert len(list(jobs.results.rglob("table.csv"))) == 3


def scontrol(*arguments):
    subprocess.run(["scontrol", *arguments], check=True)


def status(jobs, sweep):
    return run_module("harness.cli.status", f"results={jobs.results}", f"sweep={sweep.name}")


@pytest.mark.usefixtures("ended")
def test_without_waiting_a_sweep_is_followed_by_status(jobs, cluster):
    """A drained node lets jobs wait, with Slurm's reason; a job that is cancelled before it began is named."""
    node = re.search(r"NodeName=(\S+)", cluster.read_text())[1]
    scontrol("update", f"NodeName={node}", "State=DRAIN", "Reason=test")
    try:
        process = jobs.begin(*LAUNCHER, "launcher.wait=false")
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        assert "Sweep: 4 jobs; 4 waiting, no cell failed so far." in output
        sweep = sweep_folder.sweep_folders(jobs.results)[0]
        assert f"make status sweep={sweep.name} shows how they go" in output
        waiting = status(jobs, sweep)
        assert waiting.returncode == 3
        assert waiting.stdout.count("(PENDING: ") == 4
        names = sweep_folder.read(sweep).queued
        subprocess.run(["scancel", names["3"]], check=True)
        jobs.wait_for(lambda: not asked([names["3"]])[names["3"]].there, None)
        gone = status(jobs, sweep)
        assert gone.returncode == 1
        assert "[v_proj] never began: Slurm knows it no more: cancelled while it waited" in gone.stdout
    finally:
        scontrol("update", f"NodeName={node}", "State=RESUME")
    jobs.wait_for(lambda: not any(job.unfinished for job in sweep_folder.statuses(sweep, asked)), None)
    after = status(jobs, sweep)
    assert after.returncode == 1
    assert "Sweep: 4 jobs; 1 cell failed; 1 job never begun (the same command tries them again):" in after.stdout
    assert jobs.attempts() == [1, 1, 1]


@pytest.mark.usefixtures("ended")
def test_a_job_whose_time_is_over_is_queued_again_and_one_too_many_is_named(jobs):
    """Slurm's warning is sent by hand: a real one comes after a minute at least."""
    with jobs.blocked():
        process = jobs.begin(*LAUNCHER, "launcher.minutes=10", "launcher.requeues=1")
        sweep = jobs.wait_for(lambda: next(iter(jobs.new_sweeps()), None), process)
        for attempt in (1, 2):
            first = jobs.wait_for(lambda: last_attempt(jobs, sweep, attempt), process)  # noqa: B023
            assert first.attempts == attempt
            subprocess.run(["scancel", "--signal=USR2", sweep_folder.read(sweep).queued["3"]], check=True)
        output, errors = process.communicate()
    assert process.returncode == 1, errors
    assert "[v_proj] was killed: " in output
    assert "timed-out too many times" in output


def queued(sweep):
    return sweep_folder.read(sweep).queued


def last_attempt(jobs, sweep, attempt):
    job = jobs.last(sweep, "started")
    return job if job is not None and job.attempts >= attempt and job.process.alive(sweep) else None


@pytest.mark.usefixtures("ended")
def test_who_stops_waiting_stops_no_job(jobs):
    process = jobs.begin(*LAUNCHER)
    sweep = jobs.wait_for(lambda: next(filter(queued, jobs.new_sweeps()), None), process)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert f"the jobs go on: make status sweep={sweep.name}" in errors
    jobs.wait_for(lambda: not any(job.unfinished for job in sweep_folder.statuses(sweep, asked)), None)
    assert [job.state for job in sweep_folder.statuses(sweep, asked)] == ["failed", "finished", "finished", "finished"]
