"""Records -> the JSON that the viewer reads, and its script element: no text twice, rows as lists in a fixed order.

`script/20-data.js` reads it; the two change together.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markupsafe import Markup

from harness.analysis import failure_causes as causes
from harness.analysis.metric_facts import RIGHT_FROM
from harness.analysis.outcomes import state
from harness.analysis.result import Table
from harness.store.records.judgements import written
from harness.types import Document, Example, Passage, Prediction, Record, Score

SIGNIFICANT_DIGITS: Final = 5
HASH_SHOWN: Final = 16

TableRow = list[Any]


@dataclass
class Texts:
    """Every text once; rows hold numbers."""

    numbers: dict[str, int] = field(default_factory=dict)

    def __call__(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


def parts(table: Table, arms: Mapping[str, Sequence[Record]]) -> Iterator[str]:
    """Yield the pieces of one JSON text: a head, a row per example with the answers of every arm, documents, texts."""
    texts = Texts()
    metrics = [column.metric for column in table.columns]
    decides = causes.deciding_metric([record for group in arms.values() for record in group])
    yield f'{{"head":{json_text(_head(table, arms, decides))},"rows":['
    comma = ""
    for row in _rows(arms, metrics, texts, decides):
        yield f"{comma}{json_text(row)}"
        comma = ",\n"
    documents = json_text(_documents(arms, texts))
    yield f'],"documents":{documents},"texts":{json_text(list(texts.numbers))}}}'


def slices(examples: Sequence[Example]) -> list[str]:
    """Return the slices in the order that the page numbers them by."""
    return sorted({example.slice for example in examples if example.slice})


def _head(table: Table, arms: Mapping[str, Sequence[Record]], decides: str | None) -> dict[str, Any]:
    return {
        "title": table.title,
        "arms": [{"name": name, "seeds": [record.cell.seed for record in group]} for name, group in arms.items()],
        "metrics": [
            {"name": column.metric, "unit": column.unit, "higher": column.higher_is_better} for column in table.columns
        ],
        "measured": [
            [int(row.entries[place].mean is not None) for row in table.rows] for place in range(len(table.columns))
        ],
        "decides": None if decides is None else {"name": decides, "at": RIGHT_FROM[decides]},
        "slices": slices(next(iter(arms.values()))[0].examples),
    }


def _rows(
    arms: Mapping[str, Sequence[Record]], metrics: Sequence[str], texts: Texts, decides: str | None
) -> Iterator[TableRow]:
    """Examples in the order of the first record; every arm's answers to each, one per seed."""
    gold = causes.gold_documents(record for group in arms.values() for record in group)
    cause_names = [[_causes(record, decides, gold) for record in group] for group in arms.values()]
    answers = [
        [_Answers(record, metrics, texts, named) for record, named in zip(group, names, strict=True)]
        for group, names in zip(arms.values(), cause_names, strict=True)
    ]
    for example in next(iter(arms.values()))[0].examples:
        yield [*_example(example, texts), [[one.row(example.id) for one in group] for group in answers]]


def _example(example: Example, texts: Texts) -> TableRow:
    turns = example.input
    given = texts(turns) if isinstance(turns, str) else [[turn.role, turn.content] for turn in turns]
    return [
        example.id,
        given,
        list(example.references),
        list(example.evidence),
        int(example.answerable),
        example.slice,
        list(example.facts),
        example.group,
    ]


def _documents(arms: Mapping[str, Sequence[Record]], texts: Texts) -> dict[str, TableRow]:
    """Every gold document that some record keeps: id -> title, text."""
    known = causes.gold_documents(record for group in arms.values() for record in group)
    return {name: [one.title, texts(one.text)] for name, one in known.items()}


def _causes(record: Record, decides: str | None, gold: Mapping[str, Document]) -> dict[str, str]:
    """By example id; nothing where no cause is known."""
    found = () if decides is None else causes.failure_causes(record, decides, gold)
    return {one.example_id: one.name for one in found if one.name != "unknown"}


class _Answers:
    """One record, by example."""

    def __init__(self, record: Record, metrics: Sequence[str], texts: Texts, cause_names: Mapping[str, str]) -> None:
        self.texts = texts
        self.predictions = {one.example_id: one for one in record.predictions}
        self.scores: dict[str, dict[str, Score]] = {one.id: {} for one in record.examples}
        for score in record.scores:
            self.scores[score.example_id][score.metric] = score
        self.metrics = metrics
        self.judged = written(record.judgements)
        self.causes = cause_names

    def row(self, example_id: str) -> TableRow:
        prediction, scores = self.predictions[example_id], self.scores[example_id]
        return [
            state(prediction, scores.values()),
            self.texts(prediction.text),
            [_score(scores.get(metric)) for metric in self.metrics],
            [self._passage(passage) for passage in prediction.passages],
            [self.texts(piece) for piece in prediction.prompt],
            self.judged.get(example_id, []),
            [
                [one.stage, _short(one.seconds), one.batch_size, one.tokens_in, one.tokens_out]
                for one in prediction.spans
            ],
            _remarks(prediction),
            self.causes.get(example_id, ""),
        ]

    def _passage(self, passage: Passage) -> TableRow:
        stated = (f"{key}: {value}" for key, value in passage.metadata)
        title = " · ".join(filter(None, (passage.title, *stated, passage.head)))
        return [passage.document_id, title, self.texts(passage.text), _short(passage.score), passage.start]


def _score(score: Score | None) -> Any:
    """A number; or [number or null, reason, note, details]; or null where the arm was not scored."""
    if score is None:
        return None
    value = None if score.value is None else _short(score.value)
    explained = score.reason or score.note or score.details
    return [value, score.reason, score.note, dict(score.details)] if explained else value


def _remarks(prediction: Prediction) -> list[str]:
    remarks = [f"error: {prediction.error}"] if prediction.error else []
    if prediction.passages_dropped:
        remarks.append(f"{prediction.passages_dropped} retrieved passages did not fit into the context window")
    if prediction.input_cut:
        remarks.append("the input was shortened to fit the context window")
    if prediction.prompt_sha256:
        remarks.append(f"prompt sha256 {prediction.prompt_sha256[:HASH_SHOWN]}…")
    return remarks


def _short(number: float) -> float:
    """Enough digits to sort and to show by; a record holds the rest."""
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")


ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
GZIP: Final = 16 + zlib.MAX_WBITS
LEVEL: Final = 6


def block(parts: Iterable[str], pack_above: int, name: str = "data") -> Markup:
    """Return the script element that holds the JSON text made of `parts`.

    Args:
        parts: taken one by one, so that a large text is never in memory as a whole.
        pack_above: characters from which on the text is gzipped (a browser of 2023 or later unpacks it).
        name: id of the element.
    """
    plain, length, parts = list[str](), 0, iter(parts)
    for part in parts:
        plain.append(part)
        length += len(part)
        if length > pack_above:
            return _element("application/octet-stream", name, _packed(plain, parts))
    return _element("application/json", name, "".join(plain).translate(ESCAPES))


def json_text(value: Any) -> str:
    """Return compact JSON; half a surrogate pair, which a model can produce, stays an escape."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text


def _element(kind: str, name: str, text: str) -> Markup:
    return Markup(f'<script type="{kind}" id="{name}">{text}</script>')


def _packed(first: list[str], rest: Iterable[str]) -> str:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)  # zlib writes no time into the head, so bytes stay the same
    done = [packer.compress("".join(first).encode())]
    first.clear()
    done += [packer.compress(part.encode()) for part in rest]
    return base64.b64encode(b"".join([*done, packer.flush()])).decode()
