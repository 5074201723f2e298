"""A real vLLM in the process of an experiment: its answers are those of transformers, with the same adapter."""

import subprocess
import sys

import pytest

from harness import audits
from harness.cli.config import ROOT
from harness.store.records import records
from tests.servers.vllm_serve import environment, missing, python

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]
ARMS = ("base", "rag", "qlora", "hybrid")
QUESTIONS = 20


def both_missing():
    """Return why vLLM and what trains adapters are not in one Python; "" if they are."""
    if why := missing():
        return why
    line = [python(), "-c", "import bitsandbytes, faiss, hydra, peft, trl"]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=600, check=False)
    return (
        "" if ended.returncode == 0 else f"{python()} has vLLM alone (docs/ENGINES.md): {ended.stderr.strip()[-200:]}"
    )


def run(folder, engine):
    """Run an experiment by the Python that has vLLM."""
    line = [python(), "-m", "harness", "task=qa", "model=pocket", f"arm=[{','.join(ARMS)}]", f"limit={QUESTIONS}"]
    line += [f"results={folder / engine}", f"store={folder / 'store'}", "timing.examples=3", f"model.engine={engine}"]
    line += ["model.dtype=float32"]  # rounding in 16 bits would part answers that are not wrong
    own = {**environment(folder), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env=own, timeout=1800, check=False)
    print(ended.stdout[-3000:], ended.stderr[-6000:], file=sys.stderr)
    return ended


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    if why := both_missing():
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("engines")
    ended = {engine: run(folder, engine) for engine in ("hf", "vllm")}
    found = {engine: [records.read(path) for path in (folder / engine).rglob("records/*.jsonl")] for engine in ended}
    return ended, {engine: {record.cell.arm: record for record in own} for engine, own in found.items()}


def test_both_engines_end_well_and_say_how_far_they_agree(runs):
    ended, _ = runs
    assert {engine: one.returncode for engine, one in ended.items()} == {"hf": 0, "vllm": 0}
    for arm in ("base", "qlora"):
        assert f"{arm}: vLLM beside transformers: " in ended["vllm"].stderr


def test_their_answers_are_equal_with_the_same_adapter(runs):
    _, found = runs
    for arm in ARMS:
        one, other = found["hf"][arm], found["vllm"][arm]
        assert one.facts["engine"] == {"name": "hf"}
        assert (other.facts["engine"]["name"], other.facts["engine"]["dtype"]) == ("vllm", "float32")
        assert one.facts.get("training", {}).get("adapter") == other.facts.get("training", {}).get("adapter")
        assert one.fingerprint != other.fingerprint
        assert one.comparison != other.comparison
        equal = sum(a.answer_ids == b.answer_ids for a, b in zip(one.predictions, other.predictions, strict=True))
        assert equal >= QUESTIONS - 1  # sums are rounded in another order


def test_the_record_holds_the_parity_and_the_replay(runs):
    _, found = runs
    for arm in ARMS:
        by_name = {one.name: one for one in audits.of_record(found["vllm"][arm])}
        parity = by_name["engine parity"]
        assert (parity.flag, by_name["replay"].flag) == ("", "")
        assert parity.details["foreign"] == 0
        assert parity.details["largest_logprob_gap"] < 1e-3
        assert found["vllm"][arm].timings is not None
