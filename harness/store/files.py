"""Files that are written completely or not at all, under names that every file system takes."""

import errno
import os
import shutil
from collections.abc import Container, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from harness.errors import StoreError, redacted

LONGEST_NAME: Final = 255
"""bytes of a file's or folder's name, in UTF-8, that common file systems take"""
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
UNFINISHED: Final = ".unfinished"
"""suffix of a file that is being written, or was when its process was killed"""
LEAST_ROOM: Final = 2**20
"""free bytes below which a failure to write is put down to the disk: libraries do not always pass its error on"""


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8, with its folders, or leave the old file untouched. Known secrets are replaced.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    with replacing(path) as unfinished:
        unfinished.write_text(redacted(text), encoding="utf-8", newline="\n")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the path of a file to write instead; when the block ends, it takes the place of `path` in one step.

    Raises:
        StoreError: the disk is full or the folder cannot be written; the old file is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replaced(path) as unfinished:
            yield unfinished
    except OSError as error:
        raise unwritable(path, error) from error


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """As `replacing`, in a folder that is there, and what the operating system raises is passed on."""
    name = short_hash(path.name)  # not the name itself, which may be as long as names can be
    unfinished = path.with_name(f".{name}.{os.getpid()}{UNFINISHED}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def keep_only(folder: Path, files: Container[Path], suffix: str) -> None:
    """Remove all other files of this suffix and unfinished ones, and the folder, which need not be there, when empty.

    Raises:
        StoreError: something cannot be removed.
    """
    try:
        for path in folder.iterdir() if folder.is_dir() else ():
            if path not in files and path.suffix in (suffix, UNFINISHED):
                path.unlink()
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(path: Path, error: OSError) -> StoreError:
    """Return the error that names a file or folder which cannot be written, and why."""
    return StoreError(f"{path}: cannot be written ({error.strerror or error}); is the disk full, or the folder yours?")


def no_room(error: BaseException, folder: Path) -> bool:
    """Return whether an error that occurred while writing into the folder is due to a full disk or quota."""
    cause: BaseException | None = error
    while cause is not None:
        if (isinstance(cause, OSError) and cause.errno in NO_ROOM) or os.strerror(errno.ENOSPC) in str(cause):
            return True
        cause = cause.__cause__ or cause.__context__
    return shutil.disk_usage(folder).free < LEAST_ROOM


def fitting(name: str, suffix: str = "", whole: str = "") -> str:
    """Return name + suffix as the name of a file, cut to LONGEST_NAME bytes; a cut one ends in a hash and the suffix.

    Args:
        name: without slashes.
        suffix: never cut.
        whole: what the hash is made of; "" for the name.
    """
    if len(_bytes(f"{name}{suffix}")) <= LONGEST_NAME:
        return f"{name}{suffix}"
    end = f"-{short_hash(whole or name)}{suffix}"
    return _bytes(name)[: LONGEST_NAME - len(_bytes(end))].decode(errors="ignore") + end


def short_hash(text: str) -> str:
    """Return eight characters that tell names apart which were cut or in which characters were replaced."""
    return sha256(_bytes(text)).hexdigest()[:8]


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # bytes of the command line that are no UTF-8


def cell_file(folder: Path, arm: str, seed: int, suffix: str) -> Path:
    """Return the file of a folder of records that holds something of this arm and seed."""
    name = arm.replace("/", "_") + (f"-{short_hash(arm)}" if "/" in arm else "")
    return folder / fitting(f"{name},seed={seed}", suffix)


def check_length(path: Path) -> None:
    """Look whether the file system would take this path, before hours are spent on what is to be written there.

    Raises:
        StoreError: a name in it, or all of it, is too long.
    """
    path = path.absolute()
    there = next(folder for folder in (path, *path.parents) if os.path.lexists(folder))
    most = {"name": os.pathconf(there, "PC_NAME_MAX"), "path": os.pathconf(there, "PC_PATH_MAX") - 1}
    sizes = {"path": len(os.fsencode(path))} | {
        "name": max((len(os.fsencode(part)) for part in path.relative_to(there).parts), default=0)
    }
    for what, size in sizes.items():
        if size > most[what] > 0:
            raise StoreError(
                f"{path}: cannot be written, since a {what} of {size} bytes is longer than this file system's "
                f"{most[what]}; choose a shorter results=FOLDER or shorter names of task, model and arm"
            )
