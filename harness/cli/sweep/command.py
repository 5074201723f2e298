"""A job of a sweep as a command of its own: `python -m harness --job-of-sweep FILE KEY=VALUE …`.

A process each: what one of them has in memory, on a GPU or in Hydra's state touches no other, and one that is killed
takes none with it. Whoever runs the command notes in the job's file where it ended without a word.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.cli.sweep import job_status

OPTION: Final = "--job-of-sweep"
GRACE: Final = 20.0
"""seconds in which a job that is stopped can finish what it writes"""
LOOK: Final = 0.1
"""seconds between two looks whether it has ended"""
_PARENT_DEATH: Final = 1
"""PR_SET_PDEATHSIG of prctl(2)"""


@dataclass
class JobCommand:
    """The command of one job, which can be sent to another process or machine.

    Args:
        number: of the job, from 0.
        overrides: KEY=VALUE each, as Hydra reads them.
        folder: of the sweep; absolute.
        where: the folder in which the command runs.
    """

    number: int
    overrides: Sequence[str]
    folder: Path
    where: Path
    _process: "subprocess.Popen[bytes] | None" = field(init=False, default=None, repr=False)

    @property
    def log(self) -> Path:
        """What the command prints."""
        return job_status.status_file(self.folder, self.number).with_suffix(".log")

    def __call__(self, environment: Mapping[str, str] | None = None) -> int:
        """Run the command with these variables set; return its exit status, negative for the signal that killed it."""
        try:
            process = self._process = self._begun(environment or {})
            while (code := process.poll()) is None:
                time.sleep(LOOK)  # not `wait`, whose lock a signal handler that stops the command would wait for
        except Exception as error:  # it could not be begun; or its time is over, as the queue says by an exception
            self.stop()
            self._note(f"{type(error).__name__}: {error}")
            raise
        self._note(f"by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}")
        return code

    def again(self) -> "JobCommand":
        """Return the command as it was before it was begun, to be sent to another process."""
        return JobCommand(self.number, self.overrides, self.folder, self.where)

    def stop(self) -> None:
        """Tell the command to stop, as Ctrl-C does; kill it if it takes too long."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        if not _ends(process):
            process.kill()
            _ends(process)

    def _begun(self, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        status = job_status.status_file(self.folder, self.number)
        command = [sys.executable, "-m", "harness", OPTION, str(status), *self.overrides]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.where,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches it by `stop`, once
            )

    def _note(self, how: str) -> None:
        job_status.note_killed(self.folder, self.number, f"ended without a word ({how}); see {self.log}")


def _ends(process: "subprocess.Popen[bytes]") -> bool:
    """Return whether a process ends soon; not `wait` for ever: a signal may have come while it was polled."""
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        return False
    return True


def obey_whoever_began_us() -> None:
    """Stop, as by Ctrl-C, when the process that began this command dies; leave a queue's warning of the end to that.

    Also where the sweep was begun by `make sweep … &` in a script: such a shell has its commands ignore Ctrl-C.
    """
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(OSError, AttributeError):  # Linux alone has it
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGINT)
