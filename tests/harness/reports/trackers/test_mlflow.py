"""What MLflow holds afterwards, in a store of a file; skipped where MLflow is not installed."""

import dataclasses
import importlib.util

import pytest

from harness.analysis.result import Figure, Section, SectionColumn
from harness.analysis.table import build
from harness.errors import StoreError
from harness.reports.protocols import NoTracker
from harness.reports.trackers.flattened import numbers, settings
from harness.reports.trackers.mlflow import Mlflow
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
    (folder / "report.rows").mkdir()
    (folder / "report.rows/rows-0001.js").write_text("of a large comparison")
    return folder, table, {row.arm: records[row.arm] for row in table.rows}


def tracker(tmp_path):
    return Mlflow(f"sqlite:///{tmp_path}/mlflow.db", "cutlery", str(tmp_path / "artifacts"))


@pytest.mark.slow
@pytest.mark.ci_slow
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
    assert {file.path for file in client.list_artifacts(whole.info.run_id)} == {
        "table.md",
        "report.html",
        "report.rows",
    }
    (texts,) = client.list_artifacts(whole.info.run_id, "report.rows")
    assert texts.path == "report.rows/rows-0001.js"
    assert rag.data.tags["mlflow.parentRunId"] == whole.info.run_id
    assert rag.data.params["arm"] == "rag"
    row = comparison[1].rows[1]
    assert rag.data.metrics["exact_match"] == pytest.approx(row.entries[0].mean)
    assert rag.data.metrics["exact_match.difference"] == pytest.approx(row.entries[0].difference.mean)
    assert all(run.info.status == "FINISHED" for run in runs.values())


CONFIG = {
    "limit": None,
    "judge": {"_target_": "harness.judges.lexical.LexicalJudge", "threshold": 0.4},
    "arm": {
        "hybrid": {
            "_target_": "pipelines.arm.Composed",
            "name": "hybrid",
            "generator": {
                "_target_": "pipelines.generators.engines.HfGenerator",
                "path": "org/model",
                "revision": "main",
            },
            "retriever": {"k": 4, "embedding": {"path": "org/embedder", "revision": ""}, "rerank": None},
            "adapter": {"rank": 16, "alpha": 32, "learning_rate": 0.002, "epochs": 3, "stop": ["a", "b"]},
        }
    },
}


def configured():
    record = make_record("hybrid", seed=7)
    loaded = {"cell": {"answers": {"arm": {"generator": {"content": "sha256:1f", "dtype": "bfloat16"}}}}}
    return dataclasses.replace(record, spec={**record.spec, **loaded, "config": CONFIG})


def test_settings_are_those_of_the_arm_that_was_run():
    found = settings(configured())
    assert {name: found[name] for name in ("adapter.rank", "adapter.alpha", "adapter.learning_rate")} == {
        "adapter.rank": "16",
        "adapter.alpha": "32",
        "adapter.learning_rate": "0.002",
    }
    assert (found["retriever.k"], found["retriever.embedding.path"]) == ("4", "org/embedder")
    assert (found["generator"], found["generator.path"], found["generator.revision"]) == (
        "HfGenerator",
        "org/model",
        "main",
    )
    assert found["generator.content"] == "sha256:1f"
    assert (found["retriever.rerank"], found["adapter.stop"], found["judge"]) == ("none", '["a", "b"]', "LexicalJudge")
    assert settings(make_record("base")) == {}  # a record of before: nothing is made up


def priced(table, arm):
    columns = (
        SectionColumn("arm"),
        SectionColumn("one-off", "USD"),
        SectionColumn("per 1,000 answers, saturated", "USD"),
    )
    row = (arm, Figure(2.5), Figure(0.5, 0.4, 0.6))
    return dataclasses.replace(table, sections=(*table.sections, Section("cost", "Cost", columns, (row,))))


def test_time_and_money_are_numbers_with_their_intervals():
    table = priced(build([make_record("base"), make_record("hybrid")], resamples=100), "hybrid")
    (row,) = [row for row in table.rows if row.arm == "hybrid"]
    found = dict(numbers(table, row))
    (latency,) = [section for section in table.sections if section.name == "latency"]
    cells = {row[0:2]: row for row in latency.rows}
    names = [column.name for column in latency.columns]
    unmerged, merged = cells["hybrid", "unmerged"], cells["hybrid", "merged"]
    assert found["latency.p50_ms"] == unmerged[names.index("p50, ms")].value
    assert found["latency.p50_ms.low"] == unmerged[names.index("p50, ms")].low
    assert found["latency.first_token_p50_ms"] == unmerged[names.index("first token p50, ms")].value
    assert found["latency.p95_ms"] == unmerged[names.index("p95, ms")].value
    assert "latency.p95_ms.high" not in found  # open above
    assert found["latency.merged_at_once_1.p50_ms"] == merged[names.index("p50, ms")].value
    assert (found["cost.one_off_usd"], found["cost.per_1000_answers_saturated_usd.high"]) == (2.5, 0.6)
    assert not [name for name in dict(numbers(table, table.rows[0])) if name.startswith("cost.")]


@needs_mlflow
def test_all_of_it_arrives_under_names_that_mlflow_takes(tmp_path):
    from mlflow.tracking import MlflowClient

    made = configured()
    metrics = {"recall@4": made.metrics["exact_match"]}
    made = dataclasses.replace(
        made, metrics=metrics, scores=tuple(dataclasses.replace(one, metric="recall@4") for one in made.scores[:40])
    )
    table = priced(build([made], resamples=100), "hybrid")
    tracker(tmp_path).log(tmp_path, table, {"hybrid": [made]})
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("cutlery")
    (run,) = [run for run in client.search_runs([experiment.experiment_id]) if run.data.params]
    assert set(settings(made)) <= set(run.data.params)
    assert (run.data.params["adapter.rank"], run.data.params["seeds"]) == ("16", "7")
    assert set(run.data.metrics) == {name.replace("@", "_") for name, _ in numbers(table, table.rows[0])}
    assert {"recall_4.low", "latency.p95_ms", "cost.one_off_usd"} <= set(run.data.metrics)


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


def test_no_tracker_logs_nothing(comparison):
    assert NoTracker().log(*comparison) == ""


@needs_mlflow
def test_a_database_that_cannot_be_made_is_said_in_a_line_and_leaves_no_half(tmp_path, comparison, monkeypatch):
    from sqlalchemy.exc import OperationalError

    database = tmp_path / "mlflow.db"

    def full(*_):
        database.write_text("half")
        raise OperationalError("CREATE TABLE x (\n)", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(Mlflow, "_log", full)
        patch.setattr("mlflow.tracking.MlflowClient", lambda tracking_uri: None)
        with pytest.raises(StoreError, match=r"disk is full\); results are in") as raised:
            tracker(tmp_path).log(*comparison)
        assert "\n" not in str(raised.value)
        assert not database.exists()
        database.write_text("of the user")
        with pytest.raises(StoreError):
            tracker(tmp_path).log(*comparison)
        assert database.exists()
