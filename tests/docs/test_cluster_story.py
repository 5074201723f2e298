"""docs/SWEEPS.md: the story of a user with a cluster, every command of it on a real Slurm; the file for SkyPilot."""

import csv
import re
import shlex
import subprocess
from importlib.metadata import requires, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from harness.cli.config import register_resolvers
from harness.cli.sweep.plan import planned
from tests.launching import unavailable
from tests.slurm import NODES, missing, slurm

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/SWEEPS.md").read_text(encoding="utf-8")
STORY = PAGE.partition("<!-- cluster -->\n```sh\n")[2].partition("```")[0]
SKYPILOT = {"resources", "file_mounts", "workdir", "setup", "run", "name", "envs", "num_nodes"}
"""keys of a task of SkyPilot 0.10"""


def block(kind, heading):
    return PAGE.partition(f"\n## {heading}")[2].partition(f"```{kind}\n")[2].partition("```")[0]


def test_the_file_for_skypilot_is_a_task_whose_sweep_can_be_planned(tmp_path, monkeypatch):
    monkeypatch.setattr("harness.cli.sweep.local.visible_gpus", lambda: ["0", "1", "2", "3"])
    task = yaml.safe_load(block("yaml", "In the cloud"))
    assert set(task) <= SKYPILOT
    assert task["setup"] == "make setup"
    verb, name, *overrides = shlex.split(task["run"])
    assert (verb, name) == ("make", "sweep")
    register_resolvers()
    sweep = planned(["-m", *[line.replace("results=/results", f"results={tmp_path}") for line in overrides]])
    assert (len(sweep.jobs), sweep.launcher.at_once) == (4, 4)
    assert str(*task["file_mounts"]) == "/results"


@pytest.fixture(scope="module")
def story(tmp_path_factory, alone):
    """Run the commands one after another; the nodes are drained until the jobs have been looked at and cancelled.

    Returns what each printed and its exit status. Only where results and store lie is added.
    """
    if why := missing():
        unavailable(why)
    folder = tmp_path_factory.mktemp("cluster")
    commands = [shlex.split(line, comments=True) for line in STORY.splitlines()]
    with slurm():
        state("DRAIN")
        done = []
        for command in commands[1:]:
            done.append(run(command, folder))
            if command[0] == "scancel":
                state("RESUME")
    return folder, dict(enumerate(zip(commands[1:], done, strict=True)))


def state(wanted):
    said = ["scontrol", "update", f"NodeName={','.join(NODES)}", f"State={wanted}", "Reason=test"]
    subprocess.run(said, check=True)


def run(command, folder):
    more = [f"results={folder}/results"] if command[0] == "make" else []
    more += [f"store={folder}/store"] if command[:2] == ["make", "sweep"] else []
    given = ["-o", ".venv/.ready"] if command[0] == "make" else []  # the environment is as it is
    whole = [command[0], *given, *command[1:], *more]
    return subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, check=False)


def test_what_it_installs_is_what_is_installed():
    first = STORY.splitlines()[0]
    extra = re.search(r"\.\[(\w+)\]", first)[1]
    wanted = [Requirement(line) for line in requires("cutlery")]
    wanted = [one for one in wanted if one.marker is not None and one.marker.evaluate({"extra": extra})]
    assert [one.name for one in wanted] == ["submitit"]
    assert all(version(one.name) in one.specifier for one in wanted)


@pytest.mark.slow
@pytest.mark.ci_slow
@pytest.mark.timeout(1800)
def test_every_command_does_what_the_page_says(story):
    folder, done = story
    names = [" ".join(command[:2]) for command, _ in done.values()]
    assert names == ["sinfo", "make sweep", "squeue --me", "make status", "scancel --name=cutlery", "make status",
                     "make sweep", "make status", "make tables"]  # fmt: skip
    partitions, submitted, queue, waits, _, gone, swept, ended, tables = (one for _, one in done.values())
    assert "all*" in partitions.stdout
    assert "Sweep: 2 jobs; 2 waiting, no cell failed so far." in submitted.stdout, submitted
    assert queue.stdout.count("cutlery") >= 1
    assert waits.stdout.count("(PENDING: ") == 2, waits
    assert "2 jobs never begun (the same command tries them again)" in gone.stdout, gone
    assert swept.returncode == 0, swept
    assert "Sweep: 2 jobs, no cell failed." in swept.stdout
    assert "Sweep: 2 jobs, no cell failed." in ended.stdout
    assert tables.returncode == 0, tables
    (table,) = folder.rglob("table.csv")
    assert [row["arm"] for row in csv.DictReader(table.open())] == ["base", "few_shot"]
