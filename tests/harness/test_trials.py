"""Trainings that the store holds beside those of a comparison: counted, priced, and in no figure."""

import dataclasses

import pytest

from harness.comparable import comparable
from harness.recording import lastrun
from harness.recording.lastrun import LastRun
from harness.store import Store
from harness.trials import trials
from harness.types import Resource, Trial
from tests.harness.making_records import record

TASK = {"generator": {"class": "Hf"}, "instruction": "Answer.", "train": "t", "validation": "v"}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def train(store, **spec):
    return store.get_or_make("adapter", {**TASK, "seed": 0, **spec}, lambda folder: {}).key


def test_other_recipes_seeds_and_passages_are_trials_of_the_same_task(store):
    used = train(store, recipe={"rank": 8})
    others = [train(store, recipe={"rank": 16}), train(store, recipe={"rank": 8}, seed=1), train(store, passages={})]
    assert {one.key for one in trials(store, [used])} == {used, *others}
    assert all(one.ended and one.seconds >= one.earlier_seconds == 0.0 for one in trials(store, [used]))


@pytest.mark.parametrize("other", [{"train": "other"}, {"generator": {"class": "Llama"}}, {"instruction": "Sum up."}])
def test_another_task_or_model_is_no_trial(store, other):
    used = train(store)
    train(store, **other)
    assert [one.key for one in trials(store, [used])] == [used]
    assert trials(store, []) == ()


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
    (failed,) = [one for one in trials(store, [used]) if not one.ended]
    assert failed.key == store.key("adapter", spec)
    assert failed.seconds == failed.earlier_seconds > 1000.0


def test_what_cannot_be_read_is_passed_over(store):
    used = train(store)
    for name in ("torn", "older.partial"):
        (store.root / "adapter" / name).mkdir()
    (store.root / "adapter" / "torn" / "artifact.json").write_text("{")
    (store.root / "adapter" / "older.partial" / "started.json").write_text('{"earlier": 0, "at": 0}')
    assert [one.key for one in trials(store, [used])] == [used]


def test_the_last_run_keeps_them_and_the_table_leaves_out_what_it_uses(tmp_path):
    used = dataclasses.replace(record("qlora", [1.0]), resources=(Resource("adapter", "used", 10.0),))
    found = (Trial("used", 10.0), Trial("spare", 20.0), Trial("torn", 5.0, 5.0, ended=False))
    lastrun.write(LastRun("same", {}, {}, found), tmp_path)
    last = lastrun.read(tmp_path)
    assert last.trials == found
    assert comparable([used], [], last).trials == found[1:]
    assert comparable([used], [], None).trials == ()


def test_a_file_of_an_older_version_has_none(tmp_path):
    (tmp_path / lastrun.FILE).write_text('{"comparison": "same", "settings": {}, "metrics": {}}')
    assert lastrun.read(tmp_path).trials == ()
