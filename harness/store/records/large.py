"""Reads a large record once, line by line: what is short is kept, what is long stays in the file (stored.py)."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from harness.store.records.lazy import Lazy, Lines, OpenFile
from harness.store.records.plain import restored
from harness.store.records.stored import StoredAnswers, StoredJudgements, StoredScores
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
        path: of the record; it stays open as long as one of the parts is used.
        score: (example id, metric, value as written, format) -> score.
        alike: examples that were read before.
        known: the record's examples, where they are known.

    Raises:
        ValueError: it is no record.
    """

    def __init__(
        self, path: Path, score: Callable[[str, str, Any, int], Score], alike: Alike, known: Sequence[Example] = ()
    ) -> None:
        file = OpenFile(path)
        self.head: dict[str, Any] = json.loads(next(file.lines()))
        form = self.head["format"]
        self.known = known
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
            lambda example_id, metric, value: score(example_id, metric, value, form),
        )
        self.judged = StoredJudgements(self.lines["judgements"])
        self.checksum, self.end = self._read(file)

    @property
    def evidence(self) -> Lazy[Document]:
        """The gold documents."""
        documents = self.lines["document"]
        return Lazy(lambda number: restored(Document, documents.fields(number)), range(len(documents)))

    def _read(self, file: OpenFile) -> tuple[str, dict[str, Any]]:
        """Take in every line; return the checksum of all but the last one, and that one."""
        hashed, before, start = hashlib.sha256(), b"", 0
        for line in file.lines():
            hashed.update(before)
            before = (b"\n" if start else b"") + line.removesuffix(b"\n").removesuffix(b"\r")
            self._take(start, line)
            start += len(line)
        if len({len(self.examples), len(self.lines["prediction"]), len(self.lines["scores"])}) > 1:
            raise ValueError("examples, predictions and scores are not alike in number")
        return hashed.hexdigest(), json.loads(before)

    def _take(self, start: int, line: bytes) -> None:
        if not line.startswith(START):
            raise ValueError(f"byte {start:,}: no line of a record")
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
        if self.known:
            self.examples.append(self.known[len(self.examples)])
            return
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
