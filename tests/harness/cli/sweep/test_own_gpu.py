"""Jobs at the same time have a GPU each: what their processes see, and what a queue is asked for."""

import json
from pathlib import Path

import pytest

from harness.cli.sweep import job_status, local
from harness.cli.sweep.command import JobCommand
from harness.cli.sweep.job_status import JobStatus
from harness.cli.sweep.local import LocalLauncher
from harness.cli.sweep.ray_cluster import RayLauncher
from harness.cli.sweep.slurm import SlurmLauncher

PROGRAM = """
import os, sys, time
place, number = os.path.dirname(sys.argv[2]), int(sys.argv[3].partition("=")[2])
gpu = os.environ["CUDA_VISIBLE_DEVICES"]
mine = os.path.join(place, f"in-use-{gpu}")
os.close(os.open(mine, os.O_CREAT | os.O_EXCL))  # fails where another job has this GPU
while number < 2 and len([name for name in os.listdir(place) if name.startswith("in-use")]) < 2:
    time.sleep(0.05)  # the first two wait for each other
with open(os.path.join(place, f"saw-{number}"), "w") as out:
    out.write(gpu)
while number < 2 and len([name for name in os.listdir(place) if name in ("saw-0", "saw-1")]) < 2:
    time.sleep(0.05)
os.remove(mine)
"""


@pytest.fixture
def jobs(tmp_path):
    """Six jobs, with a program in place of the harness that takes the GPU that it sees for itself alone."""
    (tmp_path / "harness").mkdir()
    (tmp_path / "harness/__init__.py").touch()
    (tmp_path / "harness/__main__.py").write_text(PROGRAM)
    for number in range(6):
        job_status.write(JobStatus(number, (f"seed={number}",), "started"), tmp_path)
    return [JobCommand(number, (f"seed={number}",), tmp_path, tmp_path) for number in range(6)]


def test_no_two_local_jobs_see_the_same_gpu(jobs, tmp_path, monkeypatch):
    monkeypatch.setattr(local, "visible_gpus", lambda: ["GPU-a", "GPU-b"])
    LocalLauncher(None).launch(jobs, tmp_path)
    ends = [json.loads(job_status.status_file(tmp_path, job.number).read_text())["reason"] for job in jobs]
    assert all("exit status 0" in end for end in ends), ends
    saw = [Path(tmp_path, f"saw-{number}").read_text() for number in range(6)]
    assert sorted(saw[:2]) == ["GPU-a", "GPU-b"]
    assert set(saw) == {"GPU-a", "GPU-b"}


def test_a_queue_is_asked_for_gpus_and_their_users_may_time():
    given = {"cpus": 8, "memory_gb": 32, "minutes": 9, "requeues": 0, "warning_seconds": 30, "at_once": 4, "wait": True}
    names = dict.fromkeys(("partition", "account", "qos", "constraint"))
    launcher = {"setup": (), "more": {}, **given, **names}
    one = SlurmLauncher(gpus=2, exclusive=False, **launcher)
    assert one._options()["gpus_per_node"] == 2
    assert one.disturbs == ""
    assert "share the processors of a node" in SlurmLauncher(gpus=0, exclusive=False, **launcher).disturbs
    assert SlurmLauncher(gpus=0, exclusive=True, **launcher).disturbs == ""


def test_jobs_of_ray_with_a_part_of_a_gpu_may_not_time():
    assert RayLauncher(None, 2, 1, 1).disturbs == ""
    assert RayLauncher(None, 2, 0.5, 1).disturbs == "jobs with 0.5 GPUs each share a processor or a GPU"
    assert RayLauncher("auto", None, 0, 1).disturbs
