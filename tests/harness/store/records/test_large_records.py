"""Records whose answers stay on disk are the same records."""

import dataclasses
import gc
import json
import os
import pickle
import shutil

import pytest
from hypothesis import HealthCheck, given, settings

from harness.analysis.outcomes import answered_ids, refused_ids
from harness.cli import study_tables
from harness.cli.config import ROOT, compose, costing
from harness.cli.tables import compared
from harness.errors import StoreError
from harness.store.records import large, records
from harness.store.records.lazy import Lazy
from harness.store.records.stored import by_id, ids_with, joined, scores_of
from harness.types import Prediction
from tests.harness.records import build_record
from tests.harness.store.records.test_records import whole_records

FOLDER = ROOT / "results/reference/support/pocket"
ARM = FOLDER / "records/rag,seed=0.jsonl"


@pytest.fixture
def everything_is_large(monkeypatch):
    monkeypatch.setattr(large, "ABOVE", 0)


def _plain(record):
    return dataclasses.replace(
        record,
        predictions=tuple(dataclasses.replace(one) for one in record.predictions),
        scores=tuple(record.scores),
        judgements=tuple(record.judgements),
        evidence=tuple(record.evidence),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=whole_records())
def test_any_large_record_is_what_a_small_one_is(record, tmp_path, monkeypatch):
    path = tmp_path / "record.jsonl"
    records.write(record, path)
    small = records.read(path)
    with monkeypatch.context() as patched:
        patched.setattr(large, "ABOVE", 0)
        read = records.read(path)
        records.write(read, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == path.read_bytes()
    assert _plain(read) == small
    assert small.predictions == tuple(read.predictions)
    assert all(isinstance(one, Prediction) for one in read.predictions)
    assert [one.failed for one in read.predictions] == [one.failed for one in small.predictions]
    for metric in (*small.metrics, "no metric"):
        assert tuple(scores_of(read.scores, metric)) == scores_of(small.scores, metric)
    assert ids_with(read.scores, "abstained") == ids_with(small.scores, "abstained")


def test_the_table_of_large_records_is_that_of_small_ones(everything_is_large, monkeypatch):
    money = costing(compose([]))
    from_disk = compared(FOLDER, money)
    assert isinstance(from_disk.arms["rag"][0].evidence, Lazy)
    monkeypatch.undo()
    assert compared(FOLDER, money).table == from_disk.table


def test_the_table_of_a_study_of_large_records_is_that_of_small_ones(everything_is_large, monkeypatch):
    """Measures of studies know answers by their identity."""
    folder = ROOT / "results/reference/qa/pocket/study.budget=quick/studies/hallucination"
    from_disk = study_tables.made(folder)
    monkeypatch.undo()
    assert study_tables.made(folder) == from_disk


def test_outcomes_of_a_large_record(everything_is_large, monkeypatch):
    read = records.read(ARM)
    monkeypatch.undo()
    small = records.read(ARM)
    assert refused_ids(read) == refused_ids(small)
    assert answered_ids(read) == answered_ids(small)


def test_parts_and_places_of_what_lies_on_disk(everything_is_large, monkeypatch):
    read = records.read(ARM)
    monkeypatch.undo()
    small = records.read(ARM)
    assert read.predictions[-1].text == small.predictions[-1].text
    assert [one.example_id for one in read.predictions[2:5]] == [one.example_id for one in small.predictions[2:5]]
    with pytest.raises(AttributeError):
        _ = read.predictions[0].no_field
    with pytest.raises(IndexError):
        _ = read.predictions[len(small.predictions)]


def test_sequences_are_joined_and_documents_found(everything_is_large, monkeypatch):
    read = records.read(ARM)
    monkeypatch.undo()
    small = records.read(ARM)
    both = joined([read.evidence, [], small.evidence, read.evidence])
    assert isinstance(both, Lazy)
    assert list(both) == [*small.evidence] * 3
    assert joined([small.evidence, small.evidence]) == small.evidence * 2
    assert joined([]) == ()
    assert read.evidence == small.evidence
    assert read.evidence != small.evidence[1:]
    known = by_id([read.evidence])
    assert dict(known) == by_id([small.evidence])
    assert len(known) == len({one.id for one in small.evidence})


def test_arms_share_their_examples(everything_is_large):
    alike = {}
    first, second = (records.read(ARM.with_name(f"{arm},seed=0.jsonl"), alike) for arm in ("rag", "base"))
    assert all(one is other for one, other in zip(first.examples, second.examples, strict=True))


def test_a_record_that_is_replaced_is_still_the_one_that_was_opened(everything_is_large, tmp_path):
    path = tmp_path / "record.jsonl"
    shutil.copy2(ARM, path)
    read = records.read(path)
    before = [one.text for one in read.predictions]
    other = tmp_path / "other.jsonl"
    records.write(build_record("rag", {"exact_match": [1.0]}), other)
    os.replace(other, path)
    assert [one.text for one in read.predictions] == before


def test_an_answer_on_disk_equals_one_in_memory_and_can_be_sent(everything_is_large, monkeypatch):
    read = records.read(ARM)
    monkeypatch.undo()
    small = records.read(ARM)
    assert read.predictions[0] is read.predictions[0]
    assert read.predictions[0] == small.predictions[0] == read.predictions[0]
    assert read.predictions[0] != read.predictions[1]
    assert {*read.predictions} == {*small.predictions}
    assert pickle.loads(pickle.dumps(read.predictions[3])) == small.predictions[3]


def test_a_file_is_closed_when_nobody_needs_its_record(everything_is_large, tmp_path):
    gc.collect()
    gc.disable()
    try:
        before = len(os.listdir("/proc/self/fd"))
        read = records.read(ARM)
        assert len(os.listdir("/proc/self/fd")) == before + 1
        answer = read.predictions[0]
        del read
        assert answer.text
        del answer
        path = tmp_path / "record.jsonl"
        path.write_bytes(ARM.read_bytes()[:-100])
        with pytest.raises(StoreError):
            records.read(path)
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        gc.enable()


def test_a_file_that_is_written_over_is_refused(everything_is_large, tmp_path):
    path = tmp_path / "record.jsonl"
    shutil.copy2(ARM, path)
    read = records.read(path)
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(StoreError, match=r"record\.jsonl: the record changed while it was read"):
        _ = read.predictions[0].text


def test_other_ends_of_lines_are_read(everything_is_large, tmp_path):
    path = tmp_path / "record.jsonl"
    path.write_bytes(ARM.read_bytes().replace(b"\n", b"\r\n"))
    assert records.read(path).predictions == records.read(ARM).predictions


def test_scores_alone_are_those_of_the_whole_record(everything_is_large, monkeypatch):
    read = records.read_scores(ARM)
    monkeypatch.undo()
    small = records.read_scores(ARM)
    assert (read.predictions, read.judgements, read.evidence) == ((), (), ())
    assert tuple(read.scores) == small.scores
    assert read.examples == small.examples


def test_a_large_record_that_was_written_keeps_the_examples_it_had(everything_is_large, tmp_path):
    small = records.read_scores(ARM)
    whole = records.read(ARM)
    kept = records.write(dataclasses.replace(whole, examples=small.examples), tmp_path / "record.jsonl")
    assert kept.examples is not whole.examples
    assert all(one is other for one, other in zip(kept.examples, small.examples, strict=True))
    assert kept.predictions == whole.predictions


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda lines: [lines[0], lines[1].replace("a", "b", 1), *lines[2:]], "the checksum in its last line"),
        (lambda lines: lines[:-1], "its last lines are missing"),
        (lambda lines: [*lines[:5], lines[5][:20]], "damaged"),
        (lambda lines: [json.dumps({**json.loads(lines[0]), "format": 99}), *lines[1:]], "update Cutlery"),
        (lambda lines: ["{}", *lines[1:]], "damaged"),
        (lambda lines: [], "damaged"),
        (lambda lines: [*lines[:-1], "", lines[-1]], "no line of a record"),
        (lambda lines: [line for line in lines if "scores" not in line[:20]], "not alike in number"),
    ],
)
def test_damage_is_found_before_anything_is_believed(everything_is_large, tmp_path, changed, said):
    path = tmp_path / "record.jsonl"
    path.write_text("\n".join(changed(ARM.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")
    with pytest.raises(StoreError, match=said):
        records.read(path)
