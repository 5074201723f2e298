"""What is read from a record, a new one and an old one."""

import dataclasses

import pytest

from harness.analysis.costs.usage_of_records import usage
from harness.machine.measured import Resource, Span, TimedPass, TimedRequest, Timings
from harness.types import Example, Prediction
from tests.harness.records import build_record


def spans(batch, seconds, searched=0.0):
    model = (Span("prefill", seconds, 50, 1, "cpu", batch), Span("decode", 2 * seconds, 0, 9, "cpu", batch))
    return ((Span("search", searched, batch_size=8),) if searched else ()) + model


def make_record(arm="rag", seed=0, facts=None, build_spans=(), **changes):
    examples = tuple(Example(f"e{at}", "?", ("!",), ()) for at in range(8))
    record = build_record(
        arm,
        seed,
        spec={"cell": {"answers": {"device": "cpu", "adapter": {"optimiser": "adamw_torch"}}}},
        facts={"quantisation": "nf4", **(facts or {})},
        build_spans=tuple(build_spans),
        examples=examples,
        predictions=tuple(
            # two batches of four: 3 and 6 seconds in the model
            Prediction(one.id, "x", (), spans(4, 1.0 + (at >= 4), 0.8 if arm == "rag" else 0.0), "stop")
            for at, one in enumerate(examples)
        ),
    )
    return dataclasses.replace(record, **changes)


RETRIEVAL = {
    "passages": {"documents": 300, "seconds": 1.0},
    "embeddings": {"seconds": 4.0},
    "index": {"seconds": 0.5, "bytes": 1000},
    "lexical": {"seconds": 0.25, "bytes": 500},
    "embedder": "sha256:...",
}
RAG = {"retrieves": True, "retrieval": RETRIEVAL}
TRAINED = {"retrieves": False, "training": {"rows": 90, "trainable_parameters": 25, "parameters": 1000}}


def test_an_answer_has_its_share_of_each_batch():
    found = usage([make_record(facts=RAG)])
    assert found.saturated.seconds.tolist() == pytest.approx([0.75 + 0.1] * 4 + [1.5 + 0.1] * 4)
    assert found.saturated.non_model.tolist() == pytest.approx([0.1] * 8)
    assert found.saturated.clusters.tolist() == [0] * 4 + [1] * 4
    assert (found.tokens_in.tolist(), found.tokens_out.tolist()) == ([50] * 8, [10] * 8)


def test_an_example_of_two_seeds_is_one_sample():
    records = [make_record("qlora", seed, facts=TRAINED) for seed in (0, 1)]
    found = usage(records)
    assert found.saturated.clusters.tolist() == ([0] * 4 + [1] * 4) * 2
    assert found.token_clusters.tolist() == [*range(8)] * 2


def test_answers_without_spans_are_counted_and_in_no_mean():
    record = make_record()
    torn = [dataclasses.replace(one, spans=()) if at % 2 else one for at, one in enumerate(record.predictions)]
    found = usage([dataclasses.replace(record, predictions=tuple(torn))])
    assert (found.unspanned, found.answers, len(found.saturated.seconds)) == (4, 8, 4)


def test_a_gpu_that_spans_know_by_number_has_the_name_of_the_specification():
    record = make_record(spec={"cell": {"answers": {"device": "cuda:NVIDIA L4"}}})
    numbered = [
        dataclasses.replace(one, spans=tuple(dataclasses.replace(it, device="cuda:0") for it in one.spans))
        for one in record.predictions
    ]
    assert usage([dataclasses.replace(record, predictions=tuple(numbered))]).device == "cuda:NVIDIA L4"


def test_what_made_a_part_is_read_from_its_resource_or_from_the_older_span():
    resources = (Resource("adapter", "d", 9.0, device="cuda:A"), Resource("embeddings", "e", 9.0, device="cuda:B"))
    older = [Span("train", 9.0, device="cuda:C")]
    found = usage([make_record("hybrid", facts=TRAINED, resources=resources, build_spans=older)])
    assert (found.training.device, found.indexing[0].device) == ("cuda:A", "cuda:B")
    assert usage([make_record("hybrid", facts=TRAINED, build_spans=older)]).training.device == "cuda:C"


def test_the_machine_is_named_by_its_processor():
    named = make_record(environment={"processor": {"name": "Raspberry Pi 4"}, "cores": 1})
    assert str(usage([named]).hardware) == "Raspberry Pi 4, 1 cores"
    assert str(usage([make_record()]).hardware) == "not recorded"


