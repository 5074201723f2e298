"""Hydra's next version, as far as it is out: a sweep is planned and run with a release candidate of its own venv."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CANDIDATE = "1.4.0rc3"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The Python of a venv with the candidate before all packages of this one."""
    folder = tmp_path_factory.mktemp("candidate")
    venv.create(folder, with_pip=True)
    made = folder / "bin/python"
    install = [made, "-m", "pip", "install", "--quiet", f"hydra-core=={CANDIDATE}"]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"hydra-core {CANDIDATE} cannot be installed: {done.stderr.strip().splitlines()[-1]}")
    (site,) = folder.glob("lib/python*/site-packages")
    theirs = [path for path in sys.path if path.endswith("site-packages")]
    (site / "others.pth").write_text("".join(f"{path}\n" for path in theirs))
    return made


def run(python, *arguments):
    return subprocess.run([python, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_it_is_the_candidate_that_is_tried(python):
    said = run(python, "-c", "import hydra, omegaconf, torch; print(hydra.__version__, omegaconf.__version__)")
    assert said.stdout.startswith(f"{CANDIDATE} 2.4."), said.stderr


@pytest.mark.parametrize("launcher", ["none", "local"])
def test_a_sweep_is_planned_without_a_warning(python, tmp_path, launcher):
    given = [f"results={tmp_path}/results", f"store={tmp_path}/store", "task=support", "seed=0,1"]
    done = run(python, "-m", "harness", "-m", *given, "arm=[base]", "limit=4", "dry_run=true", f"launcher={launcher}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sweep: 2 jobs, no cell failed." in done.stdout
    warned = [line for line in done.stderr.splitlines() if "deprecat" in line.lower() or "hydra" in line.lower()]
    assert warned == []
