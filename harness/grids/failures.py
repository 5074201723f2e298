"""Failure taxonomy: what each arm's answers come to, and how much each kind of cure could add at most."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, get_args

import numpy as np

from harness import causes
from harness.causes import RIGHT_AT, Cause, deciding_metric
from harness.grids.shares import shares
from harness.grids.source import Source
from harness.metrics.retrieval import shows_retrieval
from harness.numbers import number
from harness.result import Figure, Grid, GridCell, GridColumn, Note
from harness.types import THE_INPUT

Holds = Callable[[Cause], bool]

CURES: Final[Mapping[str, Holds]] = {
    "right": lambda one: one.right is True,
    "perfect retrieval": lambda one: one.right is False and one.evidence == "missing",
    "perfect use": lambda one: one.right is False and one.evidence == "shown" and one.name != "no usable answer",
    "perfect declining": lambda one: one.name == "answered the unanswerable",
    "usable answers": lambda one: one.name == "no usable answer" and one.evidence != "missing",
}
"""right, and the kinds of cure; an answer that is not right falls under one of them at most"""
NEEDS: Final[Mapping[str, causes.Evidence]] = {"perfect use": "shown", "perfect declining": "none"}
"""cure -> the evidence without which it cannot add anything: no number then, where a 0 would be one by nature"""


def failure_grids(source: Source) -> Iterator[Grid]:
    """Yield the causes per arm and the ceilings that follow from them."""
    records = [record for arm in source.arms for record in source.chosen.arms[arm]]
    metric = deciding_metric(records)
    if metric is None:
        yield _undecided()
        return
    found = {arm: [causes.of(record, metric) for record in source.chosen.arms[arm]] for arm in source.arms}
    yield _causes(source, found, metric)
    yield _ceilings(source, found, metric)


def _causes(source: Source, found: Mapping[str, Sequence[Sequence[Cause]]], metric: str) -> Grid:
    there = {one.name for runs in found.values() for run in runs for one in run}
    names = [name for name in get_args(causes.Name) if name in there]
    rows: list[tuple[GridCell, ...]] = [(arm, *(_share(runs, name) for name in names)) for arm, runs in found.items()]
    return Grid(
        name="causes",
        title="Causes: what the answers come to",
        columns=(GridColumn("arm"), *(GridColumn(name, "share of answers", decimals=3) for name in names)),
        rows=tuple(rows),
        notes=(*_lenient(metric), Note("Reading", _reading(metric))),
    )


def _ceilings(source: Source, found: Mapping[str, Sequence[Sequence[Cause]]], metric: str) -> Grid:
    return Grid(
        name="ceilings",
        title="Ceilings: what each cure could add at most",
        columns=(GridColumn("arm"), *(GridColumn(name, "share", decimals=3) for name in CURES), GridColumn("in words")),
        rows=tuple(_ceiling(source, arm, runs) for arm, runs in found.items()),
        notes=(Note("Reading", _reading_ceilings(metric)),),
    )


def _ceiling(source: Source, arm: str, runs: Sequence[Sequence[Cause]]) -> tuple[GridCell, ...]:
    place = {example.id: number for number, example in enumerate(source.examples)}
    held = np.zeros((len(runs), len(source.examples), len(CURES)))
    for seed, run in enumerate(runs):
        for one in run:
            held[seed, place[one.example_id]] = [holds(one) for holds in CURES.values()]
    figures = dict(zip(CURES, shares(source, held), strict=True))
    there = {one.evidence for run in runs for one in run}
    cells = (figure if NEEDS.get(cure) in (None, *there) else None for cure, figure in figures.items())
    return (arm, *cells, _in_words(source, arm, figures["perfect retrieval"]))


def _in_words(source: Source, arm: str, retrieval: Figure | None) -> str:
    assert retrieval is not None, "every example counts"
    if all(example.evidence == THE_INPUT for example in source.examples) and not retrieval.value:
        return "the evidence is the input, and always shown"
    retrieves = any(shows_retrieval(one) for record in source.chosen.arms[arm] for one in record.predictions)
    return f"{'a perfect retriever' if retrieves else 'showing the evidence'} would add at most {_size(retrieval)}"


def _size(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return number(figure.value, 3)
    return f"{number(figure.value, 3)} [{number(figure.low, 3)}, {number(figure.high, 3)}]"


def _share(runs: Sequence[Sequence[Cause]], name: str) -> Figure:
    told = [one.name == name for run in runs for one in run]
    return Figure(sum(told) / max(1, len(told)), n=len(told))


def _lenient(metric: str) -> Iterator[Note]:
    if metric == "token_f1":
        text = (
            "token_f1 calls an answer right that has a wrong name or number in a right sentence; list facts "
            "(fact_coverage) or short references (exact_match) to see those"
        )
        yield Note("Lenient", text, warning=True)


def _right(metric: str) -> str:
    return f"right: {metric} of at least {RIGHT_AT[metric]:g}, or a refusal where there is nothing to know"


def _reading(metric: str) -> str:
    return (
        f"{_right(metric)}; evidence: all gold documents had a passage in the prompt, or the input, if that is the "
        "evidence, was not cut; right without evidence: from memory, or from another document that says the same; no "
        "usable answer: error, empty or cut off"
    )


def _reading_ceilings(metric: str) -> str:
    return (
        f"{_right(metric)}; perfect retrieval: every answer that is not right and lacked evidence, refusals among "
        "them, would become right; perfect use: every one that had it; upper bounds, in the share of right answers, "
        "with 95 % intervals"
    )


def _undecided() -> Grid:
    text = f"no metric of all arms tells right from wrong; have one of {', '.join(RIGHT_AT)} in metric=[…]"
    return Grid("causes", "Causes: what the answers come to", (GridColumn("arm"),), (), (Note("No causes", text),))
