"""No absolute path of a machine in what is committed or shared."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from harness.store.portable import ROOT, portable
from harness.store.records import last_run, records
from harness.types import Cell, Example, Prediction
from tests.harness.records import build_record

PLACE = re.compile(r"/(?:home|work|Users|root|tmp|private|mnt|var)/|\b[A-Z]:\\+\w")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"{ROOT}/models/pocket", "models/pocket"),
        (f"task.dir={ROOT}/datasets/qa", "task.dir=datasets/qa"),
        (str(ROOT), ROOT.name),
        ("/tmp/x/results", "results"),
        ("results=/home/ann/r", "results=r"),
        ("sqlite:////tmp/a/mlflow.db", "sqlite:///mlflow.db"),
        ("file:///home/ann/model", "file://model"),
        ("[Errno 2] No such file: '/tmp/a/b.json'", "[Errno 2] No such file: 'b.json'"),
        (f"{ROOT}/a.py: x (see /usr/lib/b.so, /tmp/c)", "a.py: x (see b.so, c)"),
        (f"/mnt{ROOT}/x", "x" if Path("/mnt").is_dir() else f"/mnt{ROOT}/x"),
        ("/no_think Answer.", "/no_think Answer."),
        ("and/or, 3/4, ~/x, ../tmp/x, results/tmp/y", "and/or, 3/4, ~/x, ../tmp/x, results/tmp/y"),
        ("https://tmp/v1 http://h/home/x package:all/model", "https://tmp/v1 http://h/home/x package:all/model"),
        ("", ""),
    ],
)
def test_paths_are_shortened_and_nothing_else(text, kept):
    assert portable(text) == kept
    assert portable({"a": [text, 1, None, True]}) == {"a": [kept, 1, None, True]}


@pytest.mark.parametrize("text", ["/", "//", "sep=/"])
def test_a_slash_alone_stays(text):
    assert portable(text) == text


def test_a_path_with_spaces_is_known_by_being_there(tmp_path):
    folder = tmp_path / "My Data (new), 1"
    folder.mkdir()
    assert portable(f"task.dir={folder}") == "task.dir=My Data (new), 1"
    assert portable(str(folder)) == folder.name


def test_records_and_refusals_hold_no_place_of_the_machine(tmp_path):
    record = build_record("base", examples=[Example("e1", "?", ("!",), ())])
    asked = {"config": {"task": {"dir": f"{ROOT}/datasets/qa"}, "store": "/tmp/s/t"}, "given": ["results=/tmp/r/s"]}
    record = replace(
        record,
        spec={"cell": {"instruction": "/tmp/x stays"}, **asked},
        facts={**record.facts, "audits": [{"flag": "see /home/ann/x.json"}]},
        predictions=(Prediction("e1", "", (), (), "error", "OSError: '/root/x/y'"),),
    )
    records.write(record, tmp_path / "a.jsonl")
    read = records.read(tmp_path / "a.jsonl")
    assert read.spec["config"] == {"task": {"dir": "datasets/qa"}, "store": "t"}
    assert read.spec["given"] == ["results=s"]
    assert read.spec["cell"] == record.spec["cell"]  # a digest is made of it
    assert read.facts["audits"] == [{"flag": "see x.json"}]
    assert read.predictions[0].error == "OSError: 'y'"
    last_run.refuse(last_run.Refusal(Cell("t", "m", "a", 0), "cannot open /tmp/x/y.npy", "f", "c"), tmp_path)
    assert [one.reason for one in last_run.refusals(tmp_path)] == ["cannot open y.npy"]


def test_no_tracked_result_or_document_names_an_absolute_path_of_any_machine():
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "results", "docs", "README.md"]
    done = subprocess.run(listed, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is not a git checkout")
    paths = [ROOT / name for name in done.stdout.split("\0") if Path(name).suffix not in ("", ".png", ".pdf")]
    texts = {path: path.read_text(encoding="utf-8") for path in paths if path.is_file()}
    found = [f"{path.relative_to(ROOT)}: {match[0]}" for path, text in texts.items() if (match := PLACE.search(text))]
    assert not found
