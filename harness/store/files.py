"""Text files that are written completely or not at all."""

import os
from pathlib import Path

from harness.errors import StoreError, redacted


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8, with its folders, or leave the old file untouched. Known secrets are replaced.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, unfinished, redacted(text))
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> StoreError:
    """Return the error that names a file or folder which cannot be written, and why."""
    return StoreError(f"{path}: cannot be written ({error.strerror or error}); is the disk full, or the folder yours?")


def _replace(path: Path, unfinished: Path, text: str) -> None:
    try:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
