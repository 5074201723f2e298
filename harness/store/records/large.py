"""Reads a large record once, line by line: what is short is kept, what is long stays in the file (stored.py)."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from harness.store.records.plain import restored
from harness.store.records.stored import Lazy, Lines, StoredAnswers, StoredJudgements, StoredScores
from harness.types import Document, Example, Score

ABOVE: Final = 8_000_000
"""bytes of a file from which on it counts as large: its objects take three to five times as much"""
START: Final = b'{"kind":"'
KINDS: Final = ("document", "passage", "piece", "prediction", "scores", "judgements")
"""lines that can be many"""
DIGEST: Final = 16

Alike = dict[bytes, Example]
"""hash of an example's line -> the example: records of several arms have the same ones"""


class LargeRecord:
    """A record's file, read to its end.

    Args:
        path: of the record; it stays open.
        score: (example id, metric, value as written, format) -> score.
        alike: examples that were read before.
    """

    def __init__(self, path: Path, score: Callable[[str, str, Any, int], Score], alike: Alike) -> None:
        file = path.open("rb")
        self.head: dict[str, Any] = json.loads(file.readline())
        self.others: list[dict[str, Any]] = []
        """lines of other kinds, the head and the end left out"""
        self.examples: list[Example] = []
        self.alike = alike
        self.lines = {kind: Lines(file) for kind in KINDS}
        self.answers = StoredAnswers(
            self.lines["prediction"], self.lines["passage"], self.lines["piece"], self.examples
        )
        self.scores = StoredScores(
            self.lines["scores"],
            list(self.head["metrics"]),
            self.examples,
            lambda example_id, metric, value: score(example_id, metric, value, self.head["format"]),
        )
        self.judged = StoredJudgements(self.lines["judgements"])
        self.checksum, self.end = self._read(file)

    @property
    def evidence(self) -> Lazy[Document]:
        """The gold documents."""
        documents = self.lines["document"]
        return Lazy(lambda number: restored(Document, documents.fields(number)), range(len(documents)))

    def _read(self, file: BinaryIO) -> tuple[str, dict[str, Any]]:
        """Take in every line; return the checksum of all but the last one, and that one."""
        hashed, before, start = hashlib.sha256(), b"", 0
        file.seek(0)
        for line in file:
            hashed.update(before)
            before = (b"\n" if start else b"") + line.removesuffix(b"\n")
            self._take(start, line)
            start += len(line)
        return hashed.hexdigest(), json.loads(before)

    def _take(self, start: int, line: bytes) -> None:
        kind = line[len(START) : line.index(b'"', len(START))].decode()
        if kind in self.lines:
            self.lines[kind].add(start, len(line))
        if kind == "example":
            self._take_example(line)
        elif kind in ("prediction", "scores", "judgements"):
            self._take_answer(kind, json.loads(line))
        elif kind not in ("head", "end", *KINDS):
            self.others.append(json.loads(line))

    def _take_example(self, line: bytes) -> None:
        key = hashlib.blake2b(line, digest_size=DIGEST).digest()
        if key not in self.alike:
            fields = json.loads(line)
            del fields["kind"]
            self.alike[key] = restored(Example, fields)
        self.examples.append(self.alike[key])

    def _take_answer(self, kind: str, line: dict[str, Any]) -> None:
        if kind == "prediction":
            self.answers.add(line)
        elif kind == "scores":
            self.scores.add(line["values"])
        else:
            self.judged.add(line)
