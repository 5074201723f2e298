"""The jobs of a command line, in Hydra's order, before any is begun; what a launcher refuses."""

import re

import pytest

from harness.cli.config import register_resolvers
from harness.cli.job import composed
from harness.cli.sweep import local
from harness.cli.sweep.plan import planned, refuse_alone
from harness.errors import ConfigError
from tests.command_line import harness


@pytest.fixture(autouse=True)
def _no_gpu(monkeypatch):
    monkeypatch.setattr(local, "visible_gpus", list)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    register_resolvers()


def plan(tmp_path, *overrides):
    return planned(["-m", f"results={tmp_path}", *overrides])


def test_jobs_are_those_of_hydra_in_its_order(tmp_path):
    sweep = plan(tmp_path, "task=qa,support", "seed=0,1", "arm=[base,rag]", "study=glob(l*)")
    own = [job[1:] for job in sweep.jobs]
    assert own == [
        (f"task={task}", f"seed={seed}", "arm=[base,rag]", "study=labels")
        for task in ("qa", "support")
        for seed in (0, 1)
    ]
    assert sweep.folder.parent == tmp_path / ".sweeps"
    assert sweep.arguments[-1] == f'hydra.sweep.dir="{sweep.folder}"'
    assert sweep.launcher is None


@pytest.mark.parametrize("arguments", [["task=qa"], ["-m", "seed=0,1", "--cfg=job"], ["-m", "seed=0,1", "--help"]])
def test_what_runs_no_jobs_is_no_sweep(arguments):
    assert planned(arguments) is None


def test_a_folder_that_the_user_names_is_taken(tmp_path):
    sweep = plan(tmp_path, "seed=0,1", f"hydra.sweep.dir={tmp_path}/mine")
    assert sweep.folder == tmp_path / "mine"
    assert [line for line in sweep.arguments if "sweep.dir" in line] == [f'hydra.sweep.dir="{tmp_path}/mine"']


def test_the_jobs_of_a_sweeper_that_learns_are_not_known_before(tmp_path):
    assert plan(tmp_path, "seed=0,1", "hydra.sweeper.max_batch_size=1").jobs == ()


def test_a_launcher_is_none_of_the_settings_of_its_jobs(tmp_path):
    sweep = plan(tmp_path, "launcher=local", "launcher.workers=2", "seed=0,1", "timing=off", "hydra.verbose=true")
    assert sweep.launcher.at_once == 2
    assert [job[1:] for job in sweep.jobs] == [(f"seed={n}", "timing=off", "hydra.verbose=true") for n in (0, 1)]
    assert [command.number for command in sweep.commands] == [0, 1]


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["launcher=local", "launcher.workers=0"], r"launcher: workers is 0; it must be 1 or more, or null"),
        (["launcher=local", "launcher.worker=2"], r"launcher\.worker is no key of the configuration; did you mean"),
        (["launcher=loca"], "did you mean local"),
        (["launcher=local,none"], "launcher: several are named; one runs all jobs of a sweep"),
        (
            ["launcher=local", "launcher.workers=2"],
            r"launcher=local: 2 workers share this processor, .* add timing=off",
        ),
        (["launcher=local", "hydra/sweeper=basic"], r"launcher=local: a sweeper that chooses jobs as it goes"),
        (["launcher=slurm", "launcher.warning_seconds=5", "launcher.cpus=0"], r"(?s)cpus is 0.*warning_seconds is 5"),
        (
            ["launcher=ray", "launcher.workers=2", "launcher.address=auto"],
            r"the one at auto has its own; set one of both",
        ),
    ],
)
def test_what_a_launcher_cannot_do_is_said_before_anything_is_begun(tmp_path, overrides, words):
    done = harness("-m", f"results={tmp_path}", "seed=0,1", *overrides)
    assert done.returncode == 2
    assert re.search(words, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_secret_is_given_to_no_queue(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: name)
    with pytest.raises(ConfigError, match=r"api_key=\[secret\]: the queue would keep it in a file"):
        plan(tmp_path, "seed=0,1", "launcher=slurm", "+model.api_key=sk-0123456789abcdef")


def test_more_workers_than_gpus_may_not_time(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "visible_gpus", lambda: ["0", "1"])
    assert plan(tmp_path, "seed=0,1", "launcher=local").launcher.at_once == 2
    with pytest.raises(ConfigError, match="3 workers share 2 GPUs"):
        plan(tmp_path, "seed=0,1", "launcher=local", "launcher.workers=3")
    assert plan(tmp_path, "seed=0,1", "launcher=local", "launcher.workers=3", "timing=off").jobs


def test_one_experiment_needs_no_launcher():
    refuse_alone(["task=qa", "launcher=none"])
    with pytest.raises(ConfigError, match="launcher=local runs the jobs of a sweep"):
        composed(["task=qa", "launcher=local"])
    done = harness("task=qa", "launcher=local")
    assert done.returncode == 2
    assert "launcher=local runs the jobs of a sweep, and this is one experiment; make sweep" in done.stderr


def test_each_worker_has_a_gpu_of_its_own_and_a_share_of_the_threads(monkeypatch):
    assert local.places(3) == [{"OMP_NUM_THREADS": "1"}] * 3
    monkeypatch.setattr(local, "visible_gpus", lambda: ["GPU-a", "2"])
    shared = {"OMP_NUM_THREADS": "2"}
    assert local.places(2) == [{**shared, "CUDA_VISIBLE_DEVICES": name} for name in ("GPU-a", "2")]
