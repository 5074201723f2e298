"""`launcher=ray`: the jobs of a sweep as tasks of a Ray cluster.

By Ray's own task API: hydra-ray-launcher 1.2.2, the one for Hydra 1.3, wants cloudpickle < 3 (docs/SWEEPS.md).
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.cli.sweep import job_status
from harness.cli.sweep.command import JobCommand
from harness.cli.sweep.local import line_of_end, places
from harness.cli.sweep.sweep_folder import InQueue
from harness.errors import ConfigError, reason
from harness.machine.nvml import visible_gpus

SETTINGS: Final[Mapping[str, str]] = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_worker_niceness": "0",
}
"""Ray reports nothing to its makers; jobs are the work itself, not what gives way to all other work (niceness 15)"""


@dataclass(frozen=True)
class RayLauncher:
    """Tasks of a Ray cluster, each of which runs the command of one job."""

    KEY: ClassVar[str] = "harness.cli.sweep.ray_cluster.RayLauncher"

    address: str | None
    """of an existing cluster; None: a local one, which ends with the sweep"""
    workers: int | None
    """jobs at a time on a local one; None: as many as there are GPUs, or one without a GPU"""
    gpus: float | None
    """of each job; None: one where this machine has any"""
    cpus: float
    """of each job"""

    name: ClassVar[str] = "ray"

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the settings."""
        problems = [] if self.cpus > 0 else [f"cpus is {self.cpus}; it must be more than 0"]
        if self.workers is not None and self.workers < 1:
            problems.append(f"workers is {self.workers}; it must be 1 or more, or null for the number of GPUs")
        if self.workers is not None and self.address is not None:
            problems.append(f"workers is {self.workers}, and the one at {self.address} has its own; set one of both")
        if self.gpus is not None and self.gpus < 0:
            problems.append(f"gpus is {self.gpus}; it must be 0 or more, or null")
        return problems

    @property
    def at_once(self) -> int:
        """Jobs at a time on a local cluster."""
        return self.workers or max(1, len(visible_gpus()))

    @property
    def gpus_each(self) -> float:
        """GPUs of each job."""
        return float(bool(visible_gpus())) if self.gpus is None else self.gpus

    @property
    def disturbs(self) -> str:
        """What several jobs share, so that one would disturb what another one times; "" for nothing."""
        if self.gpus_each >= 1 or (self.address is None and self.at_once == 1):
            return ""
        return f"jobs with {self.gpus_each:g} GPUs each share a processor or a GPU"

    def refuses(self, jobs: Sequence[JobCommand]) -> Sequence[str]:
        """Return why these jobs cannot be run."""
        if find_spec("ray") is None:
            return ["ray is not installed; .venv/bin/pip install -c constraints.txt -e '.[ray]'"]
        return []

    def launch(self, jobs: Sequence[JobCommand], folder: Path) -> Mapping[int, str]:
        """Run all jobs; a line of each says how it ended."""
        with self._cluster(len(jobs)) as ray:
            threads = {} if self.address else dict(places(min(self.at_once, len(jobs)))[0])
            threads.pop("CUDA_VISIBLE_DEVICES", None)  # Ray gives each task its own
            task = ray.remote(num_cpus=self.cpus, num_gpus=self.gpus_each, max_retries=0)(_run)
            running = {task.remote(job, threads): job for job in jobs}
            print(f"Sweep: {len(jobs)} jobs on Ray; logs in {folder}", flush=True)
            left = list(running)
            while left:
                ended, left = ray.wait(left)
                for future in ended:
                    self._note_end(ray, future, running[future])
                    print(line_of_end(folder, running[future].number, len(jobs) - len(left), len(jobs)), flush=True)
        return {}

    def await_end(self, folder: Path) -> None:
        """All jobs have ended already."""

    def ask(self, names: Sequence[str]) -> Mapping[str, InQueue]:
        """There is no queue that runs jobs without this process."""
        return {}

    @staticmethod
    def _note_end(ray: Any, future: Any, job: JobCommand) -> None:
        """Note in a job's file that its task was lost: its worker was killed, or its node went down."""
        try:
            ray.get(future)
        except Exception as error:
            job_status.note_killed(job.folder, job.number, f"Ray lost its task: {reason(error)}")

    def _size(self, jobs: int) -> dict[str, Any]:
        """Return how large a local cluster is; {} for one that is there."""
        slots = max(1, round(self.cpus * min(self.at_once, jobs)))
        return {} if self.address else {"num_cpus": slots, "include_dashboard": False}

    @contextmanager
    def _cluster(self, jobs: int) -> Iterator[Any]:
        os.environ.update({name: value for name, value in SETTINGS.items() if name not in os.environ})
        import ray

        try:
            ray.init(address=self.address or "local", log_to_driver=False, **self._size(jobs))
        except Exception as error:
            raise ConfigError(f"launcher=ray: no cluster {self.address or 'here'}: {reason(error)}") from error
        try:
            yield ray
        finally:
            ray.shutdown()


def _run(job: JobCommand, environment: Mapping[str, str]) -> int:
    return job(environment)
