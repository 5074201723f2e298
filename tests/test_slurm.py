"""launcher=slurm on Debian's real Slurm: two nodes of one processor each, on loopback ports."""

import os
import re
import signal
import subprocess

import pytest

from harness.cli.sweep import sweep_folder
from harness.cli.sweep.slurm import asked
from tests.command_line import run_module
from tests.launching import FourJobs, unavailable
from tests.slurm import NODES, missing, slurm

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow, pytest.mark.timeout(1800)]
LAUNCHER = ("launcher=slurm", "launcher.gpus=0", "launcher.cpus=1", "launcher.memory_gb=2", "launcher.minutes=60")
ARMS = ["base", "qlora"]


@pytest.fixture(scope="module")
def cluster(alone):
    if why := missing():
        unavailable(why)
    with slurm() as conf:
        yield conf


@pytest.fixture(scope="module")
def jobs(cluster, tmp_path_factory, checkpoint):
    return FourJobs(tmp_path_factory.mktemp("four"), checkpoint)


@pytest.fixture(scope="module")
def ended(jobs):
    """The sweep as an array, with nothing in the store at first; one of two nodes is drained while it works."""
    try:
        return jobs.killed_with(*LAUNCHER, meanwhile=lambda sweep: drain(NODES[1]))
    finally:
        resume(NODES[1])


def scontrol(*arguments, check=True):
    subprocess.run(["scontrol", *arguments], check=check)


def drain(*nodes):
    scontrol("update", f"NodeName={','.join(nodes)}", "State=DRAIN", "Reason=test")


def resume(*nodes):
    """Let nodes take jobs again; one that was down may have come back by itself, of which Slurm complains."""
    for node in nodes:
        scontrol("update", f"NodeName={node}", "State=RESUME", check=False)


def node_of(sweep, job):
    """Return the node on which Slurm runs a job, or ran it last."""
    said = subprocess.run(["scontrol", "show", "job", queued(sweep)[str(job)]], capture_output=True, text=True)
    return found[1] if (found := re.search(r" NodeList=(\w+)", said.stdout)) else ""


def queued(sweep):
    return sweep_folder.read(sweep).queued


def status(jobs, sweep):
    return run_module("harness.cli.status", f"results={jobs.results}", f"sweep={sweep.name}")


def all_ended(jobs, sweep):
    jobs.wait_for(lambda: not any(job.unfinished for job in sweep_folder.statuses(sweep, asked)), None)


def test_an_array_runs_all_jobs_and_trains_the_adapter_once(jobs, ended):
    jobs.check_end(*ended)
    assert "4 jobs submitted to Slurm as " in ended[0]
    assert jobs.trainings() == ([1], 1)
    assert jobs.tables() == {"first": ARMS, "second": ARMS, "broken": ["base"]}  # the killed job had come to none


def test_a_drained_node_ends_what_it_runs_and_gets_nothing_more(jobs, ended):
    (sweep,) = sweep_folder.sweep_folders(jobs.results)
    assert sorted(node_of(sweep, job) for job in (0, 1)) == list(NODES)
    assert [node_of(sweep, job) for job in (2, 3)] == [NODES[0]] * 2


@pytest.mark.usefixtures("ended")
def test_without_waiting_a_sweep_is_followed_by_status(jobs):
    """With all nodes drained jobs wait, with Slurm's reason; a job that is cancelled before it began is named."""
    drain(*NODES)
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
        last = queued(sweep)["3"]
        subprocess.run(["scancel", last], check=True)
        jobs.wait_for(lambda: not asked([last])[last].there, None)
        gone = status(jobs, sweep)
        assert gone.returncode == 1
        assert f"{jobs.named('last')} never began: Slurm knows it no more: cancelled while it waited" in gone.stdout
    finally:
        resume(*NODES)
    all_ended(jobs, sweep)
    after = status(jobs, sweep)
    assert after.returncode == 1
    assert "Sweep: 4 jobs; 1 cell failed; 1 job never begun (the same command tries them again):" in after.stdout
    assert jobs.trainings() == ([1], 1)


