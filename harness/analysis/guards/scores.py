"""Scores against the answers that they are scores of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import (
    ENOUGH,
    Shown,
    answered,
    by_id,
    every_record,
    is_reference,
    named,
    shown,
    side_by_side,
)
from harness.analysis.headline import has_short_references, reference_length
from harness.analysis.metric_facts import FACTS, FORM_SENSITIVE, QUALITY, REFUSALS, STYLE, SUPPORT, WORDING
from harness.analysis.numbers import listed, number
from harness.analysis.outcomes import refused_ids
from harness.analysis.result import Column, Note, act, warning
from harness.analysis.stats.bootstrap import Floats
from harness.types import Example, Prediction

Bools = np.ndarray[Any, np.dtype[np.bool_]]
SAME: Final = 1e-3
"""values nearer than this are one: batches of an encoder round differently"""
TELLING: Final = 5
"""different values that a metric must have in an arm before equal ones in another arm are no accident"""
AGAIN: Final = "score the arms again together (delete their records and run the same command)"
ODD_TOLERATED: Final = 0.1
"""share of perfect answers without the best value: a reference without a single letter has no words to compare"""
OF_WORDING: Final = frozenset({*FORM_SENSITIVE, *WORDING})
"""metrics that compare the words of answer and reference: equal words have the value 1"""
OF_ANSWERS: Final = frozenset({*FACTS, *QUALITY, *STYLE, *SUPPORT, *REFUSALS})
"""metrics that a failed answer gets the worst value of; retrieval is scored whatever came of the answer"""


def score_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield the metrics that say nothing, and scores that belong to other answers."""
    for place, column in enumerate(source.columns):
        yield from _constant(source, place, column)
    judged = _judged_by_models(source)
    computed = [place for place, column in enumerate(source.columns) if column.metric not in judged]
    yield from _of_another_arm(source, computed)
    yield from _of_equal_answers(source, computed)
    yield from _of_failures(source)
    yield from _of_references(source)


def _judged_by_models(source: ComparisonData) -> frozenset[str]:
    """Return the metrics whose judge is a model: it may judge one answer twice and differently."""
    judges = [judge for _, record in every_record(source) for judge in record.facts.get("judges", ())]
    return frozenset(name for judge in judges if judge.get("reads") != "words" for name in judge["metrics"])


def _constant(source: ComparisonData, place: int, column: Column) -> Iterator[Note]:
    """Flag a metric with one value for all answers that say something, unless it is the best one: all may be right."""
    by_arm = [own[:, :, place][_says_something(source, arm)] for arm, own in zip(source.arms, source.runs, strict=True)]
    values = np.concatenate([own[~np.isnan(own)] for own in by_arm])
    arms = sum(not np.isnan(own[:, :, place]).all() for own in source.runs)
    if arms < 2 or len(values) < ENOUGH * arms or values.min() != values.max() or column.higher_is_better is None:
        return
    value = float(values[0])
    if column.worst is not None and column.worst != value and {column.worst, value} == {0.0, 1.0}:
        return
    text = f"{column.metric} is {number(value, 3)} for every answer of every arm, so it tells nothing apart"
    if column.metric in FORM_SENSITIVE and not _some_reference(source):
        yield warning("Constant metric", f"{text}. No answer has a reference's very words, {_why_no_words(source)}")
        return
    yield act(
        "Constant metric",
        f"{text}. The references are in a wrong column or in another form than answers, the metric does not fit the "
        "task, or it is broken: read a few answers next to their references, or leave it out (metric=[…])",
    )


def _why_no_words(source: ComparisonData) -> str:
    """Return what it means that no answer is worded as a reference is: usual for long ones, and not for short ones."""
    if not has_short_references(source.examples):
        return "as usual where answers are long; leave the metric out"
    length = reference_length(source.examples) or 0
    return (
        f"though references are short (half of them at most {length:g} {'word' if length == 1 else 'words'}): the "
        "answers are wrong, or in another form; read a few beside their references"
    )


def _says_something(source: ComparisonData, arm: str) -> Bools:
    """Return which answers, (seeds, examples), are neither failures nor refusals: a metric gives these one value."""
    rows = []
    for record in source.records[arm]:
        silent = {one.example_id for one in record.predictions if one.failed} | set(refused_ids(record))
        rows.append([example.id not in silent for example in source.examples])
    return np.array(rows)


def _some_reference(source: ComparisonData) -> bool:
    examples = by_id(source)
    return any(
        is_reference(examples[key], one.text)
        for _, record in every_record(source)
        for key, one in answered(record).items()
    )


def _of_another_arm(source: ComparisonData, places: Sequence[int]) -> Iterator[Note]:
    """Flag two arms with all values of a metric alike and most texts different."""
    for first, second in combinations(range(len(source.arms)), 2):
        a, b = source.runs[first][0], source.runs[second][0]
        same = [place for place in places if _tells(a[:, place]) and _alike(a[:, place], b[:, place])]
        texts = [answered(source.records[source.arms[arm]][0]) for arm in (first, second)]
        other = sum(texts[0][key].text != texts[1][key].text for key in texts[0] if key in texts[1])
        if same and 2 * other > len(source.examples):
            arms = (
                f"{source.arms[first]} and {source.arms[second]} have the same {_names(source, same)} on every example"
            )
            yield act(
                "Scores", f"{arms}, though most of their answers differ. One arm's scores are the other's; {AGAIN}"
            )


