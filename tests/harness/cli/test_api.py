"""`import harness` as in a notebook: another current folder, several calls in one process."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import harness
from harness.cli import frames
from harness.cli.export import export
from harness.cli.frames import SCHEMAS, schema_table
from harness.cli.reference import _replace, renew
from tests.test_sweep import task_folder  # noqa: F401  the fixture

ROOT = Path(__file__).resolve().parents[3]
QA = harness.REFERENCE / "qa/pocket"


@pytest.fixture(scope="module")
def qa():
    return harness.load(QA)


def test_importing_it_loads_nothing_heavy():
    code = "import sys, harness; print(*sorted(sys.modules)); harness.CutleryError; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"torch", "hydra", "pandas", "pyarrow", "numpy"} & set(done.stdout.split())


def test_every_public_name_is_there():
    assert set(harness.__all__) <= set(dir(harness))
    assert all(getattr(harness, name) is not None for name in harness.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        harness.nonsense  # noqa: B018


def test_table_scores_and_predictions_agree(qa):
    assert qa.table.loc["rag", "n"] == 300
    means = qa.scores.groupby(["metric", "arm"])["value"].mean()
    assert means["exact_match", "rag"] == pytest.approx(qa.table.loc["rag", "exact_match_mean"], abs=1e-6)
    assert len(qa.predictions) == 300 * len(qa.table)
    rag = qa.predictions[qa.predictions["arm"] == "rag"]
    assert rag["passages"].map(len).max() == 4
    assert (rag["answer"] != "").all()
    assert qa.failures == {}
    assert any(note.startswith("Judge: ") for note in qa.notes)
    assert "exact_match" in str(qa)
    assert "content" not in repr(qa)


def test_arrow_on_request_has_the_documented_schema(qa):
    text = (ROOT / "docs/API.md").read_text(encoding="utf-8")
    for name, schema in SCHEMAS.items():
        assert qa.to_arrow(name).schema.equals(schema)
        assert schema_table(name) in text


def test_export_writes_what_the_schema_says(qa, tmp_path):
    (tmp_path / "qa/pocket/records").mkdir(parents=True)
    for path in (QA / "records").iterdir():
        (tmp_path / "qa/pocket/records" / path.name).symlink_to(path)
    paths = harness.export(tmp_path)
    assert [path.name for path in paths] == ["scores.parquet", "predictions.parquet"]
    for path in paths:
        assert pq.read_schema(path).equals(SCHEMAS[path.stem], check_metadata=False)
        assert pq.read_schema(path).field("arm").metadata[b"meaning"]
    assert pd.read_parquet(paths[0]).equals(qa.scores)


def test_renewing_the_reference_keeps_files_of_the_user(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, names in {old: ["gone,seed=0.jsonl", "last-run.json", "notes.txt"], new: ["base,seed=0.jsonl"]}.items():
        folder.mkdir()
        for name in names:
            (folder / name).write_text(name)
    (old / "drafts").mkdir()
    _replace(old, new)
    assert sorted(path.name for path in old.iterdir()) == ["base,seed=0.jsonl", "drafts", "notes.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]


def test_errors_come_without_the_stack_of_the_harness(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for call, words in [
        (lambda: harness.load("nowhere"), f"{tmp_path}/nowhere: holds no records; run an experiment first"),
        (lambda: harness.load(harness.REFERENCE), "load one of "),
        (lambda: harness.tables(), "holds no records"),
        (lambda: harness.experiment("task=nonsense"), "task is nonsense, which conf/task does not have"),
        (lambda: harness.experiment("task=qa", "dry_run=true"), "harness.plan"),
        (lambda: harness.plan("task=qa", "limit=0"), "limit is 0"),
        (lambda: harness.compose("nonsense=1"), "nonsense"),
    ]:
        with pytest.raises(harness.CutleryError) as caught:
            call()
        assert words in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
        assert caught.value._render_traceback_() == [f"{type(caught.value).__name__}: {caught.value}"]


def test_an_unfinished_folder_says_what_is_missing(tmp_path):
    (tmp_path / "records").mkdir()
    with pytest.raises(harness.StoreError, match="holds no records"):
        harness.load(tmp_path)
    for name in ("base,seed=0.jsonl", "last-run.json"):
        (tmp_path / "records" / name).write_bytes((QA / "records" / name).read_bytes())
    (tmp_path / "records/rag,seed=0.jsonl").write_text('{"torn')
    run = harness.load(tmp_path)
    assert list(run.table.index) == ["base"]
    assert any(note.startswith("! ") and "rag,seed=0.jsonl" in note for note in run.notes)


def test_compose_and_plan(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    config = harness.compose("task=qa", "retriever.k=8")
    assert config["arm"]["rag"]["retriever"]["k"] == 8
    assert "hydra" not in config
    plan = harness.plan("task=qa", "limit=20", "arm=[base]")
    assert "20 test examples" in str(plan)
    assert not list(tmp_path.iterdir())


def test_an_experiment_twice_in_one_process(task_folder, checkpoint, tmp_path, monkeypatch, capsys):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    overrides = (
        "task=jsonl", f"task.dir={task_folder}", "task.max_new_tokens=4", "model=local", f"model.path={checkpoint}",
        "arm=[base]", "metric=[exact_match]", "report=[csv]", "timing=off",
    )  # fmt: skip
    first = harness.experiment(*overrides)
    again = harness.experiment(*overrides)
    assert "Nothing to do" in capsys.readouterr().out
    assert first.folder == again.folder
    assert first.folder.is_relative_to("results")
    assert first.table.equals(again.table)
    assert harness.load(first.folder).scores.equals(first.scores)
    assert [run.folder for run in harness.tables("results", "report=[csv]")] == [first.folder]
    reference = renew(overrides, tmp_path / "reference")
    assert harness.load(reference).table.equals(first.table)
    assert reference.relative_to(tmp_path / "reference") == first.folder.relative_to("results")
    changed = harness.experiment(*overrides, "task.max_new_tokens=3")
    assert changed.folder != first.folder
    assert "task.max_new_tokens=3" in changed.folder.name


def test_the_reference_is_not_renewed_from_itself(tmp_path):
    (tmp_path / "reference").mkdir()
    with pytest.raises(harness.ConfigError, match="the reference itself"):
        renew(["task=qa", "limit=5", f"results={tmp_path}/reference"], tmp_path / "reference")


def test_a_table_that_does_not_exist_is_named():
    with pytest.raises(harness.ConfigError, match="there are scores and predictions"):
        harness.load(harness.REFERENCE / "qa/pocket").to_arrow("answers")


@pytest.mark.parametrize("name", ["scores", "predictions"])
def test_batches_are_the_table_in_parts(qa, name, monkeypatch):
    monkeypatch.setattr(frames, "ROWS", 1000)
    whole, parts = qa.to_arrow(name), [*qa.batches(name)]
    assert len(parts) == -(-whole.num_rows // 1000)
    assert {len(part) for part in parts[:-1]} <= {1000}
    assert all(part.schema.equals(SCHEMAS[name]) for part in parts)
    assert pa.Table.from_batches(parts).combine_chunks().equals(whole)


def test_batches_of_no_table_are_refused_at_once(qa):
    with pytest.raises(harness.CutleryError, match="'score' is not a table of results"):
        qa.batches("score")


def test_parquet_is_written_in_groups_of_rows(qa, tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "ROWS", 1000)
    paths = export(tmp_path, qa.content.arms)
    for path in paths:
        groups, whole = pq.ParquetFile(path).metadata, qa.to_arrow(path.stem)
        sizes = [groups.row_group(number).num_rows for number in range(groups.num_row_groups)]
        assert sum(sizes) == whole.num_rows
        assert set(sizes[:-1]) == {1000}
        assert pq.read_table(path).equals(whole)
