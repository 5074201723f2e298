"""What people see of a running experiment: whole lines in a log, lines that renew themselves on a terminal."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from harness.cli.progress_display import LogLines, TerminalLines, bars
from harness.machine.progress import Work, progress
from harness.runner.run_progress import ExpectedStep, RunProgress, View

ROOT = Path(__file__).resolve().parents[3]
WORK = """
import logging, sys
from harness.cli.progress_display import shown_progress
from harness.machine.progress import progress
from harness.runner.run_progress import ExpectedStep
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
try:
    with shown_progress([ExpectedStep("train", "qlora", 120.0)]) as run, run.heard(), run.phase("qlora", "train"):
        with progress("train", "training", 4, "rows", done=1) as work:
            work.advance(2)
            work.say("loss 0.5")
            logging.info("logged")
            print("printed", flush=True)
            raise KeyError
except KeyError:
    pass
"""


def run(stdout, stderr):
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    subprocess.run([sys.executable, "-c", WORK], cwd=ROOT, stdout=stdout, stderr=stderr, check=True, env=environment)


def test_a_log_gets_whole_lines_without_control_characters(tmp_path):
    with (tmp_path / "log").open("wb") as log:
        run(log, log)
    text = (tmp_path / "log").read_text()
    assert text.splitlines() == [
        "[0:00] training qlora: 1 of 4 rows, about 90 seconds left; whole run: about 90 seconds left",
        "logged",
        "printed",
    ]


def test_a_terminal_shows_bars_and_gets_its_cursor_back(tmp_path):
    ours, theirs = pty.openpty()
    with (tmp_path / "out").open("wb") as out:
        run(out, theirs)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "training qlora" in shown
    assert "1 of 4 rows" in shown
    assert "\nlogged" in shown.replace("\x1b[2K", "\n")  # on a line of its own, above the bars
    assert "whole run" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1
    assert (tmp_path / "out").read_text() == "printed\n"


def test_a_log_gets_a_line_every_minute_however_often_something_changes():
    stream, now = io.StringIO(), [0.0]
    run = RunProgress(LogLines(stream), [ExpectedStep("answer", "rag", 300.0)], lambda: now[0])
    with run.heard(), run.phase("rag", "answer"), progress("answer", "answering", 150, "answers") as work:
        for _ in range(125):
            now[0] += 1
            work.advance()
            run.tick()
    assert stream.getvalue().splitlines() == [
        "[0:00] answering rag: 150 answers, about 5 minutes left; whole run: about 5 minutes left",
        "[1:00] answering rag: 60 of 150 answers, about 90 seconds left; whole run: about 90 seconds left",
        "[2:00] answering rag: 120 of 150 answers, about 30 seconds left; whole run: about 30 seconds left",
    ]


def test_a_log_says_that_time_passes_when_nothing_is_counted():
    stream = io.StringIO()
    lines = LogLines(stream)
    lines.began(View("auditing answers of rag", 1.0, None, Work("audit", "auditing answers of")))
    lines.changed(View("", 61.0, 30.0))
    assert stream.getvalue() == "[1:01] whole run: about 30 seconds left\n"


def test_a_terminal_shows_counts_notes_and_what_is_left():
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    display = bars(console)
    lines = TerminalLines(display)
    training = Work("train", "training", 400, "rows")
    training.advance(100)
    training.say("loss 0.5")
    lines.changed(View("training raft", 70.0, 300.0, training, 180.0))
    console.print(display.get_renderable())
    lines.changed(View("raft", 75.0, None))
    console.print(display.get_renderable())
    shown = [" ".join(line.split()) for line in console.file.getvalue().replace("━", "").replace("╸", "").splitlines()]
    assert shown == [
        "training raft 100 of 400 rows about 3 minutes left, loss 0.5",
        "whole run 1:10 so far about 5 minutes left",
        "raft",
        "whole run 1:15 so far",
    ]