@pytest.mark.usefixtures("ended")
def test_a_node_that_goes_down_gives_its_job_to_another(jobs):
    """Slurm itself queues the job again; what was finished is not done again."""
    with jobs.blocked() as folder:
        process = jobs.begin(*LAUNCHER, tasks=("first", "last"))
        jobs.at_the_end(folder, process)
        sweep = jobs.newest(process)
        lost = node_of(sweep, 1)
        scontrol("update", f"NodeName={lost}", "State=DOWN", "Reason=test")
        try:
            jobs.wait_for(lambda: attempt(jobs, sweep, 2), process)
            assert node_of(sweep, 1) != lost
        finally:
            resume(lost)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "Sweep: 2 jobs, no cell failed." in output


@pytest.mark.usefixtures("ended")
def test_a_job_whose_time_is_over_is_queued_again_and_one_too_many_is_named(jobs):
    """Slurm's warning is sent by hand; one in the last ten minutes of a job is for its time, as submitit reads it."""
    with jobs.blocked():
        process = jobs.begin(*LAUNCHER, "launcher.minutes=10", "launcher.requeues=1", tasks=("first", "last"))
        sweep = jobs.newest(process)
        for number in (1, 2):
            jobs.wait_for(lambda: attempt(jobs, sweep, number), process)  # noqa: B023
            subprocess.run(["scancel", "--signal=USR2", queued(sweep)["1"]], check=True)
        output, errors = process.communicate()
    assert process.returncode == 1, errors
    assert f"{jobs.named('last')} was killed: " in output
    assert "timed-out too many times" in output


def attempt(jobs, sweep, number):
    """Return the last job, if it works and was begun so often."""
    job = jobs.last(sweep, "started")
    return job if job is not None and job.attempts >= number and job.process.alive(sweep) else None


@pytest.fixture
def long(cluster, tmp_path, checkpoint):
    return FourJobs(tmp_path / "long", checkpoint)


def test_a_job_whose_time_is_over_goes_on_from_its_checkpoint(long):
    """The end of its time is Slurm's own: it is moved so near that the warning comes at Slurm's next look."""
    training = ("adapter.epochs=5000", "adapter.checkpoints=1000", "adapter.validation_rows=1")
    process = long.begin(*LAUNCHER, "launcher.warning_seconds=600", *training, tasks=("first",))
    sweep = long.newest(process)
    newest = long.wait_for(lambda: checkpoints(long), process)[-1]
    name = queued(sweep)["0"]
    scontrol("update", f"JobId={name}", "TimeLimit=10")
    stopped = long.wait_for(lambda: waits_again(long, sweep), process)
    assert stopped.reason == "its time was over; queued again, and goes on from its last checkpoint"
    scontrol("update", f"JobId={name}", "TimeLimit=60")
    steps = long.wait_for(lambda: re.search(r"training continues from step (\d+)", printed(sweep)), process)
    assert int(steps[1]) >= newest
    assert long.jobs(sweep)[0].attempts == 2
    subprocess.run(["scancel", name], check=True)
    output, _ = process.communicate()
    assert process.returncode == 1, output


def waits_again(jobs, sweep):
    (job,) = jobs.jobs(sweep)
    return job if job.state == "waiting" and job.attempts == 1 else None


def checkpoints(jobs):
    """Return the steps of the checkpoints of a training that goes on."""
    return sorted(int(path.name.rpartition("-")[2]) for path in (jobs.folder / "store/adapter").rglob("checkpoint-*"))


def printed(sweep):
    """Return what the first job has printed so far."""
    path = sweep / "job-0000.log"
    return path.read_text() if path.exists() else ""


@pytest.mark.usefixtures("ended")
def test_who_stops_waiting_stops_no_job(jobs):
    process = jobs.begin(*LAUNCHER)
    sweep = jobs.wait_for(lambda: next(filter(queued, jobs.new_sweeps()), None), process)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert f"the jobs go on: make status sweep={sweep.name}" in errors
    all_ended(jobs, sweep)
    states = [job.state for job in sweep_folder.statuses(sweep, asked)]
    assert states == ["finished", "finished", "failed", "finished"]
