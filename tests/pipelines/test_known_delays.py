"""The test of truth: an arm whose model, embedder, index and reranker take known times, timed and put into tables.

Everything in between is real: the searcher's clock, the prompt, the generator around the model's `generate`, the
timing pass, the record's spans, the sections. The clock moves by the known times alone, so that no other work on the
machine can make it fail, or pass.
"""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from harness.analysis.table import build
from harness.machine.measured import Timings
from harness.runner.timing.session import Session
from harness.runner.timing.settings import Timing
from harness.types import Example, Passage
from pipelines.generators import hf
from pipelines.generators.engines import HfGenerator
from pipelines.prepared import PreparedArm, TimedArm
from pipelines.prompts import Prompt
from pipelines.rag.encoder import Encoded
from pipelines.rag.passages import Passages
from pipelines.rag.searcher import PassageSearcher
from tests.harness import records as making_records
from tests.harness.records import section
from tests.harness.runner.timing.fake_arm import VirtualClock

TOKENS = 5
EXAMPLES = [Example(f"e{at:02}", f"what colour is door number {at}?", ("red",), ()) for at in range(40)]
FAST = {"embed": 0.010, "search": 0.005, "rerank": 0.020, "prompt": 0.002, "prefill": 0.050, "decode": 0.080}
STAGES = tuple(FAST)


@pytest.fixture
def clock(monkeypatch):
    made = VirtualClock()
    monkeypatch.setattr("time.perf_counter", made.read)
    return made


class Delays:
    """How long each stage takes: one of them longer with every request."""

    def __init__(self, clock, slow=""):
        self.clock, self.slow, self.asked = clock, slow, 0

    def seconds(self, stage, number):
        return FAST[stage] + (0.01 * number if stage == self.slow else 0.0)

    def work(self, stage):
        self.clock.work(self.seconds(stage, self.asked))

    def whole(self, number):
        return sum(self.seconds(stage, number) for stage in STAGES)


def searcher(delays):
    def embed_queries(texts):
        delays.work("embed")
        return Encoded(np.zeros((len(texts), 2), dtype=np.float32), (4,) * len(texts), 0)

    def search(vectors, wanted):
        delays.work("search")
        return [[(0, 1.0)] for _ in vectors]

    def scores(pairs):
        delays.work("rerank")
        return [1.0] * len(pairs)

    @cache
    def load():
        delays.clock.work(5.0)  # in the warm-up, and of no stage

    embedding = SimpleNamespace(load=load, embed_queries=embed_queries, device_used=lambda: "cpu")
    rerank = SimpleNamespace(load=load, scores=scores, candidates=1)
    text = "Door 7 is red."
    passages = Passages((), {"doors": range(1)}, (Passage("doors", text, 0, len(text), 0.0),))
    return PassageSearcher(
        passages, 1, 1, 60, embedding, SimpleNamespace(search=search), None, None, rerank, lambda: None
    )


def loaded(checkpoint, delays, monkeypatch):
    """The real generator around a model that answers when its time has come."""
    import torch

    made = HfGenerator(
        "tiny", str(checkpoint), None, "float32", "none", None, (), "auto", {}, "cpu", 4096, 8, ""
    ).load()

    def generate(input_ids, attention_mask, generation_config, stopping_criteria):
        delays.work("prefill")
        answer = torch.full((len(input_ids), 1), 5)
        for criterion in stopping_criteria:
            criterion(torch.cat([input_ids, answer], dim=1), None)
        delays.work("decode")
        return torch.cat([input_ids, answer.repeat(1, TOKENS)], dim=1)

    monkeypatch.setattr(made.base, "generate", generate)
    write = made.format.prompt_ids

    def written(turns):  # once per request: fitted and answered from the same tokens
        delays.work("prompt")
        return write(turns)

    monkeypatch.setattr(made.format, "prompt_ids", written)
    _take_long_for_the_record(made, delays.clock, monkeypatch)
    return made


def _take_long_for_the_record(made, clock, monkeypatch):
    """What a record alone needs, and no system in use: a second each."""

    def late(own):
        def slow(*given):
            clock.work(1.0)
            return own(*given)

        return slow

    for place, name in ((hf, "hash_of"), (made.format, "render")):
        monkeypatch.setattr(place, name, late(getattr(place, name)))


def arm(model, delays, *, retrieves):
    task = SimpleNamespace(instruction="Answer.", max_new_tokens=TOKENS, cut=None)
    prepared = PreparedArm(
        "rag", Prompt("Passages:", "Input:"), task, None, model, searcher(delays) if retrieves else None
    )

    class Counted(TimedArm):
        def answer(self, example):
            delays.asked = int(example.id[1:])
            return super().answer(example)

    return Counted(prepared)


def sections(clock, checkpoint, monkeypatch, slow):
    """Latency and stages of a pass over all examples, as the table shows them."""
    delays = Delays(clock, slow)
    timed = arm(loaded(checkpoint, delays, monkeypatch), delays, retrieves=True)
    pass_ = Timing(examples=40, repeats=1, warmup=1, concurrency=(1,), per_answer=1.0, seed=0)
    session = Session({"rag": timed}, EXAMPLES, pass_, clock=clock.read)
    found = session.run()["rag"]
    assert session.problems == {}
    timings = Timings("one", "2026-11-20T20:00:00+00:00", "cpu", "m", {"repeats": 1, "warmup": 1}, {}, found)
    table = build([replace(making_records.record("rag", [0.5] * 10), timings=timings)], resamples=50)
    shown = {name: section(table, name) for name in ("latency", "stages")}
    return delays, {
        column.name: cell for one in shown.values() for column, cell in zip(one.columns, one.rows[0], strict=True)
    }


@pytest.mark.parametrize("slow", STAGES)
def test_known_delays_are_told_by_the_table_and_the_slow_stage_by_its_name(clock, checkpoint, monkeypatch, slow):
    delays, shown = sections(clock, checkpoint, monkeypatch, slow)
    truth = [1000 * delays.whole(number) for number in range(40)]
    assert shown["p50, ms"].value == pytest.approx(np.percentile(truth, 50), rel=0.03)
    assert shown["p95, ms"].value == pytest.approx(np.percentile(truth, 95), rel=0.05)
    for stage in STAGES:
        own = sum(1000 * delays.seconds(stage, number) for number in range(40))
        assert shown[f"{stage}, %"].value == pytest.approx(100 * own / sum(truth), abs=0.5), stage
    assert shown["all stages, %"].value == pytest.approx(100.0, abs=3)


def test_the_first_token_and_the_next_ones_have_their_own_times(clock, checkpoint, monkeypatch):
    _, shown = sections(clock, checkpoint, monkeypatch, "")
    assert shown["first token p50, ms"].value == pytest.approx(1000 * (sum(FAST.values()) - FAST["decode"]), rel=0.03)
    assert shown["next token p50, ms"].value == pytest.approx(1000 * FAST["decode"] / (TOKENS - 1), rel=0.03)
