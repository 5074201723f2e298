import dataclasses
import hashlib
import json
import os
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import StoreError
from harness.machine.measured import Resource, Span, TimedPass, TimedRequest, Timings
from harness.store.records import records
from harness.types import (
    THE_INPUT,
    Cell,
    Document,
    Example,
    JudgedAnswer,
    JudgedClaim,
    Passage,
    Prediction,
    Record,
    Score,
    Turn,
)
from tests.harness.records import build_record

texts = st.text(st.characters(codec=None), max_size=20)
names = st.text(string.ascii_letters + "@_ é北\u2028\x85", min_size=1, max_size=8)
floats = st.floats(allow_nan=False, allow_infinity=False)
data = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(names, data, max_size=3)
spans = st.lists(
    st.builds(Span, st.sampled_from(["embed", "decode"]), floats, st.integers(), st.integers(), names), max_size=2
).map(tuple)
passages = st.lists(
    st.builds(Passage, names, texts, st.integers(0, 9), st.integers(0, 9), floats, texts), max_size=3
).map(tuple)
verdicts = st.sampled_from(["supported", "unsupported", "question"])
claims = st.lists(
    st.builds(JudgedClaim, st.integers(), st.integers(), verdicts, floats, names | st.just(""), texts, texts, texts),
    max_size=2,
).map(tuple)
resources = st.lists(
    st.builds(Resource, names, names, floats, floats, st.integers(), joules=st.none() | floats), max_size=2
).map(tuple)
requests = st.lists(st.builds(TimedRequest, names, st.integers(), floats, floats, spans, texts), max_size=2).map(tuple)
passes = st.lists(
    st.builds(
        TimedPass,
        st.sampled_from(["none", "unmerged", "merged"]),
        st.integers(),
        floats,
        requests,
        host_peak_bytes=st.none() | st.integers(),
        joules=st.none() | floats,
    ),
    max_size=2,
).map(tuple)
timings = st.none() | st.builds(Timings, names, names, names, names, mappings, mappings, passes, st.booleans(), texts)
documents = st.lists(st.builds(Document, names, texts, texts, names | st.just("")), max_size=2).map(tuple)
inputs = texts | st.lists(st.builds(Turn, st.sampled_from(["user", "assistant"]), texts), max_size=3).map(tuple)
evidence = st.just(THE_INPUT) | st.lists(names, max_size=2).map(tuple)


parts = st.dictionaries(names, floats, max_size=2)


@st.composite
def whole_records(draw):
    ids = draw(st.lists(names, unique=True, max_size=4))
    metrics = draw(st.dictionaries(names | st.just("kind"), mappings, max_size=3))
    examples = [
        Example(key, draw(inputs), tuple(draw(st.lists(texts, max_size=2))), draw(evidence), draw(st.booleans()))
        for key in ids
    ]
    predictions = [
        Prediction(key, draw(texts), draw(passages), draw(spans), draw(st.sampled_from(["stop", "length", "error"])))
        for key in ids
    ]
    scores = [
        Score(key, metric, *draw(st.tuples(floats, st.sampled_from(["", "abstained"]), texts, parts)))
        if draw(st.booleans())
        else Score(key, metric, None, "not_applicable", draw(texts))
        for metric in metrics
        for key in ids
    ]
    return Record(
        Cell(draw(names), draw(names), draw(names), draw(st.integers())),
        draw(mappings),
        draw(names),
        draw(names),
        draw(mappings),
        draw(mappings),
        metrics,
        draw(spans),
        tuple(examples),
        tuple(predictions),
        tuple(scores),
        tuple(
            JudgedAnswer(key, evidence_source, draw(claims), draw(texts))
            for evidence_source in ("gold evidence", "passages")
            for key in ids
            if draw(st.booleans())
        ),
        draw(resources),
        draw(timings),
        draw(documents),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=whole_records())
def test_what_is_read_is_what_was_written(tmp_path, record):
    path = tmp_path / "record.jsonl"
    records.write(record, path)
    assert records.read(path) == record


