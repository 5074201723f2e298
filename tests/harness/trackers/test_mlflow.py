"""What stands in MLflow afterwards, in a store of a file; skipped where MLflow is not installed."""

import importlib.util

import pytest

from harness.errors import StoreError
from harness.table import build
from harness.trackers.mlflow import Mlflow
from harness.trackers.nowhere import Nowhere
from tests.harness.reports.html.made_records import make_record

needs_mlflow = pytest.mark.skipif(importlib.util.find_spec("mlflow") is None, reason="MLflow is not installed")


@pytest.fixture
def comparison(tmp_path):
    records = {arm: [make_record(arm)] for arm in ("base", "rag")}
    table = build([one for group in records.values() for one in group], resamples=100)
    folder = tmp_path / "results"
    folder.mkdir()
    for name in ("table.md", "report.html"):
        (folder / name).write_text(name)
    return folder, table, {row.arm: records[row.arm] for row in table.rows}


def tracker(tmp_path):
    return Mlflow(f"sqlite:///{tmp_path}/mlflow.db", "cutlery", str(tmp_path / "artifacts"))


@needs_mlflow
def test_runs_hold_parameters_numbers_and_files(tmp_path, comparison):
    from mlflow.tracking import MlflowClient

    said = tracker(tmp_path).log(*comparison)
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("cutlery")
    runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    assert set(runs) == {"qa · pocket", "qa · pocket · base", "qa · pocket · rag"}
    whole, rag = runs["qa · pocket"], runs["qa · pocket · rag"]
    assert whole.info.run_id in said
    assert {file.path for file in client.list_artifacts(whole.info.run_id)} == {"table.md", "report.html"}
    assert rag.data.tags["mlflow.parentRunId"] == whole.info.run_id
    assert rag.data.params["arm"] == "rag"
    row = comparison[1].rows[1]
    assert rag.data.metrics["exact_match"] == pytest.approx(row.entries[0].mean)
    assert rag.data.metrics["exact_match.difference"] == pytest.approx(row.entries[0].difference.mean)
    assert all(run.info.status == "FINISHED" for run in runs.values())


@needs_mlflow
def test_a_second_experiment_goes_under_the_same_name(tmp_path, comparison):
    from mlflow.tracking import MlflowClient

    tracker(tmp_path).log(*comparison)
    tracker(tmp_path).log(*comparison)
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("cutlery")
    assert len(client.search_runs([experiment.experiment_id])) == 6


@needs_mlflow
def test_a_store_that_cannot_be_written_is_named(tmp_path, comparison):
    with pytest.raises(StoreError, match=r"tracker\.uri .*results are in"):
        Mlflow("nonsense://x", "cutlery", None).log(*comparison)


def test_without_mlflow_the_configuration_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "cutlery[mlflow]" in tracker(tmp_path).problems()[0]


def test_nowhere_tells_nobody(comparison):
    assert Nowhere().log(*comparison) == ""
