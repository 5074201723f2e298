"""Records as files: one per cell, plain JSON lines, so that two runs can be compared with any diff tool.

The first line is the head; then come the gold documents of the examples; then, per example, a line each for the
example, the passages and pieces of prompts not seen before (a text shown to many examples is written once), the
prediction, its scores and what the judge said (if it was asked); then the timings, if there are any; the last line
holds a checksum of all others. Fields at their default are left out. Nothing here knows what the numbers mean.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import StoreError
from harness.store.files import write_text
from harness.store.records import judgements as judgement_lines
from harness.store.records import prompt_pieces as prompt_lines
from harness.store.records import timings as timing_lines
from harness.types import Cell, Document, Example, Passage, Prediction, Record, Score, Span, Turn

FORMAT: Final = 2
"""2: scores may have details; in format 1 these were JSON in the note"""
SUFFIX: Final = ".jsonl"

Line = dict[str, Any]


def write(record: Record, path: Path) -> None:
    """Write the record, or leave what was there untouched.

    Args:
        record: scores must be metrics × examples: for each metric of `record.metrics` in turn, one score
            per example in order. `spec`, `environment` and `facts` must be JSON data (lists, not tuples).
        path: created with its folders; replaced atomically.

    Raises:
        StoreError: the record is incomplete, holds what JSON cannot, or the folder cannot be written.
    """
    _check_complete(record)
    try:
        lines = [_text(line) for line in _lines(record)]
    except (TypeError, ValueError) as error:
        raise StoreError(f"record of {record.cell}: holds something that JSON cannot ({error})") from error
    lines.append(_text({"kind": "end", "sha256": _checksum(lines)}))
    write_text(path, "\n".join(lines) + "\n")


def read(path: Path) -> Record:
    """Read a record that `write` wrote.

    Raises:
        StoreError: the file is missing, damaged, changed by hand, or of a newer format.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: the record cannot be read ({error})") from error
    lines = text.removesuffix("\n").split("\n")
    try:
        _check_format(json.loads(lines[0]), path)
        _check_end(lines, path)
        return _record([json.loads(line) for line in lines[:-1]])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise StoreError(f"{path}: the record is damaged ({error!r}); run the experiment again") from error


def _check_complete(record: Record) -> None:
    asked = [example.id for example in record.examples]
    if len(set(asked)) != len(asked):
        raise StoreError(f"record of {record.cell}: two examples share an id")
    answered = [prediction.example_id for prediction in record.predictions]
    if answered != asked:
        raise StoreError(
            f"record of {record.cell}: {len(asked)} examples and {len(answered)} predictions; "
            "there must be one prediction per example, in the same order"
        )
    strange = {judged.example_id for judged in record.judgements} - set(asked)
    if strange:
        raise StoreError(f"record of {record.cell}: a judgement of {min(strange)}, which is none of its examples")
    expected = [(metric, example_id) for metric in record.metrics for example_id in asked]
    if [(score.metric, score.example_id) for score in record.scores] != expected:
        raise StoreError(
            f"record of {record.cell}: {len(record.scores)} scores; there must be {len(expected)}: "
            f"for each metric in turn ({', '.join(record.metrics) or 'none'}), one score per example, in order"
        )


def _lines(record: Record) -> Iterator[Line]:
    yield {
        "kind": "head",
        "format": FORMAT,
        "cell": _fields(record.cell),
        "fingerprint": record.fingerprint,
        "comparison": record.comparison,
        "spec": record.spec,
        "environment": record.environment,
        "facts": record.facts,
        "metrics": record.metrics,
        "build_spans": [_fields(span) for span in record.build_spans],
        "resources": [_fields(resource) for resource in record.resources],
    }
    yield from ({"kind": "document", **_fields(document)} for document in record.evidence)
    numbers: dict[Passage, int] = {}
    pieces = prompt_lines.Pieces()
    judged = judgement_lines.written(record.judgements)
    count = len(record.examples)
    for place, (example, prediction) in enumerate(zip(record.examples, record.predictions, strict=True)):
        yield {"kind": "example", **_example_fields(example)}
        for passage in prediction.passages:
            shared = dataclasses.replace(passage, score=0.0)
            if shared not in numbers:
                numbers[shared] = len(numbers)
                yield {"kind": "passage", **_fields(shared, leave_out=("score",))}
        prompt = list(pieces.references(example, prediction))
        yield from ({"kind": "piece", "text": text} for _, text in prompt if text)
        references = {"prompt": [one for one, _ in prompt]} if prompt else {}
        yield {"kind": "prediction", **_prediction_fields(prediction, numbers), **references}
        values = {score.metric: _score_value(score) for score in record.scores[place::count]}
        yield {"kind": "scores", "values": values}
        if example.id in judged:
            yield {"kind": "judgements", "example_id": example.id, "answers": judged[example.id]}
    if record.timings is not None:
        yield from timing_lines.written(record.timings)


