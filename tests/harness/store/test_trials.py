"""What else the store holds: trainings of the same model and task, indexes of the same documents."""

import dataclasses
import json
import shutil

import pytest

from harness.analysis.selection import select_records
from harness.machine.measured import Resource, Trial
from harness.store.records import last_run as lastrun
from harness.store.records.last_run import LastRun
from harness.store.store import Store
from harness.store.trials import again, trials
from tests.harness.records import record

TASK = {
    "generator": {"class": "Hf", "content": "sha256:w", "quantisation": "nf4"},
    "instruction": "Answer.",
    "train": "t",
    "validation": "v",
}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def train(store, **spec):
    return store.get_or_make("adapter", {**TASK, "seed": 0, **spec}, lambda folder: {"device": "cpu"}).key


def index(store, documents="d", **chunking):
    """Make every step of an index; return kind and key of each."""
    specs = {"passages": {"chunking": chunking, "documents": documents}}
    made = {}
    for kind, source in (
        ("passages", ""),
        ("embeddings", "passages"),
        ("index", "embeddings"),
        ("lexical", "passages"),
    ):
        spec = specs.get(kind, {source: made.get(source), "settings": 1})
        made[kind] = store.get_or_make(kind, spec, lambda folder: {}).key
    return list(made.items())


def found(store, *adapters):
    return trials(store, [("adapter", key) for key in adapters])


def test_other_recipes_seeds_and_passages_are_trials_of_the_same_task(store):
    used = train(store, recipe={"rank": 8})
    others = [train(store, recipe={"rank": 16}), train(store, recipe={"rank": 8}, seed=1), train(store, passages={})]
    assert {one.key for one in found(store, used)} == {used, *others}
    assert all(one.ended and one.seconds >= one.earlier_seconds == 0.0 for one in found(store, used))


def test_an_adapter_on_passages_is_of_another_kind(store):
    used, raft = train(store, passages=None), train(store, passages={"gold": 1})
    assert {one.key: one.kind for one in found(store, used)} == {used: "adapter", raft: "adapter on passages"}
    assert {one.device for one in found(store, used)} == {"cpu"}


def test_another_quantisation_is_a_trial_of_the_same_weights(store):
    used, plain = train(store), train(store, generator={**TASK["generator"], "quantisation": "none"})
    assert {one.key for one in found(store, used)} == {used, plain}


def test_every_step_of_other_indexes_of_the_same_documents_is_a_trial(store):
    used, other = index(store), index(store, max_tokens=100)
    index(store, documents="of another task")
    seen = trials(store, used)
    assert {(one.kind, one.key) for one in seen} == {*used, *other}
    assert [one.kind for one in seen] == ["passages"] * 2 + ["embeddings"] * 2 + ["index"] * 2 + ["lexical"] * 2
    assert trials(store, [("adapter", "none of them")]) == ()


def test_an_index_whose_passages_were_deleted_belongs_to_no_documents(store):
    used, other = index(store), dict(index(store, max_tokens=100))
    shutil.rmtree(store.root / "passages" / other["passages"])
    assert {(one.kind, one.key) for one in trials(store, used)} == set(used)


def test_a_run_of_fewer_arms_finds_what_the_run_before_found(store):
    used, other = train(store, passages=None), train(store, passages={})
    made = index(store)
    before = trials(store, [("adapter", used), *made])
    assert set(trials(store, again(before))) == set(before)
    assert {one.key for one in before} == {used, other, *(key for _, key in made)}


@pytest.mark.parametrize(
    "other",
    [
        {"train": "other"},
        {"generator": {**TASK["generator"], "content": "sha256:other"}},
        {"generator": {"class": "without content"}},
        {"instruction": "Sum up."},
    ],
)
def test_another_task_or_model_is_no_trial(store, other):
    used = train(store)
    train(store, **other)
    assert [one.key for one in found(store, used)] == [used]
    assert found(store) == ()


def test_a_training_that_failed_is_counted_with_its_seconds(store, monkeypatch):
    used = train(store)
    clock = iter([1000.0])
    monkeypatch.setattr("time.time", lambda: next(clock))  # begun long before its last file was written

    def diverge(folder):
        (folder / "checkpoint").write_text("half")
        raise RuntimeError("loss is no number")

    spec = {**TASK, "recipe": {"learning_rate": 1.0}}
    with pytest.raises(RuntimeError):
        store.get_or_make("adapter", spec, diverge)
    (failed,) = [one for one in found(store, used) if not one.ended]
    assert failed.key == store.key("adapter", spec)
    assert failed.seconds == failed.earlier_seconds > 1000.0


def test_what_cannot_be_read_is_passed_over(store):
    used = train(store)
    for name in ("torn", "older.partial"):
        (store.root / "adapter" / name).mkdir()
    (store.root / "adapter" / "torn" / "artifact.json").write_text("{")
    (store.root / "adapter" / "older.partial" / "started.json").write_text('{"earlier": 0, "at": 0}')
    assert [one.key for one in found(store, used)] == [used]


def test_the_last_run_keeps_them_and_the_table_leaves_out_what_it_uses(tmp_path):
    used = dataclasses.replace(record("qlora", [1.0]), resources=(Resource("adapter", "used", 10.0),))
    spare = (Trial("spare", 20.0, kind="adapter", device="cpu"), Trial("torn", 5.0, 5.0, ended=False))
    lastrun.write(LastRun("same", {}, {}, (Trial("used", 10.0), *spare)), tmp_path)
    last = lastrun.read(tmp_path)
    assert last.trials == (Trial("used", 10.0), *spare)
    assert select_records([used], [], last).trials == spare
    assert select_records([used], [], None).trials == ()


def test_a_file_of_an_older_version_has_none(tmp_path):
    (tmp_path / lastrun.FILE).write_text('{"comparison": "same", "settings": {}, "metrics": {}}')
    assert lastrun.read(tmp_path).trials == ()


def test_a_trial_of_an_older_file_has_no_kind(tmp_path):
    entry = {"key": "a", "seconds": 1.0, "earlier_seconds": 0.0, "ended": True}
    (tmp_path / lastrun.FILE).write_text(
        json.dumps({"comparison": "same", "settings": {}, "metrics": {}, "trials": [entry]})
    )
    assert lastrun.read(tmp_path).trials == (Trial("a", 1.0),)
