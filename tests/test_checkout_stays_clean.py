"""What a user runs changes no tracked file and leaves none that git would add."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EVERYTHING = """
import sys
import harness
from harness.cli import index

run = harness.experiment("task=summarization", "limit=4", "arm=[base]", "timing=off")
assert run.folder.as_posix() == "results/summarization/pocket/limit=4", run.folder
harness.tables()
harness.export()
index.main()
"""


def git(folder, *arguments):
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def checkout(tmp_path):
    """A repository of the files as they are now."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is not a git checkout")
    for name in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    return tmp_path


@pytest.mark.slow
@pytest.mark.ci_slow
def test_experiment_tables_report_and_export_leave_git_status_clean(checkout):
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (checkout / "results/index.html").is_file()
    assert "reference/qa" not in (checkout / "results/index.html").read_text(encoding="utf-8")
    assert git(checkout, "status", "--porcelain") == ""
