"""Records as files: one per cell, plain JSON lines, so that two runs can be compared with any diff tool.

The first line is the head; then come the gold documents of the examples; then, per example, a line each for the
example, the passages and pieces of prompts not seen before (a text shown to many examples is written once), the
prediction, its scores and its judgements (if it was judged); then the timings, if there are any; the last line
holds a checksum of all others. Fields at their default are left out, and paths of the machine are shortened
(portable.py). Nothing here knows what the numbers mean.
"""

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import StoreError, redacted
from harness.store.files import replacing
from harness.store.portable import portable
from harness.store.records import judgements as judgement_lines
from harness.store.records import large, score_lines
from harness.store.records import prompt_pieces as prompt_lines
from harness.store.records import timings as timing_lines
from harness.store.records.plain import changed_fields, of_kind, restored
from harness.store.records.stored import judgements_of
from harness.types import Document, Example, Passage, Prediction, Record

FORMAT: Final = 2
"""2: scores may have details; in format 1 these were JSON in the note"""

ASKED: Final = ("config", "given")
"""parts of a specification that say how the experiment was asked for, and that no key is made of"""

OF_ANSWERS: Final = tuple(f'{{"kind":"{kind}"' for kind in ("prediction", "passage", "piece", "judgements", "document"))
"""how the lines begin that hold what was answered and shown"""
LAST_LINE: Final = 200
"""bytes at the end of a file that hold its last line"""

Line = dict[str, Any]


def write(record: Record, path: Path) -> Record:
    """Write the record, or leave the old file untouched.

    Args:
        record: scores must be metrics × examples: for each metric of `record.metrics` in turn, one score
            per example in order. `spec`, `environment` and `facts` must be JSON data (lists, not tuples).
        path: created with its folders; replaced atomically.

    Returns:
        The record; a large one, or one whose parts lie on disk, as `read` returns it: not all arms of a run are in
        memory at once, and no part is read from a file that is gone.

    Raises:
        StoreError: the record is incomplete, holds what JSON cannot, or the folder cannot be written.
    """
    _check_complete(record)
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as file:
        try:
            file.writelines(_signed(_text(line) for line in _lines(record)))
        except (TypeError, ValueError) as error:
            raise StoreError(f"record of {record.cell}: holds something that JSON cannot ({error})") from error
    if _is_large(path):
        return _explained(path, lambda: _read_large(path, {}, record.examples))
    return record if isinstance(record.predictions, tuple) else read(path)


def read(path: Path, alike: large.Alike | None = None) -> Record:
    """Read a record that `write` wrote. What was answered stays on disk where the file is large (stored.py).

    Args:
        path: of the record.
        alike: examples of large records that were read before, so that those of several arms are the same objects.

    Raises:
        StoreError: the file is missing, damaged, changed by hand, or of a newer format.
    """
    if _is_large(path):
        return _explained(path, lambda: _read_large(path, {} if alike is None else alike))
    return _read(path, _record, lambda line: True)


def read_scores(path: Path) -> Record:
    """Read a record without what was answered: its predictions, judgements and evidence are empty.

    For what asks for scores, examples and facts alone, in a third of the time. The checksum is that of the whole file.

    Raises:
        StoreError: as `read`.
    """
    if _is_large(path):
        whole = _explained(path, lambda: _read_large(path, {}))
        return dataclasses.replace(whole, predictions=(), judgements=(), evidence=())
    return _read(path, _scored, lambda line: not line.startswith(OF_ANSWERS))


