"""Large records, whose answers stay on disk: the same objects as in a small one, made when they are asked for.

A record of 100,000 examples is half a gigabyte of objects, and a table needs all arms at once. So what is long (texts,
passages, prompts, claims, documents) is read line by line where it is used, and what is short (which answers failed,
the values of the scores) lies in arrays. The checksum of the whole file is checked before anything is believed; the
file stays open as long as the record is used.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, Final, TypeVar, cast, get_args

import numpy as np

from harness.errors import StoreError
from harness.store.records import judgements
from harness.store.records.judgements import EVIDENCE_SOURCES
from harness.store.records.lazy import Lazy, Lines
from harness.store.records.plain import restored, restored_field
from harness.store.records.prompt_pieces import resolved
from harness.types import (
    Document,
    EvidenceSource,
    Example,
    Finish,
    JudgedAnswer,
    Passage,
    Prediction,
    Reason,
    Score,
)

T = TypeVar("T")

FINISHES: Final[tuple[Finish, ...]] = get_args(Finish)
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
FIELDS: Final = frozenset(field.name for field in fields(Prediction))
NO_VALUE: Final = float("nan")
MOST_EXACT: Final = 2**53
"""up to which an array of floats holds every whole number"""
MOST_SOURCES: Final = 8
"""evidence sources of one answer, at most"""
NUMBER, WHOLE_NUMBER, LINE = range(3)
"""where a score is read from: as the number that the array has, as that number without a fraction, or from its line"""
KEPT: Final = 4096
"""passages, and pieces of prompts, that are kept once they were read: the next example often shows the same"""


class StoredAnswers:
    """The predictions of a record: how each ended in arrays, the rest in lines.

    Args:
        lines: of predictions.
        passages: lines that they name by number.
        pieces: lines of prompts' pieces, likewise.
        examples: what was asked, in the order of the predictions.
    """

    def __init__(self, lines: Lines, passages: Lines, pieces: Lines, examples: Sequence[Example]) -> None:
        self.lines, self.examples = lines, examples
        self.finishes, self.blank = bytearray(), bytearray()
        self.line = lru_cache(maxsize=1)(lines.read)
        self.passage = lru_cache(maxsize=KEPT)(
            lambda number: restored(Passage, {**passages.fields(number), "score": 0})
        )
        self.piece = lru_cache(maxsize=KEPT)(lambda number: str(pieces.read(number)["text"]))

    def add(self, line: Mapping[str, Any]) -> None:
        """Note how the next answer ended."""
        self.finishes.append(FINISHES.index(line["finish"]))
        self.blank.append(not line["text"].strip())

    def predictions(self) -> tuple[Prediction, ...]:
        """Return all, in the order of the examples: always the same objects, as callers may know them by identity."""
        return tuple(cast(Prediction, StoredPrediction(self, number)) for number in range(len(self.lines)))

    def passages(self, number: int) -> tuple[Passage, ...]:
        """Return the passages of an answer."""
        return tuple(_scored(self.passage(one), score) for one, score in self.line(number)["passages"])

    def prompt(self, number: int) -> tuple[str, ...]:
        """Return the pieces of an answer's prompt."""
        shown = [passage.text for passage in self.passages(number)]
        pieces = _Numbered(self.piece)
        references = self.line(number).get("prompt", ())
        return tuple(resolved(references, cast(Sequence[str], pieces), self.examples[number], shown))


