"""What runs the jobs of a sweep: `launcher=NAME` of `make sweep`, a file of conf/launcher each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from harness.cli.sweep.command import JobCommand
from harness.cli.sweep.sweep_folder import InQueue


@runtime_checkable
class Launcher(Protocol):
    """Runs the jobs of a sweep, each as a command of its own."""

    @property
    def name(self) -> str:
        """As in `launcher=NAME`."""
        ...

    @property
    def disturbs(self) -> str:
        """What several jobs share, so that one would disturb what another one times; "" for nothing."""
        ...

    def refuses(self, jobs: Sequence[JobCommand]) -> Sequence[str]:
        """Return why these jobs cannot be run, a line each: before anything is begun."""
        ...

    def launch(self, jobs: Sequence[JobCommand], folder: Path) -> Mapping[int, str]:
        """Begin all jobs.

        Returns:
            Number of a job -> its name in a queue that runs it without this process; nothing where they have all ended.

        Raises:
            CutleryError: they cannot be begun.
            KeyboardInterrupt: stopped; what ran was told.
        """
        ...

    def await_end(self, folder: Path) -> None:
        """Wait until all jobs of a queue have ended, unless the settings say otherwise.

        Raises:
            KeyboardInterrupt: waiting was stopped; what a queue runs goes on.
        """
        ...

    def ask(self, names: Sequence[str]) -> Mapping[str, InQueue]:
        """Return what the queue says of these names of jobs; {} where there is none, or it does not answer."""
        ...


@dataclass(frozen=True)
class OneByOne:
    """No launcher: Hydra runs the jobs in this process, one after another, or hydra/launcher=… of the user's."""

    KEY: ClassVar[str] = "harness.cli.sweep.launcher.OneByOne"
