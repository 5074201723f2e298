"""A user's story in one go: own data, an experiment, two quick studies, and limits that rule out the best arm."""

import json
from pathlib import Path

import pytest

from tests.command_line import harness, run_module

DEVICES = ("kettle", "drill", "toaster", "camera", "lamp", "heater", "printer", "radio")
TERMS = ("24", "24", "24", "60")
"""what most rows say can be learned from them without a document"""
ARMS = ("base", "rag", "qlora")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Questions in tables with semicolons in a Windows encoding, beside a page of Markdown per device."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "documents").mkdir()
    rows = [(f"{DEVICES[n % 8]} no. {n}", TERMS[n % 4]) for n in range(48)]
    for name, term in rows:
        page = f"# The {name}\n\nThe warranty of the {name} is {term} months. It costs less than 50 €.\n"
        (folder / f"documents/{name.replace('. ', '')}.md").write_text(page, encoding="utf-8")
    for split, part in {"train": rows[:32], "validation": rows[32:36], "test": rows[36:]}.items():
        lines = [
            f"How many months is the warranty of the {name} (“ours”)?;{term};{name.replace('. ', '')}.md"
            for name, term in part
        ]
        (folder / f"{split}.csv").write_text("\n".join(["input;references;evidence", *lines]), encoding="cp1252")
    return folder


@pytest.fixture(scope="module")
def settings(shop, checkpoint, tmp_path_factory):
    """What every command of the story gets."""
    place = tmp_path_factory.mktemp("story")
    return [
        "task=jsonl", f"task.dir={shop}", "task.max_new_tokens=6", "model=local", f"model.path={checkpoint}",
        f"results={place}/results", f"store={place}/store", "adapter.epochs=8", "adapter.learning_rate=0.01",
        "adapter.activation_checkpointing=false", "timing=off",
    ]  # fmt: skip


WEIGHTS = "decision.weights={facts: 3, complexity: 1, abstention: 0.5, growth: 0.5, robustness: 0.5}"


def succeeded(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def card(settings):
    """Return what the last decision wrote."""
    root = next(one.partition("=")[2] for one in settings if one.startswith("results="))
    path = max(Path(root).rglob("decision/own,*.json"), key=lambda one: one.stat().st_mtime_ns)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.ci_slow
@pytest.mark.timeout(900)
def test_from_own_data_to_a_decision_whose_limits_rule_out_the_best_arm(settings):
    printed = succeeded(harness(*settings, "arm=[base,rag,qlora]"))
    assert all(f"\n{arm} " in printed for arm in ARMS)

    for study in ("hallucination", "corpus_size"):
        succeeded(harness(*settings, "arm=[base,rag,qlora]", f"study={study}", "study.budget=quick"))

    asked = [*settings, "decision=own", WEIGHTS]
    printed = succeeded(run_module("harness.cli.decide", *asked))
    before = card(settings)
    assert before["results"]["recommended"] == "qlora"  # most answers can be learned, and it reads nothing
    assert "\nUse qlora: it is the best arm with a probability of " in printed
    measured = {one["name"]: one["measured"] or "" for one in before["criteria"]}
    assert "study corpus_size" in measured["growth"], before["warnings"]
    assert "study hallucination" in measured["abstention"], before["warnings"]
    assert measured["robustness"] == ""
    assert "make study study=robustness task=shop" in printed
    assert before["results"]["confidence"]["qlora"] > 0.9

    limited = [*asked, "decision.use.labels_at_hand=20"]
    done = run_module("harness.cli.decide", *limited, "gate=qlora")
    after = card(settings)["results"]
    why = "it keeps labelled pairs needed of at most 20 pairs with 0 %"
    assert done.returncode == 3
    assert f"Ruled out: qlora, as {why}." in done.stdout
    assert done.stdout.rstrip().endswith(f"gate=qlora: ruled out, as {why}")
    assert after["ruled_out"] == {"qlora": why}
    assert after["recommended"] in ("base", "rag")
    said = done.stdout.replace(f"Use {after['recommended']}: it", after["recommended"])
    assert f"{after['recommended']} is the best arm with a probability of " in said
    assert after["first"]["qlora"] == 0
    (was,) = (one["arm"] for one in before["results"]["changes"] if one["kind"] == "labels at hand")
    assert after["recommended"] == was  # as the first card foretold

    done = run_module("harness.cli.decide", *limited, f"gate={after['recommended']}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(f"gate={after['recommended']}: it is not ruled out")
