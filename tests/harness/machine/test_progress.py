"""Progress bars: seen on a terminal, silent in a pipe, and gone when the work fails."""

import os
import pty
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WORK = """
from harness.machine.progress import progress
for _ in range(2):
    try:
        with progress("answers", 4, "rows", done=1) as bar:
            bar.advance(2)
            bar.note("loss 0.5")
            raise KeyError
    except KeyError:
        pass
"""


def run(stderr):
    subprocess.run(
        [sys.executable, "-c", WORK],
        cwd=ROOT,
        stdout=stderr,
        stderr=stderr,
        check=True,
        env={**os.environ, "TERM": "xterm"},
    )


def test_nothing_is_written_into_a_pipe(tmp_path):
    with (tmp_path / "log").open("wb") as log:
        run(log)
    assert (tmp_path / "log").read_bytes() == b""


def test_a_terminal_shows_the_bar_and_gets_its_cursor_back():
    ours, theirs = pty.openpty()
    run(theirs)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "answers" in shown
    assert "3/4" in shown
    assert "loss 0.5" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 2
