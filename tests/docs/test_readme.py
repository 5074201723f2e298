import subprocess
import sys

import pytest

from docs.readme import ROOT, results_table

CSV = """arm,n,failed,abstained,f1_mean,f1_low,f1_high,f1_diff,f1_diff_p_adjusted
base,10,1,2,0.25,0.1,0.4,,
rag,10,0,0,0.75,0.6,0.9,0.5,0.01
qlora,10,0,0,0.3,0.1,0.5,0.05,0.6
odd,10,0,0,,,,,
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "results/qa").mkdir(parents=True)
    (tmp_path / "results/qa/table.csv").write_text(CSV)
    return tmp_path


def test_the_table_holds_what_was_measured(root):
    lines = results_table("results/qa", "f1", root=root).splitlines()
    assert lines[0] == "| arm | failed | abstained | f1 | Δ vs base |"
    assert lines[2] == "| **base** | 1 of 10 | 2 of 10 | 0.250 [0.100, 0.400] |  |"
    assert lines[3] == "| **rag** | 0 of 10 | 0 of 10 | 0.750 [0.600, 0.900] | +0.500 \\* |"
    assert lines[4].endswith("| +0.050 |")
    assert lines[5].endswith("| – |  |")


def test_unknown_metric_and_missing_folder_are_errors(root):
    with pytest.raises(KeyError):
        results_table("results/qa", "f2", root=root)
    with pytest.raises(OSError, match="nowhere"):
        results_table("nowhere", "f1", root=root)


@pytest.mark.parametrize("name", ["README.md", "docs/API.md"])
def test_generated_text_is_current(name):
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: run `make readme`"
