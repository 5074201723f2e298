"""A sweep of four jobs as any launcher should run it: one cell fails, and one job is killed by SIGKILL.

Three of the jobs want the same adapter, two of them at the same time. The job that is to be killed waits for the lock
on its table, which the test holds: it has done all its work, and it waits until it is killed, however slow the machine
is. Nothing else waits for a time either: tests wait for states.
"""

import csv
import inspect
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.cli.job import TABLE_LOCK, composed
from harness.cli.sweep import sweep_folder
from harness.store.locks import locked
from harness.store.store import METADATA

ROOT = Path(__file__).resolve().parents[1]
TASKS = ("first", "second", "broken", "last")
"""tasks with the same rows of training, but for broken, whose rows do not fit the context window; last is killed"""
KEY = "task.dir"
ROWS = {"train": 4, "validation": 1, "test": 2}
LIMIT = 600.0
"""seconds that a test waits at most, on a machine that has much else to do"""


def unavailable(why):
    """Skip a test that cannot run here; with CUTLERY_LAUNCHER_TESTS=required it fails instead."""
    if os.environ.get("CUTLERY_LAUNCHER_TESTS") == "required":
        pytest.fail(f"CUTLERY_LAUNCHER_TESTS=required, and {why}")
    pytest.skip(why)


@dataclass
class FourJobs:
    """The sweep, in a folder of its own."""

    folder: Path
    checkpoint: Path
    known: set = field(default_factory=set)
    """sweeps that were there before the last one was begun"""

    def __post_init__(self):
        for name in TASKS:
            self.folder.joinpath(name).mkdir(parents=True)
            for split, count in ROWS.items():
                lines = [json.dumps(row(name, split, number)) + "\n" for number in range(count)]
                (self.folder / name / f"{split}.jsonl").write_text("".join(lines))

    def named(self, task):
        """Return what tells the job of a task from the others."""
        return f"{KEY}={self.folder}/{task}"

    def overrides(self, *more):
        return [
            "task=jsonl", "task.max_new_tokens=4", "model=local", f"model.path={self.checkpoint}",
            f"results={self.results}", f"store={self.folder}/store", "adapter.epochs=1", "adapter.batch_size=2",
            "adapter.micro_batch_size=2", "report=[csv]", "timing=off", "metric=[exact_match]", "audit=false",
            "arm=[base,qlora]", *more,
        ]  # fmt: skip

    @property
    def results(self):
        return self.folder / "results"

    def begin(self, *more, tasks=TASKS):
        """Begin the sweep and return its process."""
        self.known = set(sweep_folder.sweep_folders(self.results))
        wanted = f"{KEY}={','.join(str(self.folder / task) for task in tasks)}"
        command = [sys.executable, "-m", "harness", "-m", *self.overrides(wanted, *more)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=ROOT, preexec_fn=_hears_ctrl_c, **pipes)

    @contextmanager
    def blocked(self):
        """Hold the lock that the job waits for which is to be killed."""
        job = composed(self.overrides(self.named("last")))
        with locked(job.folder / TABLE_LOCK, "testing"):
            yield job.folder

    def killed_with(self, *more, meanwhile=lambda sweep: None):
        """Run the sweep and kill the last job; return what it printed, and its exit status.

        `meanwhile` is called with the sweep's folder when two of its jobs are under way.
        """
        with self.blocked() as folder:
            process = self.begin(*more)
            sweep = self.newest(process)
            self.wait_for(lambda: sum(job.attempts > 0 for job in self.jobs(sweep)) > 1, process)
            meanwhile(sweep)
            os.kill(self.at_the_end(folder, process).process.pid, signal.SIGKILL)
            return *process.communicate(), process.returncode

    def at_the_end(self, folder, process, *, records=2):
        """Return the last job, when it has written its records and waits, and the others have ended."""
        sweep = self.newest(process)
        self.wait_for(lambda: len(list((folder / "records").glob("*.jsonl"))) >= records, process)
        last = self.wait_for(lambda: self.last(sweep, "started"), process)
        self.wait_for(lambda: all(not job.unfinished for job in self.jobs(sweep)[:-1]), process)
        return last

    def newest(self, process):
        """Return the sweep that was begun last, once all its jobs are noted."""
        return self.wait_for(
            lambda: next((path for path in self.new_sweeps() if len(self.jobs(path)) > 0), None), process
        )

    def new_sweeps(self):
        return [path for path in sweep_folder.sweep_folders(self.results) if path not in self.known]

    @staticmethod
    def jobs(sweep):
        return sweep_folder.statuses(sweep)

    def last(self, sweep, state):
        jobs = self.jobs(sweep)
        return jobs[-1] if jobs and jobs[-1].state == state and jobs[-1].process is not None else None

    @staticmethod
    def wait_for(reached, process, seconds=LIMIT):
        until = time.monotonic() + seconds
        while not (value := reached()):
            if process is not None and process.poll() is not None:
                raise AssertionError(f"the sweep has ended: {process.communicate()}")
            if time.monotonic() > until:
                raise TimeoutError(f"after {seconds} s: {inspect.getsource(reached)}\n{_queue()}")
            time.sleep(0.3)
        return value

    def trainings(self):
        """Return how often the training of each adapter was begun, and how often the jobs say that they train."""
        made = (self.folder / "store/adapter").glob(f"*/{METADATA}")
        said = sum(
            path.read_text().count(f"training on {ROWS['train']} rows")
            for path in self.results.glob(".sweeps/*/job-*.log")
        )
        return [json.loads(path.read_text())["attempts"] for path in made], said

    def tables(self):
        """Return the arms of each task's table."""
        found = {path.relative_to(self.results).parts[0]: path for path in self.results.rglob("table.csv")}
        return {task: [line["arm"] for line in csv.DictReader(path.open())] for task, path in found.items()}

    def check_end(self, output, errors, code, *, last="was killed: ended without a word (by SIGKILL)", how="killed"):
        """Look whether a sweep says of its four jobs what happened, with the right exit status."""
        assert code == 1, output + errors
        summary = output[output.rindex("Sweep: 4 jobs") :].splitlines()
        assert summary[0] == f"Sweep: 4 jobs; 1 cell failed; 1 job {how} (the same command tries them again):", output
        assert summary[1].startswith(f"  - {self.named('broken')}: ")
        assert "/qlora/seed=0: no training row is left" in summary[1]
        assert summary[2].startswith(f"  - job {self.named('last')} {last}")
        assert len(summary) == 3, output


def _queue():
    """Return what Slurm says of its nodes and jobs, if the tests have one; a test that failed tells it."""
    if "SLURM_CONF" not in os.environ:
        return ""
    asked = (("sinfo", "--Node", "--long"), ("squeue", "--all"), ("scontrol", "show", "job"))
    return "\n".join(subprocess.run(command, capture_output=True, text=True).stdout for command in asked)


def _hears_ctrl_c():
    """Also where the tests are run by a shell's `&`, whose commands ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def row(task, split, number):
    """Return a row of a task: its own where it is asked, the same for all where adapters learn."""
    words = " word" * 600 if (task, split) == ("broken", "train") else ""
    asked = task if split == "test" else split
    return {"id": f"{split}{number}", "input": f"What is {asked} {number}?", "references": [f"{number}{words}"]}
