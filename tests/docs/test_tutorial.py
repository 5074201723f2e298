"""docs/TUTORIAL.md: every command of it in order, in a copy of the checkout, as a new user would type them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/TUTORIAL.md").read_text(encoding="utf-8")
COMMANDS = [
    line.strip()
    for block in re.findall(r"```bash\n(.*?)```", PAGE, flags=re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
GATE = "gate="
"""a command with it is meant to fail: it rules the arm out"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of what git knows of, with the environment that is there."""
    folder = tmp_path_factory.mktemp("tutorial") / "cutlery"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("results/reference/", "docs/images/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def test_the_tutorial_goes_from_data_to_a_decision():
    verbs = [command.split()[1] for command in COMMANDS if command.startswith("make ")]
    assert verbs[0] == "setup"
    assert {"init", "experiment", "decide", "report"} <= set(verbs)


@pytest.mark.slow
@pytest.mark.ci_slow
@pytest.mark.timeout(1200)
def test_every_command_of_the_tutorial_does_what_it_says(copied):
    printed = {command: _run(command, copied) for command in COMMANDS if command != "make setup"}
    decided = next(
        text for command, text in printed.items() if command.startswith("make decide") and GATE not in command
    )
    best = re.search(r"^Use (\w+): it is the best arm with a probability of", decided, flags=re.MULTILINE)
    assert best is not None
    assert f"the answer here is {best.group(1)}" in PAGE.replace("**", "").lower()
    assert (copied / "results/handbook/pocket/report.html").is_file()


def _run(command, folder):
    """Run one line in a shell; make takes the environment as it is."""
    line = command.replace("make ", "make -o .venv/.ready ", 1) if command.startswith("make ") else command
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is (GATE not in command), f"{command}\n{done.stdout}\n{done.stderr}"
    assert GATE not in command or "\ngate=raft: ruled out, as " in done.stdout, done.stdout
    return done.stdout
