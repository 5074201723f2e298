"""The real stack in one run: NF4 base, FAISS and MiniLM, QLoRA training, evaluation, table. No fakes."""

import csv
import json
import random
import signal
import subprocess
import sys
import time

import pytest

from harness.store.records import records
from tests.command_line import harness

ALL_ARMS = "arm=[base,rag,qlora,hybrid,raft,oracle,random]"
HEAVY = {"torch", "transformers", "faiss"}
MOMENTS = 50
COLOURS = ["red", "green", "blue", "white", "black", "brown"]


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def task_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors")
    draw = random.Random(0)
    facts = {f"door{number}": draw.choice(COLOURS) for number in range(24)}
    documents = [{"id": door, "title": door, "text": f"The {door} is {colour}."} for door, colour in facts.items()]
    rows = [
        {"id": f"q-{door}", "input": f"What colour is {door}?", "references": [f"{colour}"], "evidence": [door]}
        for door, colour in facts.items()
    ]
    write_lines(folder / "documents.jsonl", documents)
    for split, part in {"train": rows[:12], "validation": rows[12:16], "test": rows[16:]}.items():
        write_lines(folder / f"{split}.jsonl", part)
    return folder


def overrides(folder, task_folder, checkpoint, *more):
    return [
        "task=jsonl", f"task.dir={task_folder}", "task.max_new_tokens=8",
        "model=local", f"model.path={checkpoint}", f"results={folder}", f"store={folder}/store",
        "adapter.epochs=2", "adapter.learning_rate=0.005", "adapter.activation_checkpointing=false",
        "model.batch_size=2", "timing.examples=4",
        "model.dtype=float32",  # bfloat16 logits of random weights tie, and the last bit of a sum then chooses words
        *more,
    ]  # fmt: skip


def run(*arguments):
    return harness(*overrides(*arguments))


def imports_of(module, *arguments):
    """Run `python -m MODULE ARGUMENTS…` in a new interpreter; return what it printed and the modules it imported."""
    command = [sys.executable, "-X", "importtime", "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout, {line.split("|")[-1].strip() for line in done.stderr.splitlines()}


@pytest.fixture(scope="module")
def finished(tmp_path_factory, task_folder, checkpoint):
    folder = tmp_path_factory.mktemp("results")
    done = run(folder, task_folder, checkpoint, ALL_ARMS)
    assert done.returncode == 0, done.stderr
    return folder, done


def cell_records(folder):
    return {record.cell.arm: record for path in folder.rglob("records/*.jsonl") for record in [records.read(path)]}


def test_runs_every_arm_to_a_table_and_records(finished):
    folder, done = finished
    (table,) = folder.rglob("table.md")
    text = table.read_text()
    for arm in ("base", "rag", "qlora", "hybrid", "raft", "oracle", "random"):
        assert arm in text
        assert arm in done.stdout
    assert {path.suffix for path in table.parent.glob("table.*")} == {".md", ".csv", ".tex"}


def test_what_the_arms_share_and_what_they_do_not(finished):
    found = cell_records(finished[0])
    assert len({record.comparison for record in found.values()}) == 1
    assert len({record.fingerprint for record in found.values()}) == len(found)
    adapters = {arm: {p.adapter_key for p in record.predictions} for arm, record in found.items()}
    assert adapters["base"] == adapters["rag"] == {""}
    assert adapters["qlora"] == adapters["hybrid"] != adapters["raft"]
    for arm in ("qlora", "hybrid", "raft"):
        assert found[arm].facts["adapter_logit_change"] > 0
        assert found[arm].facts["training"]["steps"] == 2


def test_retrieval_is_wired(finished):
    found = cell_records(finished[0])

    def shown(arm):
        return [{passage.document_id for passage in p.passages} for p in found[arm].predictions]

    gold = [set(example.evidence) for example in found["rag"].examples]
    assert shown("oracle") == gold
    assert all(right <= some for right, some in zip(gold, shown("rag"), strict=True))
    assert all(not right & some for right, some in zip(gold, shown("random"), strict=True))
    assert shown("base") == shown("qlora") == [set()] * len(gold)
    prompts = [[p.prompt_sha256 for p in found[arm].predictions] for arm in ("base", "qlora", "rag", "hybrid")]
    assert prompts[0] == prompts[1] != prompts[2] == prompts[3]


def test_a_second_run_loads_no_model(finished, task_folder, checkpoint):
    folder, first = finished
    again = run(folder, task_folder, checkpoint, ALL_ARMS)
    assert "Nothing to do" in again.stdout
    assert again.stdout.split("Nothing to do")[1].split("\n", 1)[1].strip() in first.stdout
    few = ("arm=[base,qlora]", "report=[csv]")
    printed, modules = imports_of("harness", *overrides(folder, task_folder, checkpoint, *few))
    assert "Nothing to do" in printed
    assert not HEAVY & modules


@pytest.mark.slow
@pytest.mark.ci_slow
def test_other_prices_run_nothing_again(finished, task_folder, checkpoint):
    folder, _ = finished
    before = {path: path.read_bytes() for path in folder.rglob("records/*")}
    (table,) = folder.rglob("table.md")
    cheap = table.read_text()
    assert "| USD/1,000 |" in cheap
    again = run(folder, task_folder, checkpoint, ALL_ARMS, "prices=own", "horizon.months=24", "report=[markdown]")
    assert again.returncode == 0, again.stderr
    assert "Nothing to do" in again.stdout
    assert "Cost in EUR" in (table.parent / "details.md").read_text()
    assert {path: path.read_bytes() for path in folder.rglob("records/*")} == before  # nor is there another folder
    assert not any(b"aws_2026" in content for content in before.values())
    _, modules = imports_of("harness.cli.tables", f"results={folder}", "prices=aws_2026", "report=[markdown]")
    assert table.read_text() == cheap
    assert not HEAVY & modules


def kill_after(process, ready):
    """Wait until `ready()` holds, then kill; returns False when the process ended before."""
    while process.poll() is None:
        if ready():
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.005)
    return False


