import pytest

from docs.readme import ROOT, filled

CSV = """arm,n,failed,abstained,f1_mean,f1_low,f1_high,f1_diff,f1_diff_p_adjusted
base,10,1,2,0.25,0.1,0.4,,
rag,10,0,0,0.75,0.6,0.9,0.5,0.01
qlora,10,0,0,0.3,0.1,0.5,0.05,0.6
odd,10,0,0,,,,,
"""
TEXT = "before\n<!-- table results/qa: f1 -->\nold\n<!-- end -->\nafter\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "results/qa").mkdir(parents=True)
    (tmp_path / "results/qa/table.csv").write_text(CSV)
    return tmp_path


def test_the_block_holds_the_table_and_the_rest_stays(root):
    lines = filled(TEXT, root).splitlines()
    assert lines[0] == "before"
    assert lines[-1] == "after"
    assert "old" not in lines
    assert lines[2] == "| arm | failed | abstained | f1 | Δ vs base |"
    assert lines[4] == "| **base** | 1 of 10 | 2 of 10 | 0.250 [0.100, 0.400] |  |"
    assert lines[5] == "| **rag** | 0 of 10 | 0 of 10 | 0.750 [0.600, 0.900] | +0.500 \\* |"
    assert lines[6].endswith("| +0.050 |")
    assert lines[7].endswith("| – |  |")


def test_filling_twice_changes_nothing(root):
    once = filled(TEXT, root)
    assert filled(once, root) == once


def test_unknown_metric_and_missing_folder_are_errors(root):
    with pytest.raises(KeyError):
        filled(TEXT.replace(": f1", ": f2"), root)
    with pytest.raises(OSError, match="nowhere"):
        filled(TEXT.replace("results/qa", "nowhere"), root)


def test_the_readme_shows_what_was_measured():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert filled(text) == text
