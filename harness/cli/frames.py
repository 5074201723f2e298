"""Records as Arrow tables, one row per score or per answer. The schemas say what each column means (docs/API.md)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, Literal

import pyarrow as pa

from harness.errors import ConfigError
from harness.store.records.plain import fields_of
from harness.types import Record

Name = Literal["scores", "predictions"]


def _column(name: str, kind: Any, meaning: str) -> Any:
    return pa.field(name, kind, metadata={"meaning": meaning})


_KEYS: Final = [
    _column("task", pa.string(), "name of the task"),
    _column("model", pa.string(), "name of the base model"),
    _column("arm", pa.string(), "name of the arm"),
    _column("seed", pa.int64(), "seed of training and sampling"),
    _column("example_id", pa.string(), "id of the test example"),
]
SCHEMAS: Final[Mapping[Name, Any]] = {
    "scores": pa.schema(
        [
            *_KEYS,
            _column("metric", pa.string(), "name of the metric"),
            _column("value", pa.float64(), "the score; null where there is none"),
            _column("reason", pa.string(), "why there is no value, or abstained: a refusal"),
        ]
    ),
    "predictions": pa.schema(
        [
            *_KEYS,
            _column("group", pa.string(), "cluster that the example is resampled with; empty: a cluster of its own"),
            _column("slice", pa.string(), "kind of example; empty where the task names none"),
            _column("answerable", pa.bool_(), "false where a refusal is the right answer"),
            _column("input", pa.string(), "question, message or text; the turns of a conversation are on lines"),
            _column("references", pa.list_(pa.string()), "right answers, best first"),
            _column("answer", pa.string(), "what the arm answered; empty when there is no answer"),
            _column(
                "finish",
                pa.string(),
                "stop, length (cut off at the token limit), loop (cut off in a repetition) or error",
            ),
            _column("error", pa.string(), "why there is no answer; empty otherwise"),
            _column("passage_ids", pa.list_(pa.string()), "documents of the passages in the prompt, in their order"),
            _column("passages", pa.list_(pa.string()), "text of these passages"),
            _column("passages_dropped", pa.int64(), "retrieved passages left out because the context window was full"),
            _column("input_cut", pa.bool_(), "whether the input was shortened to fit the context window"),
            _column("tokens_out", pa.int64(), "tokens written"),
            _column("adapter_key", pa.string(), "store key of the adapter; empty for none"),
        ]
    ),
}
"""name of the table -> its columns with types and meanings"""
ROWS: Final = 4096
"""of a batch, and of a row group of a Parquet file"""


def arrow_table(name: Name, records: Iterable[Record]) -> Any:
    """Return all scores or all predictions of some records as a `pyarrow.Table`.

    Raises:
        ConfigError: there is no table of that name.
    """
    return pa.Table.from_batches(arrow_batches(name, records), schema=schema_of(name)).combine_chunks()


def arrow_batches(name: Name, records: Iterable[Record]) -> Iterator[Any]:
    """Return the same as an iterator of `pyarrow.RecordBatch`es of at most ROWS rows: only those are in memory.

    Raises:
        ConfigError: there is no table of that name.
    """
    return _batches(name, records, schema_of(name))


def _batches(name: Name, records: Iterable[Record], schema: Any) -> Iterator[Any]:
    rows = ({**fields_of(record.cell), **row} for record in records for row in _ROWS[name](record))
    while some := list(islice(rows, ROWS)):
        yield pa.RecordBatch.from_pylist(some, schema=schema)  # fields that are no column are left out


def schema_of(name: Name) -> Any:
    """Return the columns of a table.

    Raises:
        ConfigError: there is no table of that name.
    """
    if name not in SCHEMAS:
        raise ConfigError(f"{name!r} is not a table of results; there are {' and '.join(SCHEMAS)}")
    return SCHEMAS[name]


def schema_table(name: Name) -> str:
    """Return the columns of a table as Markdown."""
    rows = [
        f"| `{column.name}` | `{column.type}` | {column.metadata[b'meaning'].decode()} |" for column in SCHEMAS[name]
    ]
    return "\n".join(["| column | type | meaning |", "| --- | --- | --- |", *rows])


def _scores(record: Record) -> Iterator[dict[str, Any]]:
    return (fields_of(score) for score in record.scores)


def _predictions(record: Record) -> Iterator[dict[str, Any]]:
    for example, prediction in zip(record.examples, record.predictions, strict=True):
        yield {
            **fields_of(example),
            **fields_of(prediction),
            "input": example.text,
            "answer": prediction.text,
            "passage_ids": [passage.document_id for passage in prediction.passages],
            "passages": [passage.text for passage in prediction.passages],
            "tokens_out": sum(span.tokens_out for span in prediction.spans),
        }


_ROWS: Final[Mapping[Name, Callable[[Record], Iterator[dict[str, Any]]]]] = {
    "scores": _scores,
    "predictions": _predictions,
}