def _fields(value: Any, leave_out: Sequence[str] = ()) -> Line:
    """The fields of a flat dataclass that differ from their default."""
    return {
        field.name: getattr(value, field.name)
        for field in dataclasses.fields(value)
        if field.name not in leave_out and getattr(value, field.name) != field.default
    }


def _example_fields(example: Example) -> Line:
    fields = _fields(example)
    if not isinstance(example.input, str):
        fields["input"] = [_fields(turn) for turn in example.input]
    return fields


def _prediction_fields(prediction: Prediction, numbers: Mapping[Passage, int]) -> Line:
    fields = _fields(prediction, leave_out=("prompt",))
    fields["passages"] = [
        [numbers[dataclasses.replace(passage, score=0.0)], passage.score] for passage in prediction.passages
    ]
    fields["spans"] = [_fields(span) for span in prediction.spans]
    return fields


def _score_value(score: Score) -> float | list[Any] | None:
    if score.details:
        return [score.value, score.reason, score.note, dict(score.details)]
    if score.note:
        return [score.value, score.reason, score.note]
    return [score.value, score.reason] if score.reason else score.value


def _text(line: Line) -> str:
    text = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which a model or server can produce
        return json.dumps(line, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text


def _checksum(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _check_format(head: Line, path: Path) -> None:
    if head["kind"] != "head":
        raise ValueError(f"line 1 is a {head['kind']!r} and not the head of a record")
    if head["format"] > FORMAT:
        raise StoreError(
            f"{path}: written in format {head['format']}, and this version reads formats up to {FORMAT}; update Cutlery"
        )


def _check_end(lines: Sequence[str], path: Path) -> None:
    end = json.loads(lines[-1])
    if end["kind"] != "end":
        raise ValueError("its last lines are missing")
    if end["sha256"] != _checksum(lines[:-1]):
        raise ValueError("the checksum in its last line does not fit the lines before")


def _record(lines: Sequence[Line]) -> Record:
    head = lines[0]
    passages = [Passage(**line, score=0.0) for line in _of_kind(lines, "passage")]
    examples = tuple(_example(line) for line in _of_kind(lines, "example"))
    pieces = [line["text"] for line in _of_kind(lines, "piece")]
    predictions = _of_kind(lines, "prediction")
    values = [line["values"] for line in _of_kind(lines, "scores")]
    return Record(
        cell=Cell(**head["cell"]),
        spec=head["spec"],
        fingerprint=head["fingerprint"],
        comparison=head["comparison"],
        environment=head["environment"],
        facts=head["facts"],
        metrics=head["metrics"],
        build_spans=_spans(head["build_spans"]),
        examples=examples,
        predictions=tuple(
            _prediction(line, passages, pieces, example) for line, example in zip(predictions, examples, strict=True)
        ),
        scores=tuple(
            _score(example.id, metric, value[metric])
            for metric in head["metrics"]
            for example, value in zip(examples, values, strict=True)
        ),
        judgements=judgement_lines.read(
            (line["example_id"], line["answers"]) for line in _of_kind(lines, "judgements")
        ),
        resources=timing_lines.resources(head.get("resources", ())),
        evidence=tuple(Document(**line) for line in _of_kind(lines, "document")),
        timings=timing_lines.read([*_of_kind(lines, "timings")], [*_of_kind(lines, "timed_pass")]),
    )


def _of_kind(lines: Sequence[Line], kind: str) -> Iterator[Line]:
    for line in lines:
        if line["kind"] == kind:
            yield {name: value for name, value in line.items() if name != "kind"}


def _example(line: Line) -> Example:
    given = line["input"]
    line["input"] = given if isinstance(given, str) else tuple(Turn(**turn) for turn in given)
    line["references"] = tuple(line["references"])
    line["evidence"] = tuple(line["evidence"])
    line["facts"] = tuple(line.get("facts", ()))
    return Example(**line)


def _prediction(line: Line, passages: Sequence[Passage], pieces: Sequence[str], example: Example) -> Prediction:
    line["passages"] = tuple(dataclasses.replace(passages[number], score=score) for number, score in line["passages"])
    line["spans"] = _spans(line["spans"])
    shown = [passage.text for passage in line["passages"]]
    line["prompt"] = prompt_lines.resolved(line.get("prompt", ()), pieces, example, shown)
    return Prediction(**line)


def _spans(spans: Iterable[Line]) -> tuple[Span, ...]:
    return tuple(Span(**span) for span in spans)


def _score(example_id: str, metric: str, value: Any) -> Score:
    if not isinstance(value, list):
        return Score(example_id, metric, value)
    score = Score(example_id, metric, *value)
    if score.note.startswith("{"):  # format 1
        return dataclasses.replace(score, note="", details=json.loads(score.note))
    return score
