"""Failure causes of each arm's answers, and how much each kind of cure could add at most."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, get_args

import numpy as np

from harness.analysis import failure_causes as causes
from harness.analysis.comparison import ComparisonData
from harness.analysis.failure_causes import Cause, deciding_metric
from harness.analysis.metric_facts import FORM_SENSITIVE, LENIENT, RIGHT_FROM
from harness.analysis.numbers import interval, number
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn, warning
from harness.analysis.sections.rates import shares
from harness.metrics.retrieval_scoring import retrieves
from harness.types import THE_INPUT

Holds = Callable[[Cause], bool]
TITLE: Final = "Failure causes: why answers are right or wrong"

LACKING: Final = frozenset({"missing", "part"})
"""evidence that a retriever could still add to"""
NOT_OF_USE: Final = frozenset({"no usable answer", "right content, wrong form"})
CURES: Final[Mapping[str, Holds]] = {
    "right": lambda one: one.right is True,
    "perfect recall": lambda one: one.right is False and one.evidence in LACKING,
    "perfect retrieval": lambda one: one.right is False and (one.evidence in LACKING or one.distracted),
    "perfect use": lambda one: one.right is False and one.evidence == "shown" and one.name not in NOT_OF_USE,
    "perfect refusing": lambda one: one.name == "answered the unanswerable",
    "right form": lambda one: one.name == "right content, wrong form",
    "usable answers": lambda one: one.name == "no usable answer",
}
"""right, and the kinds of cure. Each bound is for one cure by itself: an answer that is not right counts under every
cure that might make it right, so the columns do not add up"""
PLACES: Final = "each place that the data name as evidence, and all text of gold documents without such a place"
NEEDS: Final[Mapping[str, causes.Evidence]] = {"perfect use": "shown", "perfect refusing": "none"}
"""cure -> the evidence without which it cannot add anything: a dash then, and not 0"""


def failure_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the causes per arm and the ceilings that follow from them."""
    records = [record for own in source.records.values() for record in own]
    metric = deciding_metric(records)
    if metric is None:
        yield _undecided()
        return
    documents = causes.gold_documents(records)
    of_arms = {
        arm: [causes.failure_causes(record, metric, documents) for record in own] for arm, own in source.records.items()
    }
    yield _causes(of_arms, metric, placed=any(example.spans for example in source.examples))
    yield _ceilings(source, of_arms, metric)


def _causes(of_arms: Mapping[str, Sequence[Sequence[Cause]]], metric: str, *, placed: bool) -> Section:
    seen = {one.name for runs in of_arms.values() for run in runs for one in run}
    names = [name for name in get_args(causes.Name) if name in seen]
    rows: list[tuple[SectionCell, ...]] = [
        (arm, *(_share(runs, name) for name in names)) for arm, runs in of_arms.items()
    ]
    return Section(
        name="causes",
        title=TITLE,
        columns=(SectionColumn("arm"), *(SectionColumn(name, "share of answers", decimals=3) for name in names)),
        rows=tuple(rows),
        notes=(*_lenient(metric), Note("Reading", _reading(metric, placed=placed))),
    )


def _ceilings(source: ComparisonData, of_arms: Mapping[str, Sequence[Sequence[Cause]]], metric: str) -> Section:
    return Section(
        name="ceilings",
        title="Ceilings: what each cure could add at most",
        columns=(
            SectionColumn("arm"),
            *(SectionColumn(name, "share", decimals=3) for name in CURES),
            SectionColumn("in words"),
        ),
        rows=tuple(_ceiling(source, arm, runs) for arm, runs in of_arms.items()),
        notes=(Note("Reading", _reading_ceilings(metric)),),
    )


def _ceiling(source: ComparisonData, arm: str, runs: Sequence[Sequence[Cause]]) -> tuple[SectionCell, ...]:
    place = {example.id: number for number, example in enumerate(source.examples)}
    held = np.zeros((len(runs), len(source.examples), len(CURES)))
    for seed, run in enumerate(runs):
        for one in run:
            held[seed, place[one.example_id]] = [holds(one) for holds in CURES.values()]
    figures = dict(zip(CURES, shares(source, held), strict=True))
    evidence = {one.evidence for run in runs for one in run}
    cells = (figure if NEEDS.get(cure) in (None, *evidence) else None for cure, figure in figures.items())
    return (arm, *cells, _in_words(source, arm, figures["perfect recall"], figures["perfect retrieval"]))


def _in_words(source: ComparisonData, arm: str, recall: Figure | None, retrieval: Figure | None) -> str:
    assert recall is not None, "every example counts"
    assert retrieval is not None, "every example counts"
    if all(example.evidence == THE_INPUT for example in source.examples) and not recall.value:
        return "the evidence is the input, and always shown"
    if not retrieves(one for record in source.records[arm] for one in record.predictions):
        return f"showing the evidence would add at most {_size(recall)}"
    return (
        f"a perfect retriever would add at most {_size(retrieval)}; finding what is missing, {number(recall.value, 3)}"
    )


def _size(figure: Figure) -> str:
    return interval(figure.value, figure.low, figure.high, lambda value: number(value, 3))


def _share(runs: Sequence[Sequence[Cause]], name: str) -> Figure:
    named = [one.name == name for run in runs for one in run]
    return Figure(sum(named) / max(1, len(named)), n=len(named))


def _lenient(metric: str) -> Iterator[Note]:
    if metric in LENIENT:
        text = (
            f"{metric} calls an answer right that has a wrong name or number in a right sentence. List facts in the "
            "test data (fact_coverage) or use short references (exact_match)"
        )
        yield warning("Lenient", text)


def _right(metric: str) -> str:
    return f"right: {metric} of at least {RIGHT_FROM[metric]:g}, or a refusal of an unanswerable example"


def _reading(metric: str, *, placed: bool) -> str:
    held = PLACES if placed else "all text of the gold documents"
    form = "right content, wrong form: answer and reference differ only by function words and words of the question; "
    return (
        f"{_right(metric)}; with evidence: the prompt held {held}, or the whole input; in "
        "part: some of it; without evidence: from memory, or from another document that says the same; "
        f"{form if metric in FORM_SENSITIVE else ''}no usable answer: error, empty or cut off"
    )


def _reading_ceilings(metric: str) -> str:
    return (
        f"{_right(metric)}. Upper bounds in the share of right answers, each for one cure by itself; they do not add "
        "up. perfect recall: answers that are not right and lacked some of the evidence; perfect retrieval: those, and "
        "wrong answers that were shown other documents as well; perfect use: wrong answers that had all the evidence, "
        "failures and wrong forms left out"
    )


def _undecided() -> Section:
    text = f"no metric of all arms decides what is right; add one of {', '.join(RIGHT_FROM)} to metric=[…]"
    return Section("causes", TITLE, (SectionColumn("arm"),), (), (Note("No causes", text),))
