"""Scores against the answers that they are scores of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import ENOUGH, Shown, answered, by_id, every_record, is_reference, named, shown
from harness.analysis.metric_facts import FACTS, FORM_SENSITIVE, QUALITY, REFUSALS, STYLE, SUPPORT
from harness.analysis.numbers import number
from harness.analysis.result import Column, Note, act, warning
from harness.analysis.stats.bootstrap import Floats

SAME: Final = 1e-3
"""values nearer than this are one: batches of an encoder round differently"""
TELLING: Final = 5
"""different values that a metric must have in an arm before equal ones in another arm are no accident"""
OF_ANSWERS: Final = frozenset({*FACTS, *QUALITY, *STYLE, *SUPPORT, *REFUSALS})
"""metrics that a failed answer gets the worst value of; retrieval is scored whatever came of the answer"""


def score_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield the metrics that say nothing, and scores that belong to other answers."""
    for place, column in enumerate(source.columns):
        yield from _constant(source, place, column)
        if column.metric not in _judged_by_models(source):
            yield from _of_another_arm(source, place, column)
            yield from _of_equal_answers(source, place, column)
        yield from _of_failures(source, place, column)


def _judged_by_models(source: ComparisonData) -> frozenset[str]:
    """Return the metrics whose judge is a model: it may judge one answer twice and differently."""
    judges = [judge for _, record in every_record(source) for judge in record.facts.get("judges", ())]
    return frozenset(name for judge in judges if judge.get("reads") != "words" for name in judge["metrics"])


def _constant(source: ComparisonData, place: int, column: Column) -> Iterator[Note]:
    """Flag a metric with one value everywhere, unless that is the best one: all may be right."""
    values = np.concatenate([own[:, :, place].ravel() for own in source.runs])
    values = values[~np.isnan(values)]
    arms = sum(not np.isnan(own[:, :, place]).all() for own in source.runs)
    if arms < 2 or len(values) < ENOUGH * arms or values.min() != values.max() or column.higher_is_better is None:
        return
    value = float(values[0])
    if column.worst is not None and column.worst != value and {column.worst, value} == {0.0, 1.0}:
        return
    text = f"{column.metric} is {number(value, 3)} for every answer of every arm, so it tells nothing apart"
    if column.metric in FORM_SENSITIVE and not _some_reference(source):
        advice = "No answer has a reference's very words, as usual where answers are long; leave the metric out"
        yield warning("Constant metric", f"{text}. {advice}")
        return
    yield act(
        "Constant metric",
        f"{text}. The references are in a wrong column or in another form than answers, the metric does not fit the "
        "task, or it is broken: read a few answers next to their references, or leave it out (metric=[…])",
    )


def _some_reference(source: ComparisonData) -> bool:
    examples = by_id(source)
    return any(
        is_reference(examples[key], one.text)
        for _, record in every_record(source)
        for key, one in answered(record).items()
    )


def _of_another_arm(source: ComparisonData, place: int, column: Column) -> Iterator[Note]:
    """Flag two arms with all values alike and most texts different."""
    for first, second in combinations(range(len(source.arms)), 2):
        a, b = source.runs[first][0, :, place], source.runs[second][0, :, place]
        if _different_values(a) < TELLING or not _alike(a, b):
            continue
        texts = [answered(source.records[source.arms[arm]][0]) for arm in (first, second)]
        shared = [key for key in texts[0] if key in texts[1]]
        if 2 * sum(texts[0][key].text != texts[1][key].text for key in shared) > len(source.examples):
            text = f"{source.arms[first]} and {source.arms[second]} have the same {column.metric} on every example"
            yield act(
                "Scores",
                f"{text}, though most of their answers differ. One arm's scores are the other's; score both again "
                "(delete their records and run the same command)",
            )


def _different_values(values: Floats) -> int:
    return len(np.unique(values[~np.isnan(values)]))


def _alike(a: Floats, b: Floats) -> bool:
    return a.shape == b.shape and bool(np.array_equal(np.isnan(a), np.isnan(b)) and np.nanmax(np.abs(a - b)) < SAME)


def _of_equal_answers(source: ComparisonData, place: int, column: Column) -> Iterator[Note]:
    """Flag scores that differ for the same answer to the same question with the same passages."""
    found: dict[tuple[str, Shown, str, str], dict[str, float]] = defaultdict(dict)
    for number_, (arm, records) in enumerate(source.records.items()):
        for seed, record in enumerate(records):
            predictions = answered(record)
            for row, example in enumerate(source.examples):
                value = float(source.runs[number_][seed, row, place])
                if value == value and (one := predictions.get(example.id)):
                    found[example.id, shown(one), one.text, one.finish][arm] = value
    odd = {key: own for key, own in found.items() if max(own.values()) - min(own.values()) > SAME}
    for (example_id, *_), own in list(odd.items())[:1]:
        text = f"{named(own)} gave {example_id} the same answer with the same passages, and {column.metric} is"
        values = " and ".join(number(value, 3) for value in dict.fromkeys(own.values()))
        yield act(
            "Scores",
            f"{text} {values} ({len(odd):,} such answers). They were scored by different code or data: score the arms "
            "again together (delete their records and run the same command)",
        )


def _of_failures(source: ComparisonData, place: int, column: Column) -> Iterator[Note]:
    if column.metric not in OF_ANSWERS or column.worst is None:
        return
    odd: Mapping[str, list[str]] = {
        arm: [key for seed, record in enumerate(records) for key in _scored_failures(source, arm, seed, place)]
        for arm, records in source.records.items()
    }
    if arms := [arm for arm, keys in odd.items() if keys]:
        text = f"{named(arms)}: failed answers have other values of {column.metric} than the worst, {column.worst:g}"
        yield act(
            "Scores", f"{text} (first {odd[arms[0]][0]}). The metric does not know of failures: means are too good"
        )


def _scored_failures(source: ComparisonData, arm: str, seed: int, place: int) -> Iterator[str]:
    worst, values = source.columns[place].worst, source.runs[source.arms.index(arm)][seed, :, place]
    failed = {one.example_id for one in source.records[arm][seed].predictions if one.failed}
    for value, example in zip(values.tolist(), source.examples, strict=True):
        if example.id in failed and value == value and value != worst:
            yield example.id
