"""Warnings by arm where many questions got no answer: errors, empty answers, cut-off ones, repetitions, refusals.

Two arms with 0.000 look alike on a first page, whether they answered wrongly, said nothing, or refused everything.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.answers import NEARLY_ALL, is_loop, never_stops, others_end, repetitive
from harness.analysis.numbers import listed
from harness.analysis.outcomes import refused_ids
from harness.analysis.result import Level, Note, TableRow, warning
from harness.types import CUT_OFF, Prediction

CUT_OFF_TOLERATED: Final = 0.10
ERRORS_TOLERATED: Final = 0.10
FAILED_TOLERATED: Final = 0.10
REFUSED_TOLERATED: Final = 0.5
"""share of the answerable questions that an arm refuses, up to which the details are enough"""
LOOPING: Final = "most of them say the same words again and again, which no higher limit ends; read a few of them"
ERROR_SHOWN: Final = 160
"""characters of an error's text"""
EMPTY: Final = "empty"


def failure_warnings(source: ComparisonData, rows: Sequence[TableRow]) -> Iterator[Note]:
    """Yield what kept arms from answering, each kind with its share and what helps."""
    for row in rows:
        predictions = [one for record in source.records[row.arm] for one in record.predictions]
        errors = [one.error for one in predictions if one.finish == "error"]
        if len(errors) > ERRORS_TOLERATED * row.answers:
            level: Level = "act" if len(errors) >= NEARLY_ALL * row.answers else "warning"
            yield Note("Errors", _most_frequent(row, errors), level)
        if kinds := _kinds(row, predictions):
            yield warning("Failed", f"{row.arm}: {kinds}")
        if row.cut_off > CUT_OFF_TOLERATED * row.answers and not any(never_stops(source, row.arm)):
            text = (
                f"{_share(row.cut_off, row.answers)} of the answers were cut off; {_advice(source, row, predictions)}"
            )
            yield warning("Cut off", f"{row.arm}: {text}")
    yield from _refusals(source)


def _kinds(row: TableRow, predictions: Sequence[Prediction]) -> str:
    """Return how many answers failed, by kind, where no other warning covers them: some said nothing at all."""
    counts = Counter(_kind(one) for one in predictions if one.failed)
    if row.failed <= FAILED_TOLERATED * row.answers or not counts[EMPTY]:
        return ""
    kinds = [f"{count:,} {kind}" for kind, count in counts.most_common()]
    said = f"{row.failed:,} of {row.answers:,} answers failed ({_share(row.failed, row.answers)}): {listed(kinds)}"
    rest = row.answers - row.failed - row.abstained
    left = f"{row.abstained:,} refused, {rest:,} answered" if row.abstained else f"{rest:,} answered"
    learnt = "its adapter may have learnt to end at once; " if row.role.adapted else ""
    return f"{said}; {left}. An empty answer scores the worst value; {learnt}read a few of them"


def _kind(prediction: Prediction) -> str:
    """Return why an answer failed, as a warning counts it: "3 cut off"."""
    if prediction.finish == "error":
        return "with an error"
    if prediction.finish in CUT_OFF:
        return "stuck in a repetition" if is_loop(prediction) else "cut off"
    return EMPTY


def _advice(source: ComparisonData, row: TableRow, predictions: Sequence[Prediction]) -> str:
    if repetitive(predictions):
        return LOOPING
    alone = row.cut_off >= NEARLY_ALL * row.answers and others_end(source, row.arm)
    return alone_advice(row) if alone else "raise task.max_new_tokens"


def alone_advice(row: TableRow) -> str:
    """Return why the answers of this arm alone may not end, as far as it has the parts for it."""
    shown = "examples" if row.role.few_shot else "passages" if row.role.retrieves else ""
    adapted = ["its adapter never learnt to end an answer"] if row.role.adapted else []
    causes = " or ".join([*adapted, *([f"its {shown} lead it on"] if shown else [])])
    why = f": {causes}" if causes else ""
    return f"other arms end by the same stop tokens{why}; read a few of them, or raise task.max_new_tokens"


def _refusals(source: ComparisonData) -> Iterator[Note]:
    """Yield which arms refused most answerable questions: their scores say that, and nothing of their answers."""
    answerable = {example.id for example in source.examples if example.answerable}
    shares = []
    for arm, records in source.records.items():
        refused, asked = sum(len(refused_ids(one) & answerable) for one in records), len(records) * len(answerable)
        if refused > REFUSED_TOLERATED * asked:
            shares.append(f"{arm} {refused:,} of {asked:,}")
    if shares:
        text = f"most answerable questions were refused, not answered ({', '.join(shares)}), and score the worst value"
        yield warning("Refused", f"{text}: these means say how often an arm refuses, not how good its answers are")


def _most_frequent(row: TableRow, errors: Sequence[str]) -> str:
    ((error, count),) = Counter(" ".join(error.split()) for error in errors).most_common(1)
    text = error if len(error) <= ERROR_SHOWN else f"{error[:ERROR_SHOWN]}…"
    times = f"{count:,} time{'' if count == 1 else 's'}"
    return (
        f"{row.arm}: {_share(len(errors), row.answers)} of the answers are errors, which get a metric's worst value; "
        f"{times}: {text or 'no reason given'}"
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"