def _names(source: ComparisonData, places: Sequence[int]) -> str:
    return listed([source.columns[place].metric for place in places])


def _tells(values: Floats) -> bool:
    return len(np.unique(values[~np.isnan(values)])) >= TELLING


def _alike(a: Floats, b: Floats) -> bool:
    return a.shape == b.shape and bool(np.array_equal(np.isnan(a), np.isnan(b)) and np.nanmax(np.abs(a - b)) < SAME)


def _of_equal_answers(source: ComparisonData, places: Sequence[int]) -> Iterator[Note]:
    """Flag scores that differ for the same answer to the same question with the same passages."""
    odd = [
        (example.id, list(own), differing)
        for row, (example, answers) in enumerate(side_by_side(source))
        for own in _equal_answers(source, row, answers)
        if (differing := _apart(own.values(), places))
    ]
    for example_id, arms, differing in odd[:1]:
        text = f"{named(arms)} gave {example_id} the same answer with the same passages, and other"
        yield act(
            "Scores",
            f"{text} {_names(source, differing)} ({len(odd):,} such answers). They were scored by other code or data; "
            f"{AGAIN}",
        )


def _equal_answers(
    source: ComparisonData, row: int, answers: Sequence[tuple[str, int, Prediction]]
) -> list[dict[str, Floats]]:
    """Return, for each answer that several arms gave to an example, the values of each of them."""
    found: dict[tuple[Shown, str, str], dict[str, Floats]] = defaultdict(dict)
    for arm, seed, one in answers:
        found[shown(one), one.text, one.finish][arm] = source.runs[source.arms.index(arm)][seed, row]
    return [own for own in found.values() if len(own) > 1]


def _apart(values: Iterable[Floats], places: Sequence[int]) -> list[int]:
    """Return the places at which values differ; one that an arm lacks differs from none."""
    rows = np.stack(list(values))
    return [place for place in places if _spread(rows[:, place]) > SAME]


def _spread(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.ptp(known)) if len(known) else 0.0


def _of_failures(source: ComparisonData) -> Iterator[Note]:
    odd: dict[int, list[str]] = {}
    arms: list[str] = []
    for place, column in enumerate(source.columns):
        if column.metric not in OF_ANSWERS or column.worst is None:
            continue
        for arm, records in source.records.items():
            for seed in range(len(records)):
                if keys := list(_scored_failures(source, arm, seed, place)):
                    odd.setdefault(place, keys)
                    arms.append(arm)
    if odd:
        text = f"{named(arms)}: failed answers have better {_names(source, list(odd))} than the worst value"
        advice = "The metric does not know of failures, and its means are too good"
        yield act("Scores", f"{text} (first {next(iter(odd.values()))[0]}). {advice}")


def _of_references(source: ComparisonData) -> Iterator[Note]:
    """Flag metrics of wording that do not give a reference's very words the best value."""
    places = [place for place, column in enumerate(source.columns) if column.metric in OF_WORDING]
    right = [(at, seed, row) for at, seed, row in _right(source) if places]
    odd = {place: [one for one in right if source.runs[one[0]][one[1], one[2], place] < 1 - SAME] for place in places}
    odd = {place: found for place, found in odd.items() if len(found) > ODD_TOLERATED * len(right)}
    if odd:
        found = next(iter(odd.values()))
        text = f"{len(found):,} of {len(right):,} answers that are a reference word for word do not have the best"
        first = source.examples[found[0][2]].id
        advice = f"They have the scores of other answers or other references; {AGAIN}"
        yield act("Scores", f"{text} {_names(source, list(odd))} (first {first}). {advice}")


def _right(source: ComparisonData) -> Iterator[tuple[int, int, int]]:
    """Yield arm, seed and example of the answers that could not be better."""
    for at, records in enumerate(source.records.values()):
        for seed, record in enumerate(records):
            predictions, refused = answered(record), refused_ids(record)
            for row, example in enumerate(source.examples):
                one = predictions.get(example.id)
                if one is not None and example.id not in refused and _perfect(example, one):
                    yield at, seed, row


def _perfect(example: Example, prediction: Prediction) -> bool:
    return example.answerable and not prediction.failed and is_reference(example, prediction.text)


def _scored_failures(source: ComparisonData, arm: str, seed: int, place: int) -> Iterator[str]:
    worst, values = source.columns[place].worst, source.runs[source.arms.index(arm)][seed, :, place]
    failed = {one.example_id for one in source.records[arm][seed].predictions if one.failed}
    for value, example in zip(values.tolist(), source.examples, strict=True):
        if example.id in failed and value == value and value != worst:
            yield example.id
