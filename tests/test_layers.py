"""The order of the stages, read from the imports: conf → config → runner → records → table → reports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {
    "torch", "transformers", "peft", "trl", "bitsandbytes", "faiss", "datasets", "sentence_transformers", "bm25s",
    "sacrebleu", "rouge_score", "ragas", "openai",
}  # fmt: skip
CODE = sorted([*(ROOT / "harness").rglob("*.py"), *(ROOT / "pipelines").rglob("*.py")])
ids = [path.relative_to(ROOT).as_posix() for path in CODE]


def imported(path, *, top_level):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


LATE = {"pipelines/qlora/callbacks.py"}  # subclasses a library's class; training.py imports it when it trains


@pytest.mark.parametrize("path", [path for path, name in zip(CODE, ids, strict=True) if name not in LATE], ids=str)
def test_nothing_heavy_is_imported_with_a_module(path):
    assert not {name.split(".")[0] for name in imported(path, top_level=True)} & HEAVY


@pytest.mark.parametrize("path", [path for path in CODE if "harness" in path.relative_to(ROOT).parts[:1]], ids=str)
def test_the_harness_knows_no_pipeline(path):
    assert "pipelines" not in {name.split(".")[0] for name in imported(path, top_level=False)}


def test_hydra_is_the_business_of_the_command_line_alone():
    users = {
        path.relative_to(ROOT).as_posix()
        for path in CODE
        if {name.split(".")[0] for name in imported(path, top_level=False)} & {"hydra", "omegaconf"}
    }
    assert users == {"harness/__main__.py", "harness/config.py"}


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("metrics", {"runner", "table", "reports", "recording"}),
        ("tasks", {"runner", "table", "reports", "recording", "metrics"}),
        ("reports", {"runner", "recording.records", "recording.lastrun", "recording.predictions", "store", "metrics"}),
        ("costs", {"runner", "recording", "store", "metrics", "table", "reports", "grids"}),
    ],
)
def test_no_stage_calls_back(early, late):
    for path in (ROOT / "harness" / early).rglob("*.py"):
        names = [name for name in imported(path, top_level=False) if name.startswith("harness.")]
        assert not [name for name in names for one in late if f"{name}.".startswith(f"harness.{one}.")], path


def test_table_and_records_need_no_runner():
    names = ("table", "result", "comparable", "footnotes", "tables", "recording/records", "recording/lastrun")
    for path in [*(ROOT / "harness" / f"{name}.py" for name in names), *(ROOT / "harness/certainty").glob("*.py")]:
        found = set(imported(path, top_level=False))
        assert not {"harness.runner.run", "harness.store.store", "harness.runner.plan"} & found, path


def test_importing_the_command_line_loads_no_model_library():
    code = "import sys, harness.__main__, pipelines.arm; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not HEAVY & set(done.stdout.split())
