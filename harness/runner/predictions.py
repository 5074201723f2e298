"""Answers on their way to disk: one line per batch, so that a killed run loses at most one."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import ArmError, StoreError, redacted
from harness.machine.progress import progress
from harness.runner.arm import Prepared
from harness.store.files import unwritable
from harness.store.records.large import ABOVE
from harness.store.records.lazy import Lazy, OpenFile
from harness.store.records.plain import restored
from harness.store.spec import file_sha256
from harness.types import Example, Prediction

FILE = "predictions.jsonl"
BETWEEN = ", "
"""what json.dumps writes between the predictions of a batch"""
DECODER = json.JSONDecoder()
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
    done = frozenset(entry["example_id"] for line in _whole_lines(path) for entry in json.loads(line))
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


def read(folder: Path, examples: Sequence[Example]) -> Sequence[Prediction]:
    """Return the predictions in the order of the examples; many stay on disk and are read when they are asked for.

    Raises:
        KeyError: an example has none (the arm left it out).
        StoreError: two examples share an id.
    """
    path = folder / FILE
    if path.is_file() and path.stat().st_size > ABOVE:
        return _on_disk(path, examples)
    found = {entry["example_id"]: entry for line in _whole_lines(path) for entry in json.loads(line)}
    return tuple(restored(Prediction, found[example.id]) for example in examples)


def _on_disk(path: Path, examples: Sequence[Example]) -> Sequence[Prediction]:
    """Return the predictions of a large file, each by its place there."""
    number_of = {example.id: number for number, example in enumerate(examples)}
    if len(number_of) < len(examples):
        raise StoreError(f"{path}: two examples share an id")
    starts, lengths = np.full(len(examples), -1, dtype=np.int64), np.zeros(len(examples), dtype=np.int64)
    begin = 0
    for line in _whole_lines(path):
        for example_id, start, length in _entries(line):
            if example_id in number_of:
                at = number_of[example_id]
                starts[at], lengths[at] = begin + start, length
        begin += len(line)
    if (starts < 0).any():
        raise KeyError(examples[int(starts.argmin())].id)
    file = OpenFile(path)

    def make(number: int) -> Prediction:
        return restored(Prediction, json.loads(file.read(int(starts[number]), int(lengths[number]))))

    return Lazy(make, range(len(examples)))


def _entries(line: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield example id, first byte and number of bytes of each prediction in a line."""
    text, at, byte = line.decode("utf-8", "surrogatepass"), 1, 1
    while text[at] == "{":
        entry, end = DECODER.raw_decode(text, at)
        length = len(text[at:end].encode("utf-8", "surrogatepass"))
        yield entry["example_id"], byte, length
        at, byte = end + len(BETWEEN), byte + length + len(BETWEEN)
        if text[end] == "]":
            return


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


def _whole_lines(path: Path) -> Iterator[bytes]:
    """Yield the batches that were written to their end; cuts a torn last line off the file."""
    if not path.is_file():
        return
    whole = 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                _cut(path, whole)
                return
            whole += len(line)
            yield line


def _cut(path: Path, length: int) -> None:
    try:
        os.truncate(path, length)
    except OSError as error:
        raise unwritable(path, error) from error
