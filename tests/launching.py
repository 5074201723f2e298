"""A sweep of four jobs as any launcher should run it: one cell fails, and one job is killed by SIGKILL.

The job that is to be killed waits for the lock on its table, which the test holds: it has done all its work, and it
waits until it is killed, however slow the machine is.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.cli.job import TABLE_LOCK, composed
from harness.cli.sweep import sweep_folder
from harness.store.locks import locked
from harness.store.store import METADATA

ROOT = Path(__file__).resolve().parents[1]
VALUES = ("[no_such_layer]", "all-linear", "[q_proj]", "[v_proj]")
"""what the jobs differ in; the first fails, the last is killed"""
KEY = "adapter.target_modules"
LIMIT = 1500.0
"""seconds that a test waits at most, on a machine that has much else to do"""


@dataclass
class FourJobs:
    """The sweep, in a folder of its own."""

    folder: Path
    checkpoint: Path
    known: set = field(default_factory=set)
    """sweeps that were there before the last one was begun"""

    def overrides(self, *more):
        rows = {"train": 6, "validation": 2, "test": 4}
        task = self.folder / "capitals"
        if not task.is_dir():
            task.mkdir(parents=True)
            for split, count in rows.items():
                lines = [{"id": f"{split}{n}", "input": f"What is {split} {n}?", "references": [f"{n}"]}
                         for n in range(count)]  # fmt: skip
                (task / f"{split}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return [
            "task=jsonl", f"task.dir={task}", "task.max_new_tokens=4", "model=local", f"model.path={self.checkpoint}",
            f"results={self.results}", f"store={self.folder}/store", "adapter.epochs=1", "adapter.batch_size=2",
            "adapter.micro_batch_size=2", "report=[csv]", "timing=off", "metric=[exact_match]",
            "arm=[base,qlora]", *more,
        ]  # fmt: skip

    @property
    def results(self):
        return self.folder / "results"

    def begin(self, *more):
        """Begin the sweep and return its process."""
        self.known = set(sweep_folder.sweep_folders(self.results))
        command = [sys.executable, "-m", "harness", "-m", *self.overrides(f"{KEY}={','.join(VALUES)}", *more)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @contextmanager
    def blocked(self):
        """Hold the lock that the job waits for which is to be killed."""
        job = composed(self.overrides(f"{KEY}={VALUES[-1]}"))
        with locked(job.folder / TABLE_LOCK, "testing"):
            yield job.folder

    def kill_the_last(self, folder, process, *, records=2):
        """Kill the job that waits, when it has written its records and the others have ended."""
        written = folder / "records"
        sweep = self.wait_for(lambda: next(iter(self.new_sweeps()), None), process)
        self.wait_for(lambda: len(list(written.glob("*.jsonl"))) >= records, process)
        last = self.wait_for(lambda: self.last(sweep, "started"), process)
        self.wait_for(lambda: all(not job.unfinished for job in self.jobs(sweep)[:-1]), process)
        os.kill(last.process.pid, signal.SIGKILL)

    def new_sweeps(self):
        """Return the sweep that was begun last, once it is there."""
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
                raise TimeoutError(reached)
            time.sleep(0.3)
        return value

    def attempts(self):
        """Return how often the training of each adapter was begun."""
        made = (self.folder / "store/adapter").glob(f"*/{METADATA}")
        return [json.loads(path.read_text())["attempts"] for path in made]


def check_end(output, errors, code, *, killed="was killed: ended without a word (by SIGKILL)"):
    """Look whether a sweep says of its four jobs what happened, with the right exit status."""
    assert code == 1, output + errors
    summary = output[output.rindex("Sweep: 4 jobs") :].splitlines()
    assert summary[0] == "Sweep: 4 jobs; 1 cell failed; 1 job killed (the same command tries them again):", output
    assert summary[1].startswith(f"  - {KEY}=[no_such_layer]: ")
    assert "/qlora/seed=0: " in summary[1]
    assert summary[2].startswith(f"  - job {KEY}=[v_proj] {killed}")
    assert len(summary) == 3, output
