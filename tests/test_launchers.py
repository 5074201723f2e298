"""Sweeps of several jobs at a time: the outcome is the same whatever runs them, also when a job is killed."""

import os
import signal
from contextlib import contextmanager, suppress
from importlib.util import find_spec

import psutil
import pytest

from harness.cli.sweep import sweep_folder
from harness.cli.sweep.ray_cluster import SETTINGS
from tests.command_line import run_module
from tests.launching import FourJobs, unavailable

pytestmark = [pytest.mark.slow, pytest.mark.ci_slow, pytest.mark.timeout(1800)]
ARMS = ["base", "qlora"]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory, checkpoint, alone):
    return FourJobs(tmp_path_factory.mktemp("four"), checkpoint)


@pytest.fixture(scope="module")
def local(jobs):
    """The sweep by launcher=local, with nothing in the store at first."""
    return jobs.killed_with("launcher=local", "launcher.workers=2")


def test_local_workers_run_all_jobs_and_train_the_adapter_once(jobs, local):
    jobs.check_end(*local)
    assert jobs.trainings() == ([1], 1)
    assert local[0].count(": finished after ") == 2
    assert jobs.tables() == {"first": ARMS, "second": ARMS, "broken": ["base"]}  # the killed job had come to none


def test_status_says_the_same_afterwards(jobs, local):
    done = run_module("harness.cli.status", f"results={jobs.results}")
    assert done.returncode == 1
    assert local[0][local[0].rindex("Sweep: 4 jobs") :].strip() in done.stdout


@pytest.mark.usefixtures("local")
def test_the_same_command_goes_on(jobs):
    process = jobs.begin("launcher=local", "launcher.workers=2")
    output, errors = process.communicate()
    assert process.returncode == 1, errors
    assert "Sweep: 4 jobs; 1 cell failed (the same command tries them again):" in output
    assert jobs.trainings() == ([1], 1)
    assert jobs.tables() == {"first": ARMS, "second": ARMS, "broken": ["base"], "last": ARMS}


@pytest.fixture(scope="module")
def on_ray(tmp_path_factory, checkpoint, alone):
    """A sweep of its own, with nothing in its store at first."""
    if find_spec("ray") is None:
        unavailable("ray is not installed (.[ray])")
    return FourJobs(tmp_path_factory.mktemp("ray"), checkpoint)


@pytest.fixture(scope="module")
def by_ray(on_ray):
    return on_ray.killed_with("launcher=ray", "launcher.workers=2")


def test_ray_says_the_same_and_trains_the_adapter_once(on_ray, by_ray):
    on_ray.check_end(*by_ray)
    assert "Sweep: 4 jobs on Ray; logs in " in by_ray[0]
    assert on_ray.trainings() == ([1], 1)
    assert on_ray.tables() == {"first": ARMS, "second": ARMS, "broken": ["base"]}


@contextmanager
def two_nodes():
    """A Ray cluster of two nodes with a processor each, besides the one that jobs are sent to."""
    os.environ.update(SETTINGS)
    from ray.cluster_utils import Cluster

    small = {"object_store_memory": 80_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **small})
    try:
        yield cluster, [cluster.add_node(num_cpus=1, **small) for _ in range(2)]
    finally:
        cluster.shutdown()


@pytest.mark.usefixtures("by_ray")
def test_a_node_of_ray_that_vanishes_is_named(on_ray):
    """It takes the job that runs there with it; the others are done on the other node."""
    with two_nodes() as (cluster, nodes), on_ray.blocked() as folder:
        process = on_ray.begin("launcher=ray", f"launcher.address={cluster.address}")
        last = on_ray.at_the_end(folder, process)
        above = {one.pid for one in psutil.Process(last.process.pid).parents()}
        (lost,) = [node for node in nodes if node.all_processes["raylet"][0].process.pid in above]
        os.kill(last.process.pid, signal.SIGSTOP)  # on this machine it outlives its node, and would say that it stopped
        cluster.remove_node(lost, allow_graceful=False)
        output, errors = process.communicate()
        with suppress(ProcessLookupError):
            os.kill(last.process.pid, signal.SIGKILL)
    on_ray.check_end(output, errors, process.returncode, last="was killed: Ray lost its task: NodeDiedError: ")


@pytest.mark.usefixtures("local")
def test_submitits_launcher_of_hydra_says_the_same(jobs):
    """Its jobs are processes of their own, and it stops waiting at the first that failed."""
    more = ["hydra/launcher=submitit_local", f"hydra.launcher.submitit_folder={jobs.folder}/submitit"]
    ended = jobs.killed_with(*more, "hydra.launcher.timeout_min=30")
    jobs.check_end(*ended, last="was killed: started on ")


@pytest.mark.usefixtures("local")
def test_joblibs_pool_ends_as_a_whole_and_every_job_is_accounted_for(jobs):
    """Why launcher=local is none of Hydra's: a worker that is killed takes the others with it."""
    output, errors, code = jobs.killed_with("hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
    assert code == 1, errors
    assert f"  - job {jobs.named('last')} was killed: started on " in output
    assert f"  - {jobs.named('broken')}: " in output


@pytest.mark.usefixtures("local")
def test_jobs_are_told_when_their_sweep_is_killed(jobs):
    """No orphan keeps a GPU; what never began is named afterwards."""
    with jobs.blocked():
        process = jobs.begin("launcher=local", "launcher.workers=1", tasks=("last", "first", "second", "broken"))
        sweep = jobs.newest(process)
        first = jobs.wait_for(lambda: next((job for job in jobs.jobs(sweep) if job.state == "started"), None), process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        jobs.wait_for(lambda: not first.process.alive(sweep), None)
    states = [job.state for job in sweep_folder.statuses(sweep)]
    assert states[0] in ("stopped", "killed", "failed")  # by SIGINT, in whichever state it was
    assert states[1:] == ["dropped"] * 3


@pytest.mark.usefixtures("local")
def test_ctrl_c_stops_the_jobs_in_order(jobs):
    with jobs.blocked() as folder:
        process = jobs.begin("launcher=local", "launcher.workers=2", tasks=("first", "last"))
        jobs.at_the_end(folder, process)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "the same command goes on from there" in errors
    assert [job.state for job in jobs.jobs(jobs.new_sweeps()[0])] == ["finished", "stopped"]
