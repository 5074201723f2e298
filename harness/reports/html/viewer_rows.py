"""Records -> the rows of the viewer: an example with every arm's answers, as lists in a fixed order.

`script/20-data.js` reads them; the two change together. A record may keep its answers on disk: each is taken when its
row is made, and of all others only numbers are known.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.analysis import failure_causes as causes
from harness.analysis.outcomes import state
from harness.machine.measured import Span
from harness.metrics.retrieval_scoring import retrieves
from harness.store.records.judgements import written
from harness.types import Example, JudgedAnswer, Passage, Prediction, Record, Score

SIGNIFICANT_DIGITS: Final = 5
HASH_SHOWN: Final = 16
STATE, TEXT, SCORES, CAUSE = 0, 1, 2, 8
"""places in the row of an answer"""
NONE: Final = -1

ViewerRow = list[Any]


@dataclass
class Texts:
    """Every text once; rows hold numbers."""

    numbers: dict[str, int] = field(default_factory=dict)

    def __call__(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


class ViewerRows:
    """The examples of a comparison in the order of its first record, with every arm's answers, one per seed.

    Args:
        arms: the records by arm; all have the same examples, not necessarily in the same order.
        metrics: whose scores are shown.
        decides: the metric that tells right from wrong; "" for none.
    """

    def __init__(self, arms: Mapping[str, Sequence[Record]], metrics: Sequence[str], decides: str) -> None:
        records = [record for group in arms.values() for record in group]
        self.metrics, self.decides = metrics, decides
        self.examples = records[0].examples
        self.gold = causes.gold_documents(records)
        order = [example.id for example in self.examples]
        self.answers = [[_RecordAnswers(self, record, order) for record in group] for group in arms.values()]

    def row(self, number: int, texts: Texts) -> ViewerRow:
        """Return the example with all answers."""
        own = _example(self.examples[number], texts)
        return [*own, [[one.row(number, texts) for one in group] for group in self.answers]]

    def documents(self, texts: Texts, numbers: Sequence[int] | None = None) -> dict[str, ViewerRow]:
        """Return the gold documents that some record keeps, id -> title, text.

        Args:
            texts: numbers their texts.
            numbers: of the examples whose documents are meant; None: all.
        """
        known = self.gold
        if numbers is not None:
            named = dict.fromkeys(name for number in numbers for name in self.examples[number].evidence)
            known = {name: self.gold[name] for name in named if name in self.gold}
        return {name: [one.title, texts(one.text)] for name, one in known.items()}


def _example(example: Example, texts: Texts) -> ViewerRow:
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


class _RecordAnswers:
    """One record, by the number of an example in the comparison.

    Args:
        of: the comparison.
        record: one of its records.
        order: ids of the comparison's examples.
    """

    def __init__(self, of: ViewerRows, record: Record, order: Sequence[str]) -> None:
        self.of, self.record = of, record
        places = {example.id: place for place, example in enumerate(record.examples)}
        self.places = array("q", [places[example_id] for example_id in order])
        self.first_scores = _first_scores(record)
        self.judged = _Judged(record.judgements, places)
        self.searches = retrieves(record.predictions)

    def row(self, number: int, texts: Texts) -> ViewerRow:
        place = self.places[number]
        prediction = self.record.predictions[place]
        scores = {metric: self.record.scores[first + place] for metric, first in self.first_scores.items()}
        return [
            state(prediction, scores.values()),
            texts(prediction.text),
            [_score(scores.get(metric)) for metric in self.of.metrics],
            [_passage(passage, texts) for passage in prediction.passages],
            [texts(piece) for piece in prediction.prompt],
            written(self.judged.of(place)).get(prediction.example_id, []),
            [_span(span) for span in prediction.spans],
            _remarks(prediction),
            self._cause(place, prediction, scores.get(self.of.decides)),
        ]

    def _cause(self, place: int, prediction: Prediction, score: Score | None) -> str:
        """Nothing where no cause is known."""
        if score is None:
            return ""
        example = self.record.examples[place]
        name = causes.cause_of(example, prediction, score, self.of.gold, searches=self.searches).name
        return "" if name == "unknown" else name


def _first_scores(record: Record) -> dict[str, int]:
    """Return the number of each metric's first score: for each metric in turn, a record has one score per example."""
    firsts = range(0, len(record.scores), len(record.examples) or 1)
    return {record.scores[first].metric: first for first in firsts}


class _Judged:
    """Which judgements of a record are of which example, as numbers: each knows the next one of its example.

    Args:
        judgements: of the record.
        places: example id -> place.
    """

    def __init__(self, judgements: Sequence[JudgedAnswer], places: Mapping[str, int]) -> None:
        self.judgements = judgements
        self.first = array("q", [NONE]) * len(places)
        self.next = array("q", [NONE]) * len(judgements)
        for number in reversed(range(len(judgements))):
            place = places[judgements[number].example_id]
            self.next[number], self.first[place] = self.first[place], number

    def of(self, place: int) -> Iterator[JudgedAnswer]:
        number = self.first[place]
        while number != NONE:
            yield self.judgements[number]
            number = self.next[number]


def _span(span: Span) -> ViewerRow:
    return [span.stage, _short(span.seconds), span.batch_size, span.tokens_in, span.tokens_out]


def _passage(passage: Passage, texts: Texts) -> ViewerRow:
    stated = (f"{key}: {value}" for key, value in passage.metadata)
    title = " · ".join(filter(None, (passage.title, *stated, passage.head)))
    return [passage.document_id, title, texts(passage.text), _short(passage.score), passage.start]


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
