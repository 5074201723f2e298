"""Failure taxonomy: what each arm's answers come to, and how much each kind of cure could add at most."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, get_args

import numpy as np

from harness.analysis import failure_causes as causes
from harness.analysis.comparison import ComparisonData
from harness.analysis.failure_causes import OF_FORM, RIGHT_AT, Cause, deciding_metric
from harness.analysis.numbers import number
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.shares import shares
from harness.metrics.retrieval_scoring import shows_retrieval
from harness.types import THE_INPUT

Holds = Callable[[Cause], bool]

LACKING: Final = frozenset({"missing", "part"})
"""evidence that a retriever could still add to"""
NOT_OF_USE: Final = frozenset({"no usable answer", "right content, wrong form"})
CURES: Final[Mapping[str, Holds]] = {
    "right": lambda one: one.right is True,
    "perfect recall": lambda one: one.right is False and one.evidence in LACKING,
    "perfect retrieval": lambda one: one.right is False and (one.evidence in LACKING or one.distracted),
    "perfect use": lambda one: one.right is False and one.evidence == "shown" and one.name not in NOT_OF_USE,
    "perfect declining": lambda one: one.name == "answered the unanswerable",
    "right form": lambda one: one.name == "right content, wrong form",
    "usable answers": lambda one: one.name == "no usable answer",
}
"""right, and the kinds of cure. Each cure is taken by itself, so that its bound holds: an answer that is not right
counts under every one that might make it right, and the columns do not add up"""
NEEDS: Final[Mapping[str, causes.Evidence]] = {"perfect use": "shown", "perfect declining": "none"}
"""cure -> the evidence without which it cannot add anything: no number then, where a 0 would be one by nature"""


def failure_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the causes per arm and the ceilings that follow from them."""
    records = [record for arm in source.arms for record in source.chosen.arms[arm]]
    metric = deciding_metric(records)
    if metric is None:
        yield _undecided()
        return
    documents = causes.gold_documents(records)
    found = {arm: [causes.of(record, metric, documents) for record in source.chosen.arms[arm]] for arm in source.arms}
    yield _causes(source, found, metric)
    yield _ceilings(source, found, metric)


def _causes(source: ComparisonData, found: Mapping[str, Sequence[Sequence[Cause]]], metric: str) -> Section:
    there = {one.name for runs in found.values() for run in runs for one in run}
    names = [name for name in get_args(causes.Name) if name in there]
    rows: list[tuple[SectionCell, ...]] = [
        (arm, *(_share(runs, name) for name in names)) for arm, runs in found.items()
    ]
    return Section(
        name="causes",
        title="Causes: what the answers come to",
        columns=(SectionColumn("arm"), *(SectionColumn(name, "share of answers", decimals=3) for name in names)),
        rows=tuple(rows),
        notes=(*_lenient(metric), Note("Reading", _reading(metric))),
    )


def _ceilings(source: ComparisonData, found: Mapping[str, Sequence[Sequence[Cause]]], metric: str) -> Section:
    return Section(
        name="ceilings",
        title="Ceilings: what each cure could add at most",
        columns=(
            SectionColumn("arm"),
            *(SectionColumn(name, "share", decimals=3) for name in CURES),
            SectionColumn("in words"),
        ),
        rows=tuple(_ceiling(source, arm, runs) for arm, runs in found.items()),
        notes=(Note("Reading", _reading_ceilings(metric)),),
    )


def _ceiling(source: ComparisonData, arm: str, runs: Sequence[Sequence[Cause]]) -> tuple[SectionCell, ...]:
    place = {example.id: number for number, example in enumerate(source.examples)}
    held = np.zeros((len(runs), len(source.examples), len(CURES)))
    for seed, run in enumerate(runs):
        for one in run:
            held[seed, place[one.example_id]] = [holds(one) for holds in CURES.values()]
    figures = dict(zip(CURES, shares(source, held), strict=True))
    there = {one.evidence for run in runs for one in run}
    cells = (figure if NEEDS.get(cure) in (None, *there) else None for cure, figure in figures.items())
    return (arm, *cells, _in_words(source, arm, figures["perfect recall"], figures["perfect retrieval"]))


def _in_words(source: ComparisonData, arm: str, recall: Figure | None, retrieval: Figure | None) -> str:
    assert recall is not None, "every example counts"
    assert retrieval is not None, "every example counts"
    if all(example.evidence == THE_INPUT for example in source.examples) and not recall.value:
        return "the evidence is the input, and always shown"
    if not any(shows_retrieval(one) for record in source.chosen.arms[arm] for one in record.predictions):
        return f"showing the evidence would add at most {_size(recall)}"
    return (
        f"a perfect retriever would add at most {_size(retrieval)}; finding what is missing, {number(recall.value, 3)}"
    )


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
    form = (
        "; right content, wrong form: not right, yet answer and reference differ by function words and words of the "
        "question alone, none of which denies or offers a choice"
    )
    return (
        f"{_right(metric)}; evidence: all text of the gold documents stood in the prompt, or the input, if that is "
        "the evidence, was not cut; in part: some of it; right without evidence: from memory, or from another document "
        f"that says the same{form if metric in OF_FORM else ''}; no usable answer: error, empty or cut off"
    )


def _reading_ceilings(metric: str) -> str:
    return (
        f"{_right(metric)}; upper bounds, each for one cure by itself, in the share of right answers, with 95 % "
        "intervals; an answer counts under every cure that might make it right, so they do not add up; perfect recall: "
        "every answer that is not right and lacked some of the evidence, refusals and failures among them; perfect "
        "retrieval: those, and the ones that were shown anything but the evidence; perfect use: those that had all of "
        "it, failures and wrong forms aside"
    )


def _undecided() -> Section:
    text = f"no metric of all arms tells right from wrong; have one of {', '.join(RIGHT_AT)} in metric=[…]"
    return Section(
        "causes", "Causes: what the answers come to", (SectionColumn("arm"),), (), (Note("No causes", text),)
    )
