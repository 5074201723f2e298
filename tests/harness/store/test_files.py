"""Files that are whole or not there, names that file systems take, a full disk recognised by its errors."""

import errno
from pathlib import Path

import pytest

from harness.errors import StoreError
from harness.store import files
from harness.store.files import LONGEST_NAME, cell_file, check_length, fitting, no_room, replacing, write_text


def test_a_file_whose_writing_fails_keeps_its_old_content_and_leaves_nothing(tmp_path):
    path = tmp_path / "scores.parquet"
    path.write_text("old")

    def write():
        with replacing(path) as unfinished:
            unfinished.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StoreError, match=r"scores\.parquet: cannot be written \(No space"):
        write()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("scores.parquet", "old")]


@pytest.mark.parametrize("suffix", [".jsonl", ".refused.json"])
@pytest.mark.parametrize("arm", ["a" * 400, "检索" * 60, "😀" * 90])
def test_record_files_are_cut_by_bytes_and_can_be_written(tmp_path, arm, suffix):
    paths = {cell_file(tmp_path, f"{arm}{end}", seed, suffix) for end in "xy" for seed in (0, 1)}
    assert len(paths) == 4
    assert all(len(path.name.encode()) <= LONGEST_NAME and path.name.endswith(suffix) for path in paths)
    for path in paths:
        write_text(path, "x")
        check_length(path)


def test_names_that_fit_stay_and_a_slash_makes_no_folder(tmp_path):
    assert cell_file(tmp_path, "rag, k=8", 3, ".jsonl").name == "rag, k=8,seed=3.jsonl"
    assert fitting("检" * 85) == "检" * 85
    names = {cell_file(tmp_path, arm, 0, ".jsonl") for arm in ("a/b", "a_b")}
    assert len(names) == 2
    assert {path.parent for path in names} == {tmp_path}


@pytest.mark.parametrize("path", ["x" * 256, "ok/" + "检" * 86, "/".join(["folder"] * 700)])
def test_what_the_file_system_does_not_take_is_found_without_writing(tmp_path, path):
    with pytest.raises(StoreError, match="longer than this file system's"):
        check_length(tmp_path / path)
    assert not list(tmp_path.iterdir())


def chained():
    try:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")
    except OSError:
        raise RuntimeError("serialization failed")  # noqa: B904  as libraries do


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError("1024 requested and 0 written"), False),
        (RuntimeError("I/O error: No space left on device (os error 28)"), True),
        (RuntimeError("shapes differ"), False),
        (chained, True),
    ],
)
def test_a_full_disk_is_recognised_however_a_library_says_it(tmp_path, error, full):
    if callable(error):
        with pytest.raises(RuntimeError) as raised:
            error()
        error = raised.value
    assert no_room(error, tmp_path) == full


def test_any_error_is_put_down_to_a_disk_that_is_full(tmp_path, monkeypatch, store):
    monkeypatch.setattr(files.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 4096}))

    def make(folder):
        raise RuntimeError("PytorchStreamWriter failed writing file")

    assert no_room(ValueError("1024 requested and 0 written"), tmp_path)
    with pytest.raises(StoreError, match=r"cannot be written \(no room is left: PytorchStreamWriter.*make room"):
        store.get_or_make("adapter", {}, make)


def test_an_error_of_a_maker_that_has_room_is_passed_on(store):
    with pytest.raises(ZeroDivisionError):
        store.get_or_make("adapter", {}, lambda folder: {"x": 1 / 0})


def test_the_folder_may_be_a_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        write_text(Path(tmp_path / "file/x.md"), "x")
