import json
import multiprocessing
import os
import time

import pytest

from harness.errors import StoreError
from harness.machine.nvml import EnergyReading
from harness.store.store import METADATA, Store


def write(text):
    def make(folder):
        (folder / "data.txt").write_text(text)
        return {"length": len(text)}

    return make


def refuse(folder):
    raise AssertionError("made although it is there")


def test_made_once_and_found_with_its_first_seconds(store):
    made = store.get_or_make("thing", {"a": 1}, write("hello"))
    found = store.get_or_make("thing", {"a": 1}, refuse)
    assert (made.found, found.found) == (False, True)
    assert found.seconds == made.seconds
    assert found.facts == {"length": 5}
    assert (found.path / "data.txt").read_text() == "hello"


def test_another_specification_is_another_artifact(store):
    one = store.get_or_make("thing", {"limit": None}, write("all"))
    other = store.get_or_make("thing", {"limit": 20}, write("some"))
    assert one.key != other.key


def test_kind_is_part_of_the_address(store):
    assert store.key("index", {"a": 1}) != store.key("adapter", {"a": 1})


@pytest.mark.parametrize("damage", ["data", "metadata", "gone"])
def test_damaged_artifact_is_made_again_and_said_so(store, caplog, damage):
    made = store.get_or_make("thing", {}, write("right"))
    target = made.path / (METADATA if damage == "metadata" else "data.txt")
    target.unlink() if damage == "gone" else target.write_text("wrong")
    again = store.get_or_make("thing", {}, write("right"))
    assert not again.found
    assert (again.path / "data.txt").read_text() == "right"
    assert "damaged" in caplog.text


def test_failed_make_leaves_nothing_that_looks_finished_and_its_partial_work(store):
    def fail(folder):
        (folder / "half.txt").write_text("half")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        store.get_or_make("thing", {}, fail)
    assert store.find("thing", {}) is None

    def go_on(folder):
        assert (folder / "half.txt").read_text() == "half"

    assert not store.get_or_make("thing", {}, go_on).found


def test_seconds_of_a_failed_attempt_count(store, monkeypatch):
    def failure(folder):
        half = folder / "half.txt"
        half.write_text("half")
        os.utime(half, (4_000_000_020, 4_000_000_020))  # twenty seconds after it began
        raise RuntimeError

    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    with pytest.raises(RuntimeError):
        store.get_or_make("thing", {}, failure)
    made = store.get_or_make("thing", {}, write("x"))
    assert made.seconds >= made.earlier_seconds == 20.0
    assert made.attempts == 2
    found = store.get_or_make("thing", {}, refuse)
    assert (found.seconds, found.earlier_seconds, found.attempts) == (made.seconds, made.earlier_seconds, 2)


def test_bytes_are_those_of_its_files_alone(store):
    assert store.get_or_make("thing", {}, write("hello")).bytes == 5
    assert store.get_or_make("thing", {}, refuse).bytes == 5


def test_energy_is_not_measured_without_a_counter_and_kept_with_one(store, monkeypatch):
    assert store.get_or_make("thing", {"gpu": False}, write("x")).joules is None
    readings = iter([EnergyReading("GPU-0", 100.0), EnergyReading("GPU-0", 130.5)])
    monkeypatch.setattr("harness.machine.nvml.reading", lambda: next(readings))
    assert store.get_or_make("thing", {"gpu": True}, write("x")).joules == 30.5
    assert store.get_or_make("thing", {"gpu": True}, refuse).joules == 30.5


def test_metadata_of_an_older_version_is_read(store):
    made = store.get_or_make("thing", {}, write("x"))
    entry = json.loads((made.path / METADATA).read_text())
    for new in ("attempts", "earlier_seconds", "joules", "format", "sha256"):
        del entry[new]
    (made.path / METADATA).write_text(json.dumps(entry))
    assert store.get_or_make("thing", {}, refuse).attempts == 1


def test_watching_sees_what_is_made_and_what_is_found(store):
    store.get_or_make("index", {}, write("x"))
    with store.watched() as seen, store.watched() as inner:
        store.get_or_make("index", {}, refuse)
        store.get_or_make("adapter", {}, write("y"))
    store.get_or_make("adapter", {}, refuse)
    assert [(kind, artifact.found) for kind, artifact in seen] == [("index", True), ("adapter", False)]
    assert inner == seen


def make_slowly(root, log):
    def make(folder):
        with open(log, "a") as file:
            file.write("made\n")
        time.sleep(0.5)
        (folder / "data.txt").write_text("x")

    Store(root).get_or_make("thing", {}, make)


def test_two_processes_make_it_once(tmp_path):
    log = tmp_path / "log"
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=make_slowly, args=(tmp_path / "store", log)) for _ in range(2)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert log.read_text() == "made\n"


def test_unwritable_root_is_a_store_error(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    with pytest.raises(StoreError, match="store="):
        Store(blocker).get_or_make("thing", {}, write("x"))


def test_metadata_holds_the_specification(store):
    made = store.get_or_make("thing", {"b": 2, "a": [1]}, write("x"))
    assert json.loads((made.path / METADATA).read_text())["spec"] == {"a": [1], "b": 2}


@pytest.mark.parametrize("call", ["pathlib.Path.mkdir", "pathlib.Path.write_text", "pathlib.Path.rename"])
def test_a_store_that_cannot_be_written_is_named(store, monkeypatch, call):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(call, full)
    with pytest.raises(StoreError, match=r"store .*store: .*cannot be written \(No space left on device\)"):
        store.get_or_make("thing", {"n": 1}, lambda folder: {})


def test_a_lock_that_cannot_be_made_is_named(store, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied", "/store/thing/key.lock")

    monkeypatch.setattr("harness.store.locks.FileLock.acquire", denied)
    with pytest.raises(StoreError, match=r"key\.lock cannot be written \(Permission denied\)"):
        store.get_or_make("thing", {"n": 1}, lambda folder: {})