def checksum(path: Path) -> str:
    """Return the last line of a record, which holds the checksum of all others; "" where there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LAST_LINE))
            return file.read().decode(errors="replace").removesuffix("\n").rpartition("\n")[2]
    except OSError:
        return ""


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size > large.ABOVE
    except OSError:
        return False


def _read(path: Path, made: Callable[[Sequence[Line]], Record], wanted: Callable[[str], bool]) -> Record:
    def whole() -> Record:
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        _check_format(json.loads(lines[0]), path)
        _check_end(json.loads(lines[-1]), _checksum(lines[:-1]))
        return made([json.loads(line) for line in lines[:-1] if wanted(line)])

    return _explained(path, whole)


def _explained(path: Path, read: Callable[[], Record]) -> Record:
    """Return what `read` does; its errors become those of a store."""
    try:
        return read()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: the record cannot be read ({error})") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path}: the record is damaged ({error!r}); run the experiment again") from error


def _read_large(path: Path, alike: large.Alike, known: Sequence[Example] = ()) -> Record:
    with path.open("rb") as file:
        _check_format(json.loads(file.readline()), path)
    found = large.LargeRecord(path, score_lines.read, alike, known)
    _check_end(found.end, found.checksum)
    own = {
        "examples": tuple(found.examples),
        "predictions": found.answers.predictions(),
        "scores": found.scores,
        "timings": timing_lines.read(found.others),
        "judgements": found.judged.answers(),
        "evidence": found.evidence,
    }
    return _restored(found.head, own)


def _check_complete(record: Record) -> None:
    ids = [example.id for example in record.examples]
    if len(set(ids)) != len(ids):
        raise StoreError(f"record of {record.cell}: two examples share an id")
    answered = [prediction.example_id for prediction in record.predictions]
    if answered != ids:
        raise StoreError(
            f"record of {record.cell}: {len(ids)} examples and {len(answered)} predictions; "
            "there must be one prediction per example, in the same order"
        )
    known = set(ids)
    unknown = {judged.example_id for judged in record.judgements if judged.example_id not in known}
    if unknown:
        raise StoreError(f"record of {record.cell}: a judgement of {min(unknown)}, which is not one of its examples")
    expected = ((metric, example_id) for metric in record.metrics for example_id in ids)
    count = len(record.metrics) * len(ids)
    if len(record.scores) != count or any(
        (score.metric, score.example_id) != wanted for score, wanted in zip(record.scores, expected, strict=True)
    ):
        raise StoreError(
            f"record of {record.cell}: {len(record.scores)} scores; there must be {count}: "
            f"for each metric in turn ({', '.join(record.metrics) or 'none'}), one score per example, in order"
        )


def _lines(record: Record) -> Iterator[Line]:
    yield {
        "kind": "head",
        "format": FORMAT,
        "cell": changed_fields(record.cell),
        "fingerprint": record.fingerprint,
        "comparison": record.comparison,
        "spec": {**record.spec, **{name: portable(record.spec[name]) for name in ASKED if name in record.spec}},
        "environment": record.environment,
        "facts": portable(record.facts),
        "metrics": record.metrics,
        "build_spans": [changed_fields(span) for span in record.build_spans],
        "resources": [changed_fields(resource) for resource in record.resources],
    }
    yield from ({"kind": "document", **changed_fields(document)} for document in record.evidence)
    numbers: dict[bytes, int] = {}
    pieces = prompt_lines.Pieces()
    judged = judgements_of(record.judgements, record.examples)
    count = len(record.examples)
    answered = zip(record.examples, record.predictions, judged, strict=True)
    for number, (example, prediction, own) in enumerate(answered):
        yield {"kind": "example", **_example_fields(example)}
        for passage in prediction.passages:
            if (key := _key(passage)) not in numbers:
                numbers[key] = len(numbers)
                yield {"kind": "passage", **changed_fields(passage, leave_out=("score",))}
        prompt = list(pieces.references(example, prediction))
        yield from ({"kind": "piece", "text": text} for _, text in prompt if text)
        references = {"prompt": [reference for reference, _ in prompt]} if prompt else {}
        yield {"kind": "prediction", **_prediction_fields(prediction, numbers), **references}
        values = {score.metric: score_lines.written(score) for score in record.scores[number::count]}
        yield {"kind": "scores", "values": values}
        if own:
            yield {"kind": "judgements", "example_id": example.id, "answers": own}
    if record.timings is not None:
        yield from timing_lines.written(record.timings)


def _example_fields(example: Example) -> Line:
    fields = changed_fields(example)
    if not isinstance(example.input, str):
        fields["input"] = [changed_fields(turn) for turn in example.input]
    if example.spans:
        fields["spans"] = [changed_fields(span) for span in example.spans]
    return fields


def _key(passage: Passage) -> bytes:
    """Return what tells a passage from others, whatever its score: a record has hundreds of thousands."""
    shared = repr(dataclasses.replace(passage, score=0.0))
    return hashlib.blake2b(shared.encode(errors="surrogatepass"), digest_size=16).digest()


def _prediction_fields(prediction: Prediction, numbers: Mapping[bytes, int]) -> Line:
    fields = changed_fields(prediction, leave_out=("prompt",))
    fields["passages"] = [[numbers[_key(passage)], passage.score] for passage in prediction.passages]
    fields["spans"] = [changed_fields(span) for span in prediction.spans]
    if prediction.error:
        fields["error"] = portable(prediction.error)
    return fields


def _text(line: Line) -> str:
    """Return the line without secrets: the checksum is that of what is written."""
    text = redacted(json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which a model or server can produce
        return redacted(json.dumps(line, ensure_ascii=True, allow_nan=False, separators=(",", ":")))
    return text


def _signed(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines as a file has them, one at a time, and at last the one with their checksum."""
    hashed, between = hashlib.sha256(), ""
    for line in lines:
        hashed.update(f"{between}{line}".encode())
        between = "\n"
        yield f"{line}\n"
    yield _text({"kind": "end", "sha256": hashed.hexdigest()}) + "\n"