def small(n=3, metrics=("em", "f1"), passage_text="text", k=2):
    return build_record(
        spec={"k": 2},
        fingerprint="f" * 64,
        comparison="c" * 64,
        environment={"torch": "2.13"},
        facts={"retrieves": True},
        metrics={metric: {"unit": "share", "higher_is_better": True, "worst": 0.0} for metric in metrics},
        build_spans=(Span("index", 1.5),),
        examples=tuple(Example(f"e{i}", "How many?" * 10, ("three",), (f"d{i}",)) for i in range(n)),
        predictions=tuple(
            Prediction(
                f"e{i}",
                "There are three of them in all." * 3,
                tuple(
                    Passage(f"d{i}-{j}", passage_text, 0, len(passage_text), 0.123456789 * i, "A title")
                    for j in range(k)
                ),
                tuple(Span(stage, 0.123456789, 900, 60) for stage in ("embed", "search", "prefill", "decode")),
                "stop",
                prompt_sha256="a" * 64,
            )
            for i in range(n)
        ),
        scores=tuple(Score(f"e{i}", metric, i / 3) for metric in metrics for i in range(n)),
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "folder" / "rag.jsonl"


def test_the_file_is_one_readable_json_object_per_line(path):
    records.write(small(2), path)
    kinds = [json.loads(line)["kind"] for line in path.read_text().splitlines()]
    assert kinds == ["head", *["example", "passage", "passage", "prediction", "scores"] * 2, "end"]
    assert '{"kind":"scores","values":{"em":0.0,"f1":0.0}}' in path.read_text()


def test_the_same_record_gives_the_same_bytes(path, tmp_path):
    records.write(small(), path)
    records.write(records.read(path), tmp_path / "again.jsonl")
    assert path.read_bytes() == (tmp_path / "again.jsonl").read_bytes()


def test_a_passage_shown_twice_is_written_once(path):
    record = small(50)
    one = tuple(dataclasses.replace(record.predictions[0].passages[0], score=i) for i in (1.0, 2.0))
    shared = dataclasses.replace(
        record, predictions=tuple(dataclasses.replace(prediction, passages=one) for prediction in record.predictions)
    )
    records.write(shared, path)
    assert path.read_text().count('"kind":"passage"') == 1
    assert records.read(path) == shared


def test_a_real_sized_record_stays_below_three_megabytes(path):
    """500 examples, 10 metrics, 5 passages of 600 characters that no two examples share."""
    records.write(small(500, [f"metric_{i}" for i in range(10)], "x" * 600, k=5), path)
    assert path.stat().st_size < 3e6


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_refused(path, keep):
    records.write(small(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(StoreError, match=r"rag\.jsonl.*damaged"):
        records.read(path)


def test_a_missing_line_is_refused(path):
    records.write(small(), path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:2] + lines[3:]))
    with pytest.raises(StoreError, match="checksum"):
        records.read(path)


def test_a_number_changed_by_hand_is_refused(path):
    records.write(small(), path)
    path.write_text(path.read_text().replace('"em":0.0', '"em":1.0'))
    with pytest.raises(StoreError, match="checksum"):
        records.read(path)


def test_another_systems_line_ends_are_no_damage(path):
    records.write(small(), path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert records.read(path) == small()


def test_a_newer_format_says_what_to_do(path):
    records.write(small(), path)
    path.write_text(path.read_text().replace('"format":2', '"format":99'))
    with pytest.raises(StoreError, match=r"format 99.*update"):
        records.read(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "not json", '{"kind":"head"}', '{"kind":"end"}\n'])
def test_something_else_is_refused(path, content):
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(StoreError, match="damaged"):
        records.read(path)


def test_a_missing_file_and_bad_bytes_are_refused(path):
    with pytest.raises(StoreError, match=r"rag\.jsonl.*cannot be read"):
        records.read(path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match="cannot be read"):
        records.read(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"predictions": small().predictions[:-1]}, "3 examples and 2 predictions"),
        ({"predictions": small().predictions[::-1]}, "same order"),
        ({"scores": small().scores[1:]}, "there must be 6"),
        ({"scores": small().scores[::-1]}, "one score per example, in order"),
        ({"facts": {"x": float("nan")}}, "JSON"),
        ({"facts": {"x": {1, 2}}}, "JSON"),
        ({"examples": small().examples[:1] * 3}, "share an id"),
    ],
)
def test_an_incomplete_record_is_not_written_and_the_old_one_stays(path, change, message):
    records.write(small(), path)
    with pytest.raises(StoreError, match=message):
        records.write(dataclasses.replace(small(), **change), path)
    assert records.read(path) == small()
    assert os.listdir(path.parent) == ["rag.jsonl"]


def test_a_folder_that_cannot_be_made_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        records.write(small(), tmp_path / "file" / "rag.jsonl")


def rewritten(path, change):
    """The record with changed lines and a checksum that fits them."""
    *lines, _ = path.read_text().splitlines()
    lines = [json.dumps(change(json.loads(line))) for line in lines]
    end = json.dumps({"kind": "end", "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()})
    path.write_text("\n".join([*lines, end]) + "\n")


def test_a_record_from_before_timings_and_resources_is_read(path):
    records.write(small(), path)
    rewritten(path, lambda line: {name: value for name, value in line.items() if name != "resources"})
    assert (records.read(path).resources, records.read(path).timings) == ((), None)


@pytest.mark.parametrize(
    ("note", "read"),
    [('{"place": 0.5}', ("", {"place": 0.5})), ("{no JSON", ("{no JSON", {})), ("words", ("words", {}))],
)
def test_details_of_format_1_are_read_from_the_note(path, note, read):
    def older(line):
        line |= {"format": 1} if line["kind"] == "head" else {}
        return {**line, "values": {"em": [0.5, "", note], "f1": 0.5}} if line["kind"] == "scores" else line

    records.write(small(), path)
    rewritten(path, older)
    score = records.read(path).scores[0]
    assert (score.note, score.details) == read