class StoredPrediction:
    """A prediction on disk: it has every field of `harness.types.Prediction`, and holds nothing but its number.

    It passes for one: `isinstance`, `==`, `hash`, pickle and the functions of `dataclasses` work.
    """

    __slots__ = ("_number", "_of")
    __dataclass_fields__ = Prediction.__dataclass_fields__

    def __init__(self, of: StoredAnswers, number: int) -> None:
        self._of, self._number = of, number

    @property  # type: ignore[misc]
    def __class__(self) -> type[Prediction]:  # type: ignore[override]
        return Prediction

    @property
    def example_id(self) -> str:
        return self._of.examples[self._number].id

    @property
    def finish(self) -> Finish:
        return FINISHES[self._of.finishes[self._number]]

    @property
    def failed(self) -> bool:
        return self.finish != "stop" or bool(self._of.blank[self._number])

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self._of.passages(self._number)

    @property
    def prompt(self) -> tuple[str, ...]:
        return self._of.prompt(self._number)

    def __eq__(self, other: object) -> bool:
        return replace(cast(Prediction, self)) == other

    def __hash__(self) -> int:
        return hash(replace(cast(Prediction, self)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Prediction, tuple(getattr(self, name) for name in Prediction.__dataclass_fields__)

    def __getattr__(self, name: str) -> Any:
        if name not in FIELDS:
            raise AttributeError(name)
        return restored_field(Prediction, name, self._of.line(self._number))


class StoredScores(Lazy[Score]):
    """The scores of a record: values and reasons in arrays; notes and details are read from their lines.

    Args:
        lines: of scores, one per example.
        metrics: in the order of the scores.
        examples: likewise.
        score: (example id, metric, value as written) -> score.
    """

    def __init__(
        self,
        lines: Lines,
        metrics: Sequence[str],
        examples: Sequence[Example],
        score: Callable[[str, str, Any], Score],
    ) -> None:
        # `item` is overridden: a bound method of one's own would keep the file open until the collector comes
        self.numbers: Sequence[int] = ()
        self.line = lru_cache(maxsize=1)(lines.read)
        self.metrics, self.examples, self.score = list(metrics), examples, score
        self.values, self.reasons, self.read_from = array("d"), bytearray(), bytearray()

    def add(self, values: Mapping[str, Any]) -> None:
        """Note the scores of the next example."""
        for metric in self.metrics:
            written = values[metric] if isinstance(values[metric], list) else [values[metric], ""]
            self.values.append(NO_VALUE if written[0] is None else float(written[0]))
            self.reasons.append(REASONS.index(written[1]))
            self.read_from.append(_where(written))
        self.numbers = range(len(self.values))

    def of(self, metric: str) -> Sequence[Score]:
        """Return the scores of one metric, in the order of the examples; () without it."""
        if metric not in self.metrics:
            return ()
        first = self.metrics.index(metric) * len(self.examples)
        return self[first : first + len(self.examples)]

    def ids_with(self, reason: Reason) -> frozenset[str]:
        """Return the ids of the examples that some metric gave this reason."""
        reasons = np.frombuffer(self.reasons, dtype=np.uint8).reshape(len(self.examples), len(self.metrics))
        found = (reasons == REASONS.index(reason)).any(axis=1)
        return frozenset(self.examples[number].id for number in np.flatnonzero(found).tolist())

    def item(self, number: int) -> Score:
        """Make a score."""
        place, example = divmod(number, len(self.examples))
        at = example * len(self.metrics) + place
        metric, example_id = self.metrics[place], self.examples[example].id
        if self.read_from[at] == LINE:
            return self.score(example_id, metric, self.line(example)["values"][metric])
        kept = self.values[at]
        whole = self.read_from[at] == WHOLE_NUMBER
        value = None if kept != kept else int(kept) if whole else kept
        return Score(example_id, metric, value, REASONS[self.reasons[at]])


class StoredJudgements:
    """The judgements of a record, one evidence source after the other."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.places: dict[EvidenceSource, array[int]] = {source: array("q") for source in EVIDENCE_SOURCES}

    def add(self, line: Mapping[str, Any]) -> None:
        """Note which evidence sources the next line speaks of."""
        number = len(self.lines) - 1
        for part, (source, *_) in enumerate(line["answers"]):
            self.places[source].append(number * MOST_SOURCES + part)

    def answers(self) -> Sequence[JudgedAnswer]:
        """Return all, as `judgements.read` does."""
        places = array("q")
        for own in self.places.values():
            places += own
        return JudgedOnDisk(self, places)

    def rows(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield example id and rows, as `judgements.written` has them, in the order of the examples."""
        for number in range(len(self.lines)):
            line = self.lines.read(number)
            yield from judgements.written(judgements.read([(line["example_id"], line["answers"])])).items()

    def made(self, place: int) -> JudgedAnswer:
        """Return one by its place."""
        number, part = divmod(place, MOST_SOURCES)
        line = self.lines.read(number)
        (answer,) = judgements.read([(line["example_id"], [line["answers"][part]])])
        return answer


class JudgedOnDisk(Lazy[JudgedAnswer]):
    """Judgements that are read when they are asked for."""

    def __init__(self, of: StoredJudgements, places: Sequence[int]) -> None:
        super().__init__(of.made, places)
        self.of = of


def judgements_of(judged: Sequence[JudgedAnswer], examples: Sequence[Example]) -> Iterator[list[Any]]:
    """Yield the rows of each example's judgements, [] without any.

    Raises:
        StoreError: at the end, where those on disk are not in the order of the examples: some were not yielded.
    """
    if not isinstance(judged, JudgedOnDisk):
        rows = judgements.written(judged)
        yield from (rows.get(example.id, []) for example in examples)
        return
    coming = judged.of.rows()
    pending = next(coming, None)
    for example in examples:
        if pending is None or pending[0] != example.id:
            yield []
            continue
        yield pending[1]
        pending = next(coming, None)
    if pending is not None:
        raise StoreError(f"judgements are in another order than the examples, or of others: that of {pending[0]}")


def scores_of(scores: Sequence[Score], metric: str) -> Sequence[Score]:
    """Return those of one metric, in their order."""
    if isinstance(scores, StoredScores):
        return scores.of(metric)
    return tuple(score for score in scores if score.metric == metric)


def ids_with(scores: Sequence[Score], reason: Reason) -> frozenset[str]:
    """Return the ids of the examples that some metric gave this reason."""
    if isinstance(scores, StoredScores):
        return scores.ids_with(reason)
    return frozenset(score.example_id for score in scores if score.reason == reason)


def joined(parts: Sequence[Sequence[T]]) -> Sequence[T]:
    """Return one sequence after the other as one; those on disk stay there."""
    if len(parts) == 1:
        return parts[0]
    if not any(isinstance(part, Lazy) for part in parts):
        return tuple(item for part in parts for item in part)
    starts = np.cumsum([0, *map(len, parts)])

    def item(number: int) -> T:
        part = int(np.searchsorted(starts, number, side="right")) - 1
        return parts[part][number - int(starts[part])]

    return Lazy(item, range(int(starts[-1])))


def by_id(sources: Sequence[Sequence[Document]]) -> Mapping[str, Document]:
    """Return the documents of several records by their ids, the last one of each; those on disk stay there."""
    if any(isinstance(source, Lazy) for source in sources):
        return DocumentsById(sources)
    return {document.id: document for source in sources for document in source}


class DocumentsById(Mapping[str, Document]):
    """Documents that are read when they are asked for."""

    def __init__(self, sources: Sequence[Sequence[Document]]) -> None:
        self.sources = sources
        self.places = {one.id: (at, number) for at, source in enumerate(sources) for number, one in enumerate(source)}

    def __getitem__(self, document_id: str) -> Document:
        at, number = self.places[document_id]
        return self.sources[at][number]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


def _where(written: Sequence[Any]) -> int:
    """Return where a score is read from, so that it is what it was: 1 is written as 1 and 1.0 as 1.0."""
    value = written[0]
    if len(written) > len(("value", "reason")) or isinstance(value, bool):
        return LINE
    if isinstance(value, int):
        return WHOLE_NUMBER if abs(value) <= MOST_EXACT else LINE
    return NUMBER


class _Numbered:
    """What a function returns for a number, as if it were a list."""

    def __init__(self, make: Callable[[int], str]) -> None:
        self.make = make

    def __getitem__(self, number: int) -> str:
        return self.make(number)


def _scored(passage: Passage, score: float) -> Passage:
    """Return the passage with a score; `dataclasses.replace` takes three times as long."""
    return Passage(
        passage.document_id,
        passage.text,
        passage.start,
        passage.end,
        score,
        passage.title,
        passage.origin,
        passage.metadata,
        passage.head,
    )
