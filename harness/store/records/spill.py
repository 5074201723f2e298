"""Scores and judgements between scoring and the record: in a file without a name, a line each per example.

It holds what was answered and judged, so it lies where the record will, whose disk has room, and is gone with the
process, however that ends.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from harness.errors import StoreError, redacted
from harness.store.files import unwritable
from harness.store.records import judgements, score_lines
from harness.store.records.lazy import Lines, OpenFile
from harness.store.records.stored import StoredJudgements, StoredScores
from harness.types import Example, JudgedAnswer, Score

NEWEST: Final = 2
"""format in which scores are written"""


class ScoreSpill:
    """Takes scores block by block and gives them back as a record needs them: values in arrays, texts on disk.

    Args:
        metrics: their names, in the order of the scores.
        examples: all of them, in order.
        folder: where the file lies; created.

    Raises:
        StoreError: the folder cannot be written, here or in any method.
    """

    def __init__(self, metrics: Sequence[str], examples: Sequence[Example], folder: Path) -> None:
        self._folder, self._at = folder, 0
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True)
            self._file = TemporaryFile("w+b", dir=folder)  # noqa: SIM115
        opened = OpenFile(folder, self._file.fileno())
        self._lines = [Lines(opened), Lines(opened)]
        self._scores = StoredScores(self._lines[0], metrics, examples, _score)
        self._judged = StoredJudgements(self._lines[1])

    def add(
        self, examples: Sequence[Example], scores: Mapping[str, Sequence[Score]], judged: Sequence[JudgedAnswer]
    ) -> None:
        """Take those of the next examples.

        Args:
            examples: of the block.
            scores: metric -> one per example, in order.
            judged: verdicts on their answers.

        Raises:
            StoreError: a score holds what JSON cannot, or an example that is not of the block was judged.
        """
        rows = judgements.written(judged)
        for number, example in enumerate(examples):
            values = {metric: score_lines.written(own[number]) for metric, own in scores.items()}
            self._write(self._lines[0], {"kind": "scores", "values": values})
            self._scores.add(values)
            if example.id in rows:
                line = {"kind": "judgements", "example_id": example.id, "answers": rows[example.id]}
                self._write(self._lines[1], line)
                self._judged.add(line)

    def parts(self) -> tuple[StoredScores, Sequence[JudgedAnswer]]:
        """Return scores and judgements; nothing can be added any more. Their file is gone when they are."""
        with self._writing():
            self._file.flush()
            opened = OpenFile(self._folder, self._file.fileno())
            self._file.close()
        for lines in self._lines:
            lines.file = opened
        return self._scores, self._judged.answers()

    def _write(self, lines: Lines, line: Mapping[str, Any]) -> None:
        try:
            written = redacted(json.dumps(line)).encode() + b"\n"
        except (TypeError, ValueError) as error:
            raise StoreError(f"scores cannot be kept until the record is written: {error}") from error
        with self._writing():
            self._file.write(written)
        lines.add(self._at, len(written))
        self._at += len(written)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self._folder, error) from error


def _score(example_id: str, metric: str, value: Any) -> Score:
    return score_lines.read(example_id, metric, value, NEWEST)