@pytest.mark.slow
@pytest.mark.ci_slow
@pytest.mark.parametrize(
    "moment",
    ["adapter/*.partial/checkpoints/checkpoint-1", "predictions/*.partial/predictions.jsonl", "embeddings/*.partial"],
)
def test_killed_run_goes_on_to_the_same_table(moment, finished, task_folder, checkpoint, tmp_path):
    command = [sys.executable, "-m", "harness", *overrides(tmp_path, task_folder, checkpoint, ALL_ARMS)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert kill_after(process, lambda: any((tmp_path / "store").glob(moment)))
    again = run(tmp_path, task_folder, checkpoint, ALL_ARMS)
    assert again.returncode == 0, again.stderr
    assert answers(finished[0]) == answers(tmp_path)
    (one,), (other,) = finished[0].rglob("table.csv"), tmp_path.rglob("table.csv")
    assert one.read_text() == other.read_text()


def answers(folder):
    """Return what each arm was shown and wrote, by arm and question."""
    found = cell_records(folder)
    return {(arm, p.example_id): (p.prompt_sha256, p.text) for arm, one in found.items() for p in one.predictions}


@pytest.mark.slow
@pytest.mark.ci_slow
def test_ctrl_c_after_two_arms_leaves_a_table_of_two(task_folder, checkpoint, tmp_path, monkeypatch):
    small = ("arm=[base,rag,qlora]", "metric=[exact_match,token_f1]", "report=[markdown,csv]", "timing=off")

    def stop_after_rag(record, width):
        if record.cell.arm == "rag":
            raise KeyboardInterrupt
        return "a line"

    with monkeypatch.context() as patch:
        patch.setattr("harness.cli.job.arm_line", stop_after_rag)
        stopped = run(tmp_path, task_folder, checkpoint, *small)
    assert stopped.returncode == 130
    assert stopped.stderr.strip().endswith(
        "Stopped with 2 of 3 arms scored: base and rag. What was finished is kept; the same command goes on from there."
    )
    assert "Traceback" not in stopped.stderr
    (table,) = tmp_path.rglob("table.csv")
    assert {row["arm"] for row in csv.DictReader(table.read_text().splitlines())} == {"base", "rag"}
    assert set(cell_records(tmp_path)) == {"base", "rag"}
    done = run(tmp_path, task_folder, checkpoint, *small)
    assert done.returncode == 0, done.stderr
    assert set(cell_records(tmp_path)) == {"base", "rag", "qlora"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("qlora") and "(8 answers" in line]
    assert len(lines) == 1
    assert "Took " in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_killed_at_any_moment(finished, task_folder, checkpoint, tmp_path_factory):
    """At 50 random moments of a whole run, from its start to its end."""
    (right,) = finished[0].rglob("table.csv")
    draw, longest = random.Random(50), 0.0
    for number in range(MOMENTS + 1):
        folder = tmp_path_factory.mktemp("killed")
        command = [sys.executable, "-m", "harness", *overrides(folder, task_folder, checkpoint, ALL_ARMS)]
        process, begun = (
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
            time.monotonic(),
        )
        moment = (
            draw.uniform(0.0, longest) if number else float("inf")
        )  # the first one ends: it says how long one takes
        kill_after(process, lambda begun=begun, moment=moment: time.monotonic() - begun > moment)
        longest = longest or time.monotonic() - begun
        again = run(folder, task_folder, checkpoint, ALL_ARMS)
        assert again.returncode == 0, (moment, again.stderr)
        (table,) = folder.rglob("table.csv")
        assert table.read_text() == right.read_text(), moment


def test_a_broken_arm_costs_its_own_cell_only(task_folder, checkpoint, tmp_path):
    small = ("arm=[base,qlora]", "metric=[exact_match]", "report=[csv]", "timing=off")
    done = run(tmp_path, task_folder, checkpoint, *small, "adapter.target_modules=[no_such_layer]")
    assert done.returncode == 1
    assert "qlora/seed=0 failed" in done.stderr
    assert set(cell_records(tmp_path)) == {"base"}


def test_dry_run_prints_the_plan_and_stops(task_folder, checkpoint, tmp_path):
    done = run(tmp_path, task_folder, checkpoint, "dry_run=true")
    assert done.returncode == 0
    assert "12 train, 4 validation, 8 test examples; 24 documents" in done.stdout
    assert "train    2 adapters on 48 rows" in done.stdout
    assert not list(tmp_path.rglob("records"))


def test_user_mistakes_show_no_traceback(task_folder, checkpoint, tmp_path):
    for mistake, words in {
        "retriever.k=0": "retriever",
        "adapter.rank=abc": "adapter.rank is 'abc'; it must be a whole number",
        "model.path=/nowhere": "/nowhere",
        "task=nonsense": "nonsense",
        "task.dir=/nowhere": "/nowhere",
    }.items():
        done = run(tmp_path, task_folder, checkpoint, mistake)
        assert done.returncode in (1, 2), mistake
        assert words in done.stderr
        assert "Traceback" not in done.stderr, done.stderr
