import subprocess
import sys

import pytest

from docs.readme import ROOT, claims_table, results_table
from harness.cli.claims import claims

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


CLAIMS = """task,model,settings,claim,part,says,verdict,effect,low,high,unit,read_from
qa,m,,C1,,rag is better,supported,0.5,0.4,0.6,share,experiment
qa,m,,C1,1,is it?,supported,0.5,0.4,0.6,share,experiment
faq,m,k=8,C1,,rag is better,not tested,,,,share,experiment
qa,m,,C2,,it costs,refuted,0.0012,0.001,0.002,of the total,experiment labels
faq,m,k=8,C2,,it costs,does not apply,,,,of the total,experiment labels
qa,m,,C3,,it is large,supported,6,,,parts,decision
faq,m,k=8,C3,,it is large,undecided,2.345,1.2,3.4,times,decision
"""


def test_claims_are_a_row_each_with_what_decides_them(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results/claims.csv").write_text(CLAIMS)
    assert claims_table("results", root=tmp_path).splitlines() == [
        "|  | the documents say | qa · m | faq · m · k=8 | decided by |",
        "| --- | --- | --- | --- | --- |",
        "| C1 | rag is better | **supported** +0.50 [+0.40, +0.60] | not tested | `make experiment` |",
        "| C2 | it costs | **refuted** 0.12 [0.1, 0.2] % of the total | · | `make experiment`, `study=labels` |",
        "| C3 | it is large | **supported** 6 parts | **undecided** 2.35 [1.2, 3.4] times | `make decide` |",
    ]


def test_the_example_of_a_claim_is_one(tmp_path):
    text = (ROOT / "docs/CLAIMS.md").read_text(encoding="utf-8").split("## A claim of your own", 1)[1]
    (tmp_path / "C24.yaml").write_text(text.split("```yaml\n", 1)[1].split("```", 1)[0], encoding="utf-8")
    assert [claim.id for claim in claims(tmp_path)] == ["C24"]


@pytest.mark.parametrize("name", ["README.md", "docs/API.md"])
def test_generated_text_is_current(name):
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: run `make readme`"