def _checksum(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _check_format(head: Line, path: Path) -> None:
    if head["kind"] != "head":
        raise ValueError(f"line 1 is a {head['kind']!r} and not the head of a record")
    if head["format"] > FORMAT:
        raise StoreError(
            f"{path}: written in format {head['format']}, and this version reads formats up to {FORMAT}; update Cutlery"
        )


def _check_end(end: Line, checksum: str) -> None:
    if end["kind"] != "end":
        raise ValueError("its last lines are missing")
    if end["sha256"] != checksum:
        raise ValueError("the checksum in its last line does not fit the lines before")


def _record(lines: Sequence[Line]) -> Record:
    passages = [restored(Passage, {**line, "score": 0.0}) for line in of_kind(lines, "passage")]
    pieces = [line["text"] for line in of_kind(lines, "piece")]
    judged = ((line["example_id"], line["answers"]) for line in of_kind(lines, "judgements"))
    scored = _scored(lines)
    answered = zip(of_kind(lines, "prediction"), scored.examples, strict=True)
    return dataclasses.replace(
        scored,
        predictions=tuple(_prediction(line, passages, pieces, example) for line, example in answered),
        judgements=judgement_lines.read(judged),
        evidence=tuple(restored(Document, line) for line in of_kind(lines, "document")),
    )


def _scored(lines: Sequence[Line]) -> Record:
    """Return the record without what was answered."""
    head = lines[0]
    examples = tuple(restored(Example, line) for line in of_kind(lines, "example"))
    values = [line["values"] for line in of_kind(lines, "scores")]
    own = {
        "examples": examples,
        "predictions": (),
        "scores": tuple(
            score_lines.read(example.id, metric, value[metric], head["format"])
            for metric in head["metrics"]
            for example, value in zip(examples, values, strict=True)
        ),
        "timings": timing_lines.read(lines),
    }
    return _restored(head, own)


def _restored(head: Line, own: Line) -> Record:
    return restored(Record, {**{name: head[name] for name in head if name not in ("kind", "format")}, **own})


def _prediction(line: Line, passages: Sequence[Passage], pieces: Sequence[str], example: Example) -> Prediction:
    line["passages"] = tuple(dataclasses.replace(passages[number], score=score) for number, score in line["passages"])
    shown = [passage.text for passage in line["passages"]]
    line["prompt"] = prompt_lines.resolved(line.get("prompt", ()), pieces, example, shown)
    return restored(Prediction, line)
