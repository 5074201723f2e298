"""An artifact is what its address says: every kind, copied, renamed, edited, cut."""

import ast
import json
import os
import shutil
from pathlib import Path

import pytest

from harness.store import signs_of_life
from harness.store.metadata import METADATA, STARTED
from harness.store.store import Store

ROOT = Path(__file__).resolve().parents[3]
KINDS = (
    "adapter", "embeddings", "evidence", "figures", "index", "labels", "leakage", "lexical", "meaning", "overlap",
    "passages", "predictions", "references", "retrieval", "speeds", "timings", "weights",
)  # fmt: skip
ASKING = {"get_or_make", "part", "_kept"}
"""functions that are given the kind of what they make"""
OWN, OTHER = {"a": [1, 2.5], "of": "this"}, {"a": [1, 2.5], "of": "another"}


def kinds_in(path):
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call) and node.args)
    asked = (call.args[:2] for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) in ASKING)
    return {one.value for given in asked for one in given if isinstance(one, ast.Constant)}


def test_every_kind_of_artifact_is_among_those_below():
    sources = [path for package in ("harness", "pipelines") for path in (ROOT / package).rglob("*.py")]
    assert set().union(*map(kinds_in, sources)) == set(KINDS)


def maker(text):
    def make(folder):
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data/a.txt").write_text(text)
        (folder / "b.txt").write_text("b")
        return {"rows": 7, "loss": 0.1}

    return make


def refuse(folder):
    raise AssertionError("made although it is there")


def entry_of(folder):
    return json.loads((folder / METADATA).read_text())


def write_entry(folder, **changes):
    (folder / METADATA).write_text(json.dumps({**entry_of(folder), **changes}))


def without_checksum(folder):
    """Turn it into an artifact as earlier versions made them."""
    entry = entry_of(folder)
    del entry["sha256"], entry["format"]
    (folder / METADATA).write_text(json.dumps(entry))


def copied(store, kind, folder, spec=OTHER):
    other = store.get_or_make(kind, spec, maker("of another"))
    shutil.rmtree(folder)
    shutil.copytree(other.path, folder)


def check_made_again(store, kind, caplog, why=""):
    """It is not believed and made again; what lay there is kept, and said so."""
    folder = store.root / kind / store.key(kind, OWN)
    before = sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert store.find(kind, OWN) is None
    made = store.get_or_make(kind, OWN, maker("own"))
    assert not made.found
    assert (made.path / "data/a.txt").read_text() == "own"
    aside = folder.with_name(f"{folder.name}.set-aside")
    assert sorted(path.read_bytes() for path in aside.rglob("*") if path.is_file()) == before
    assert str(aside) in caplog.text
    assert why in caplog.text
    assert store.get_or_make(kind, OWN, refuse).found
    assert [entry.spec for entry in store.entries(kind) if entry.key == folder.name] == [OWN]