def test_an_older_record_gives_its_index_by_its_facts():
    found = usage([make_record(facts=RAG, build_spans=[Span("index", 5.75)])])
    assert [(part.name, part.seconds, part.in_place) for part in found.indexing] == [
        ("passages", 1.0, True),
        ("embeddings", 4.0, True),
        ("index", 0.5, True),
        ("lexical", 0.25, False),
    ]
    assert found.bytes_stored == {"index": 1000, "lexical": 500}
    assert found.documents == 300
    assert found.training is None
    assert found.single is None


def test_index_time_that_no_step_accounts_for_is_not_lost():
    found = usage([make_record(facts=RAG, build_spans=[Span("index", 7.75)])])
    assert found.indexing[-1].seconds == pytest.approx(2.0)
    assert not found.indexing[-1].in_place


def test_an_older_record_gives_its_training_by_its_span():
    records = [make_record("qlora", seed, facts=TRAINED, build_spans=[Span("train", 40.0 + seed)]) for seed in (0, 1)]
    found = usage(records)
    assert (found.training.seconds, found.training.runs, found.training.rows) == (40.5, 2, 90)
    assert (found.training.parameters, found.training.trainable) == (1000, 25)
    assert found.training.optimiser == "adamw_torch"
    assert found.bytes_stored == {"adapter": 100}


def test_resources_go_before_facts():
    resources = (
        Resource("passages", "a", 2.0, bytes=10),
        Resource("embeddings", "b", 9.0, earlier_seconds=3.0, attempts=2, bytes=20),
        Resource("lexical", "c", 1.0, bytes=30),
        Resource("adapter", "d", 100.0, earlier_seconds=40.0, attempts=2, bytes=40, joules=7200.0),
        Resource("predictions", "e", 5.0, bytes=50),
    )
    facts = {**RAG, **TRAINED, "retrieves": True}
    found = usage([make_record("hybrid", facts=facts, resources=resources, build_spans=[Span("train", 100.0)])])
    assert [(part.name, part.seconds, part.wasted_seconds) for part in found.indexing] == [
        ("passages", 2.0, 0.0),
        ("embeddings", 6.0, 3.0),
        ("lexical", 1.0, 0.0),
    ]
    assert (found.training.seconds, found.training.wasted_seconds, found.training.joules) == (60.0, 40.0, 7200.0)
    assert found.bytes_stored == {"passages": 10, "lexical": 30, "adapter": 40}
    assert found.begun == {"embeddings": 2, "adapter": 2}


def test_the_memory_of_training_is_that_of_the_hungriest_seed():
    def record(seed, **facts):
        return make_record("qlora", seed, {"training": {**TRAINED["training"], **facts}}, [Span("train", 40.0)])

    noted = [record(0, peak_host_bytes=5, peak_gpu_bytes=None, weights_bytes=2), record(1, peak_host_bytes=7)]
    found = usage(noted).training
    assert (found.host_peak_bytes, found.gpu_peak_bytes, found.loaded_bytes) == (7, None, 2)


def timed(adapter, seconds, concurrency=1, joules=None):
    requests = tuple(
        TimedRequest(f"e{at}", repeat, 0.0, seconds + at, spans(1, 0.1, searched=0.8))
        for repeat in (0, 1)
        for at in range(3)
    )
    failed = TimedRequest("e7", 0, 0.0, 99.0, (), error="no answer")
    return TimedPass(adapter, concurrency, 10.0, (*requests, failed), joules=joules)


def test_batch_one_is_the_pass_of_one_request_at_a_time():
    passes = (timed("merged", 1.0), timed("unmerged", 5.0, joules=70.0), timed("unmerged", 50.0, concurrency=4))
    timings = Timings("s", "2026-11-20T00:00:00Z", "cpu", "m", {}, {}, passes)
    found = usage([make_record("qlora", facts=TRAINED, timings=timings)])
    assert found.single.seconds.tolist() == [5.0, 6.0, 7.0] * 2
    assert found.single.clusters.tolist() == [0, 1, 2] * 2  # a question asked twice is one sample
    assert found.joules_per_answer == 10.0


def test_an_adapter_that_a_server_has_was_trained_elsewhere():
    facts = {"training": {"adapter": "served:qlora"}}
    found = usage([make_record("qlora", facts=facts, build_spans=[Span("train", 0.0)])])
    assert found.adapts
    assert found.training is None
