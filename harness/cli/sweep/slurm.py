"""`launcher=slurm`: the jobs of a sweep as one array of a Slurm cluster, submitted by submitit.

Not by hydra-submitit-launcher: it waits for every job and stops at the first that failed, while others still run
(docs/SWEEPS.md). What became of a job says its status file, and Slurm's own squeue and scontrol where that is silent;
no accounting database (sacct) is needed.
"""

import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.cli.sweep import job_status, sweep_folder
from harness.cli.sweep.command import JobCommand
from harness.cli.sweep.local import line_of_end
from harness.cli.sweep.sweep_folder import InQueue
from harness.errors import ConfigError, masked_override, reason

FOLDER: Final = "slurm"
"""of submitit's files, in the folder of the sweep"""
POLL: Final = 5.0
"""seconds between two looks at the jobs"""
PATIENCE: Final = 60.0
"""seconds that Slurm may take to answer"""
_STATES: Final = "%i|%T|%r"
"""what squeue prints of a job: name, state, reason"""
HELD: Final = "held"
"""in every reason that Slurm gives for a job that it does not begin by itself"""


@dataclass(frozen=True)
class SlurmLauncher:
    """An array of jobs on a cluster with a shared file system, on which this checkout and its .venv lie."""

    KEY: ClassVar[str] = "harness.cli.sweep.slurm.SlurmLauncher"

    gpus: int
    """of each job"""
    cpus: int
    """of each job"""
    memory_gb: int
    """of each job"""
    minutes: int
    """after which Slurm ends a job"""
    requeues: int
    """how often a job whose time is over is queued again; it goes on from its last checkpoint"""
    warning_seconds: int
    """before the end of its time in which a job stops in order"""
    at_once: int
    """jobs at a time"""
    partition: str | None
    account: str | None
    qos: str | None
    constraint: str | None
    exclusive: bool
    """whether a job has its node for itself"""
    setup: Sequence[str]
    """lines of shell before a job, e.g. that load modules"""
    more: Mapping[str, Any]
    """further options of sbatch, by their long names"""
    wait: bool
    """False: return after submitting; make status shows the sweep"""

    name: ClassVar[str] = "slurm"

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the settings."""
        least = {"gpus": 0, "cpus": 1, "memory_gb": 1, "minutes": 1, "requeues": 0, "warning_seconds": 30, "at_once": 1}
        values = {key: getattr(self, key) for key in least}
        return [f"{key} is {values[key]}; it must be {low} or more" for key, low in least.items() if values[key] < low]

    @property
    def disturbs(self) -> str:
        """What several jobs share, so that one would disturb what another one times; "" for nothing."""
        if self.gpus or self.exclusive or self.at_once == 1:
            return ""
        return "jobs without a GPU share the processors of a node (launcher.exclusive=true gives each a node)"

    def refuses(self, jobs: Sequence[JobCommand]) -> Sequence[str]:
        """Return why these jobs cannot be submitted."""
        problems = []
        if shutil.which("sbatch") is None:
            problems.append("there is no sbatch on this machine; run it where jobs are submitted (a login node)")
        if find_spec("submitit") is None:
            problems.append("submitit is not installed; .venv/bin/pip install -c constraints.txt -e '.[slurm]'")
        secret = {masked_override(line) for job in jobs for line in job.overrides if masked_override(line) != line}
        problems += [f"{line}: the queue would keep it in a file; set it by an environment variable" for line in secret]
        return problems

    def launch(self, jobs: Sequence[JobCommand], folder: Path) -> Mapping[int, str]:
        """Submit all jobs as one array."""
        import submitit

        executor = submitit.SlurmExecutor(folder / FOLDER, max_num_timeout=self.requeues)
        try:
            executor.update_parameters(**self._options())
            submitted = executor.map_array(QueuedJob(), list(jobs))
        except (ValueError, OSError, submitit.core.utils.FailedJobError) as error:
            raise ConfigError(f"launcher=slurm: Slurm does not take the jobs: {reason(error)}") from error
        names = {job.number: str(queued.job_id) for job, queued in zip(jobs, submitted, strict=True)}
        self._tell(len(jobs), next(iter(names.values())).partition("_")[0], folder)
        return names

    def _tell(self, jobs: int, first: str, folder: Path) -> None:
        print(f"Sweep: {jobs} jobs submitted to Slurm as {first}; logs in {folder}", flush=True)
        if not self.wait:
            print(f"make status sweep={folder.name} shows how they go; scancel {first} ends them", flush=True)

    def await_end(self, folder: Path) -> None:
        """Wait until Slurm knows no job of them that waits or runs; a line of each says how it ended."""
        told: set[int] = set()
        held: set[str] = set()
        while self.wait:
            jobs = sweep_folder.settled(folder, lambda names: _saying_what_is_held(self.ask(names), held))
            for job in jobs:
                if not job.unfinished and job.job not in told:
                    told.add(job.job)
                    print(line_of_end(folder, job.job, len(told), len(jobs)), flush=True)
            if len(told) == len(jobs):
                return
            time.sleep(POLL)

    def ask(self, names: Sequence[str]) -> Mapping[str, InQueue]:
        """Return what Slurm says of these jobs."""
        return asked(names)

    def _options(self) -> dict[str, Any]:
        named = {key: getattr(self, key) for key in ("partition", "account", "qos", "constraint")}
        return {
            "job_name": "cutlery",
            "time": self.minutes,
            "mem": f"{self.memory_gb}GB",
            "cpus_per_task": self.cpus,
            "array_parallelism": self.at_once,
            "signal_delay_s": self.warning_seconds,
            "setup": list(self.setup),
            "additional_parameters": dict(self.more),
            **({"gpus_per_node": self.gpus} if self.gpus else {}),
            **({"exclusive": True} if self.exclusive else {}),
            **{key: value for key, value in named.items() if value is not None},
        }


class QueuedJob:
    """What submitit runs for a job, and asks to stop when its time is over."""

    def __call__(self, job: JobCommand) -> int:
        """Run the job and return its exit status."""
        return job()

    def checkpoint(self, job: JobCommand) -> Any:
        """Stop the job, which goes on from its last checkpoint when it is run again; return what is then to be run."""
        import submitit

        job.stop()
        job_status.note_requeued(job.folder, job.number)
        return submitit.helpers.DelayedSubmission(self, job.again())


def _saying_what_is_held(found: Mapping[str, InQueue], said: set[str]) -> Mapping[str, InQueue]:
    """Say once of each job that waits for somebody to release it: it would wait for ever."""
    for name, one in found.items():
        if one.there and not one.running and HELD in one.says.casefold() and name not in said:
            said.add(name)
            print(f"Slurm holds job {name} ({one.says}); scontrol release {name} lets it go on", flush=True)
    return found


def asked(names: Sequence[str]) -> Mapping[str, InQueue]:
    """Return what Slurm says of jobs by their names (12_3); {} where it does not answer."""
    listed = _listed({name.partition("_")[0] for name in names})
    if listed is None:
        return {}
    return {name: listed[name] if name in listed else InQueue(False, False, _end_of(name)) for name in names}


def _listed(arrays: set[str]) -> Mapping[str, InQueue] | None:
    """Return the jobs of these arrays that wait or run; None where Slurm does not answer."""
    done = _run("squeue", "--noheader", "--array", "--all", f"--format={_STATES}", f"--jobs={','.join(sorted(arrays))}")
    if done is None or (done.returncode and "Invalid job id" not in done.stderr):
        return None
    rows = [line.strip().split("|") for line in done.stdout.splitlines() if line.count("|") == 2]
    return {name: InQueue(True, state != "PENDING", f"{state}: {why}") for name, state, why in rows}


def _end_of(name: str) -> str:
    """Return what Slurm remembers of a job that has left the queue; it forgets after some minutes."""
    done = _run("scontrol", "--oneliner", "show", "job", name)
    facts = dict(re.findall(r"\b(JobState|Reason|ExitCode)=(\S{1,100})", done.stdout)) if done is not None else {}
    if not facts:
        return "Slurm knows it no more: cancelled while it waited, or ended some time ago"
    return f"Slurm: {facts.get('JobState', '?')}, {facts.get('Reason', '?')}, exit code {facts.get('ExitCode', '?')}"


def _run(*command: str) -> "subprocess.CompletedProcess[str] | None":
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