@pytest.mark.parametrize("old", [False, True], ids=["", "of an older version"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_artifact_under_the_name_of_another(store, caplog, kind, old):
    made = store.get_or_make(kind, OWN, maker("own"))
    copied(store, kind, made.path)
    if old:
        without_checksum(made.path)
    assert not store.has(kind, OWN)
    assert [entry.spec for entry in store.entries(kind)] == [OTHER]
    check_made_again(store, kind, caplog, "it was copied or renamed")


@pytest.mark.parametrize("old", [False, True], ids=["", "of an older version"])
def test_a_copy_that_was_given_the_right_key(store, caplog, old):
    made = store.get_or_make("adapter", OWN, maker("own"))
    copied(store, "adapter", made.path)
    if old:
        without_checksum(made.path)
    write_entry(made.path, key=made.key)
    assert not store.has("adapter", OWN)
    check_made_again(store, "adapter", caplog, "specifies something else" if old else "edited")


def test_an_artifact_of_another_kind(store, caplog):
    made, other = (store.get_or_make(kind, OWN, maker(kind)) for kind in ("index", "lexical"))
    shutil.rmtree(made.path)
    shutil.copytree(other.path, made.path)
    check_made_again(store, "index", caplog, f"that of lexical {other.key[:8]}")


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": {"rows": 8, "loss": 0.1}},
        {"seconds": 1e6},
        {"files": {}},
        {"spec": OTHER},
        {"spec": {**OWN, "of": "me"}},
        {"joules": 1.0},
        {"attempts": 3},
        {"new": 1},
    ],
    ids=str,
)
def test_edited_metadata(store, caplog, changes):
    made = store.get_or_make("adapter", OWN, maker("own"))
    write_entry(made.path, **changes)
    assert not store.has("adapter", OWN)
    check_made_again(store, "adapter", caplog, "edited or damaged")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": ', "7", "[" * 100_000, '{"kind": "adapter", "key": [1]}'])
def test_metadata_that_are_none(store, caplog, text):
    made = store.get_or_make("adapter", OWN, maker("own"))
    (made.path / METADATA).write_text(text)
    assert not store.has("adapter", OWN)
    assert not list(store.entries("adapter"))
    check_made_again(store, "adapter", caplog)


@pytest.mark.parametrize("old", [False, True], ids=["", "of an older version"])
@pytest.mark.parametrize("change", ["removed", "changed", "list emptied", "metadata gone"])
def test_files_that_are_not_those_it_was_made_of(store, caplog, change, old):
    made = store.get_or_make("adapter", OWN, maker("own"))
    if old:
        without_checksum(made.path)
    if change == "list emptied":
        write_entry(made.path, files={})
    else:
        file = made.path / (METADATA if "gone" in change else "data/a.txt")
        file.write_text("chang") if change == "changed" else file.unlink()
    assert store.has("adapter", OWN) == (change == "changed")
    check_made_again(store, "adapter", caplog)


@pytest.mark.parametrize("name", ["Thumbs.db", "data/desktop.ini", "data/more.txt"])
def test_files_that_were_put_beside_it_are_said_once_and_not_read(store, caplog, name):
    made = store.get_or_make("adapter", OWN, maker("own"))
    (made.path / name).write_text("x")
    assert store.has("adapter", OWN)
    for _ in range(2):
        assert store.get_or_make("adapter", OWN, refuse).found
    assert caplog.text.count(name) == 1
    assert store.find("adapter", OWN).bytes == made.bytes


def test_hidden_files_are_nobodys(store, caplog):
    made = store.get_or_make("adapter", OWN, maker("own"))
    (made.path / ".DS_Store").write_text("x")
    assert store.get_or_make("adapter", OWN, refuse).found
    assert not caplog.text


def test_an_artifact_of_an_older_version_stays_usable(store):
    made = store.get_or_make("adapter", OWN, maker("own"))
    without_checksum(made.path)
    assert store.has("adapter", OWN)
    assert store.get_or_make("adapter", OWN, refuse).facts == {"rows": 7, "loss": 0.1}
    assert [entry.spec for entry in store.entries("adapter")] == [OWN]


def test_a_second_wrong_folder_does_not_replace_the_first(store):
    for text in ("one", "two"):
        made = store.get_or_make("adapter", OWN, maker("own"))
        (made.path / "b.txt").write_text(text)
    store.get_or_make("adapter", OWN, maker("own"))
    asides = sorted(made.path.parent.glob("*.set-aside*"))
    assert [(folder / "b.txt").read_text() for folder in asides] == ["one", "two"]


def test_what_was_begun_for_something_else_is_not_continued(store, caplog):
    def begin(folder):
        (folder / "half.txt").write_text("of another")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.get_or_make("adapter", OTHER, begin)
    begun, own = (store.root / "adapter" / f"{store.key('adapter', spec)}.partial" for spec in (OTHER, OWN))
    begun.rename(own)
    assert not list(store.entries("adapter"))

    def make(folder):
        assert not (folder / "half.txt").exists()

    assert store.get_or_make("adapter", OWN, make).attempts == 1
    assert (own.with_name(f"{own.name}.set-aside") / "half.txt").is_file()
    assert "of something else" in caplog.text


def test_a_finished_artifact_is_found_where_nothing_can_be_written(store, monkeypatch):
    store.get_or_make("adapter", OWN, maker("own"))

    def denied(*_, **__):
        raise OSError(30, "Read-only file system")

    for call in ("harness.store.locks.FileLock.acquire", "pathlib.Path.mkdir", "pathlib.Path.write_text"):
        monkeypatch.setattr(call, denied)
    assert Store(store.root).get_or_make("adapter", OWN, refuse).found


def test_an_attempt_shows_signs_of_life_although_it_writes_nothing(store, monkeypatch):
    monkeypatch.setattr(signs_of_life, "BEAT", 0.001)

    def make(folder):
        sign = folder / STARTED
        os.utime(sign, (1, 1))
        while sign.stat().st_mtime == 1:  # the test's own time limit ends this
            pass
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.get_or_make("adapter", OWN, make)


def test_an_attempt_that_is_killed_when_all_is_written_counts(store, monkeypatch):
    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            store.get_or_make("adapter", OWN, maker("own"))
    assert store.get_or_make("adapter", OWN, maker("own")).attempts == 2
