"""Answers on their way to disk: one line per batch, so that a killed run loses at most one."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.errors import ArmError, redacted
from harness.machine.progress import progress
from harness.runner.arm import Prepared
from harness.store.files import unwritable
from harness.store.records.plain import restored
from harness.store.spec import file_sha256
from harness.types import Example, Prediction

FILE = "predictions.jsonl"
REFUSED = ".refused-predictions.jsonl"
AUDITED = "audited_answers"
"""fact of stored answers: the checksum of the file that was audited"""


def stream(prepared: Prepared, examples: Sequence[Example], folder: Path) -> Mapping[str, Any]:
    """Answer what the folder does not hold yet, appending batch after batch.

    Args:
        prepared: the arm.
        examples: all of them, also those answered before: batches depend on the whole list.
        folder: where an earlier run may have left its batches.

    Returns:
        The arm's facts.

    Raises:
        StoreError: the folder cannot be written.
    """
    path = folder / FILE
    done = frozenset(prediction.example_id for batch in _whole_lines(path) for prediction in batch)
    with progress("answer", "answering", len(examples), "answers", len(done)) as work:
        for batch in prepared.answer(examples, done):
            _append(path, json.dumps([asdict(prediction) for prediction in batch], ensure_ascii=False) + "\n")
            work.advance(sum(prediction.example_id not in done for prediction in batch))
    return prepared.facts


def _append(path: Path, line: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="surrogatepass") as file:  # a server may send half a pair
            file.write(redacted(line))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(path, error) from error


@contextmanager
def set_aside_if_refused(folder: Path) -> Iterator[None]:
    """Rename the answers in this folder if an audit refuses them: the next attempt would go on from them.

    They may have been paid for, so they are kept, hidden, and are no part of the artifact.
    """
    try:
        yield
    except ArmError:
        if (folder / FILE).is_file():
            (folder / FILE).replace(folder / REFUSED)
        raise


def read(folder: Path, examples: Sequence[Example]) -> tuple[Prediction, ...]:
    """Return the predictions in the order of the examples.

    Raises:
        KeyError: an example has none (the arm left it out).
    """
    found = {prediction.example_id: prediction for batch in _whole_lines(folder / FILE) for prediction in batch}
    return tuple(found[example.id] for example in examples)


def checksum(folder: Path) -> str:
    """Return the SHA-256 of the answers in this folder."""
    return file_sha256(folder / FILE)


def check_audited(arm: str, folder: Path, audited: str | None) -> None:
    """Check that stored answers are those that the audits looked at, whatever the artifact's own checksums say.

    Args:
        arm: who answered.
        folder: of the artifact.
        audited: its fact AUDITED; None: they were not audited.

    Raises:
        ArmError: they are others.
    """
    if audited is not None and audited != checksum(folder):
        raise ArmError(
            f"arm {arm}: predictions/{folder.name}/{FILE} in the store does not hold the answers that were audited "
            "when they were written; somebody has edited it. Remove that folder to answer anew"
        )


def _whole_lines(path: Path) -> list[list[Prediction]]:
    """Return the batches that were written to their end; cuts a torn last line off the file."""
    if not path.is_file():
        return []
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        _cut(path, len(whole))
    return [[restored(Prediction, entry) for entry in json.loads(line)] for line in whole.splitlines()]


def _cut(path: Path, length: int) -> None:
    try:
        os.truncate(path, length)
    except OSError as error:
        raise unwritable(path, error) from error
