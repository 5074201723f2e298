"""Sweeps of several jobs at a time: the outcome is the same whatever runs them, also when a job is killed."""

import csv
import signal
from importlib.util import find_spec

import pytest

from harness.cli.sweep import sweep_folder
from tests.command_line import run_module
from tests.launching import KEY, FourJobs, check_end

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory, checkpoint):
    return FourJobs(tmp_path_factory.mktemp("four"), checkpoint)


@pytest.fixture(scope="module")
def local(jobs):
    """The sweep by launcher=local, with nothing in the store at first."""
    with jobs.blocked() as folder:
        process = jobs.begin("launcher=local", "launcher.workers=2")
        jobs.kill_the_last(folder, process)
        return *process.communicate(), process.returncode


def killed_with(jobs, *more):
    """Run the sweep again, in which all is there but what fails, and kill the last job."""
    with jobs.blocked() as folder:
        process = jobs.begin(*more)
        jobs.kill_the_last(folder, process)
        return *process.communicate(), process.returncode


def test_local_workers_run_all_jobs_and_train_each_adapter_once(jobs, local):
    check_end(*local)
    assert jobs.attempts() == [1, 1, 1]
    assert local[0].count(": finished after ") == 2
    tables = {path.parent.name: path for path in jobs.results.rglob("table.csv")}
    assert len(tables) == 3  # the killed job had not come to its table
    done = [path for path in tables.values() if "no_such_layer" not in str(path)]
    for path in done:
        assert [row["arm"] for row in csv.DictReader(path.read_text().splitlines())] == ["base", "qlora"]


def test_status_says_the_same_afterwards(jobs, local):
    done = run_module("harness.cli.status", f"results={jobs.results}")
    assert done.returncode == 1
    assert local[0][local[0].rindex("Sweep: 4 jobs") :].strip() in done.stdout


def test_the_same_command_goes_on(jobs, local):
    process = jobs.begin("launcher=local", "launcher.workers=2")
    output, errors = process.communicate()
    assert process.returncode == 1, errors
    assert "Sweep: 4 jobs; 1 cell failed (the same command tries them again):" in output
    assert jobs.attempts() == [1, 1, 1]
    assert len(list(jobs.results.rglob("table.csv"))) == 4


@pytest.mark.usefixtures("local")
@pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed (.[ray])")
def test_ray_says_the_same(jobs):
    check_end(*killed_with(jobs, "launcher=ray", "launcher.workers=2"))


@pytest.mark.usefixtures("local")
def test_submitits_launcher_of_hydra_says_the_same(jobs):
    """Its jobs are processes of their own, and it stops waiting at the first that failed."""
    more = ["hydra/launcher=submitit_local", f"hydra.launcher.submitit_folder={jobs.folder}/submitit"]
    killed = "was killed: started on "
    check_end(*killed_with(jobs, *more, "hydra.launcher.timeout_min=10"), killed=killed)


@pytest.mark.usefixtures("local")
def test_joblibs_pool_ends_as_a_whole_and_every_job_is_accounted_for(jobs):
    """Why launcher=local is none of Hydra's: a worker that is killed takes the others with it."""
    output, errors, code = killed_with(jobs, "hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
    assert code == 1, errors
    assert f"  - job {KEY}=[v_proj] was killed: started on " in output
    assert f"  - {KEY}=[no_such_layer]: " in output


@pytest.mark.usefixtures("local")
def test_jobs_are_told_when_their_sweep_is_killed(jobs):
    """No orphan keeps a GPU; what never began is named afterwards."""
    with jobs.blocked():
        process = jobs.begin("launcher=local", "launcher.workers=1")
        sweep = jobs.wait_for(lambda: next(iter(jobs.new_sweeps()), None), process)
        first = jobs.wait_for(lambda: next((job for job in jobs.jobs(sweep) if job.state == "started"), None), process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        jobs.wait_for(lambda: not first.process.alive(sweep), None)
    states = [job.state for job in sweep_folder.statuses(sweep)]
    assert states[0] in ("stopped", "killed", "failed")  # by SIGINT, in whichever state it was
    assert states[1:] == ["dropped"] * 3


@pytest.mark.usefixtures("local")
def test_ctrl_c_stops_the_jobs_in_order(jobs):
    with jobs.blocked():
        process = jobs.begin("launcher=local", "launcher.workers=4")
        sweep = jobs.wait_for(lambda: next(iter(jobs.new_sweeps()), None), process)
        jobs.wait_for(lambda: jobs.last(sweep, "started"), process)
        jobs.wait_for(lambda: all(not job.unfinished for job in jobs.jobs(sweep)[:-1]), process)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "the same command goes on from there" in errors
    assert [job.state for job in sweep_folder.statuses(sweep)][-1] == "stopped"
