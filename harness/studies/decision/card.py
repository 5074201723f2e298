"""The card as a table, in the same words and formats as every other one."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn, act, warning
from harness.studies.decision.amounts import amount, percent
from harness.studies.decision.card_utilities import utilities_section
from harness.studies.decision.change import changes
from harness.studies.decision.change_words import OPEN, arm_text, at_text, interval_text, now_text
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.limits import limit_text
from harness.studies.decision.samples import RESAMPLES
from harness.studies.decision.smaa import regret
from harness.studies.decision.takeover import Change
from harness.studies.decision.unknowns import Unknown, unknowns
from harness.studies.decision.words import card_words
from harness.studies.table import StudyTable

QUESTION: Final = "Which arm should answer, with these weights, limits and use?"
ALL: Final = "all of them together"


def card_table(found: Evaluation) -> StudyTable:
    """Return the card: words, then every number behind them."""
    changed, missing = changes(found), unknowns(found)
    sections = (
        *(_arms(found), *_ranks(found), _changes(found, changed), _unmeasured(found, missing), _limits(found)),
        *(_measurements(found), utilities_section(found)),
    )
    of = f"task {found.measured.task}, model {found.measured.model}, weights of {found.decision.name}"
    return StudyTable(
        title=f"Decision card: {of}",
        question=QUESTION,
        words=tuple(card_words(found, changed, missing)),
        sections=tuple(one for one in sections if one.rows),
        notes=tuple(_notes(found)),
        withheld=False,
    )


def _notes(found: Evaluation) -> Iterator[Note]:
    for name, arms in found.kept.unchecked.items():
        title = found.decision.criteria[name].title
        yield act("Limit not checked", f"{title} of {', '.join(arms)} was not measured: {found.measured.wanted[name]}")
    for line in found.measured.warnings:
        yield warning("Measurements", line)
    yield Note(
        "Made of",
        f"{found.decision.draws:,} joint draws of weights (Dirichlet, concentration {found.decision.concentration:g}) "
        f"and of what was not measured, over {RESAMPLES:,} resamples of the measurements; docs/DECIDE.md",
    )


def _arms(found: Evaluation) -> Section:
    columns = (
        SectionColumn("arm"),
        SectionColumn("probability of being best", "", 3),
        SectionColumn("utility", "", 3),
        SectionColumn("expected regret", "utility", 3),
        SectionColumn("best with weights that favour it", "probability", 3),
        *((SectionColumn("keeps the limits", "probability", 3),) if found.limited else ()),
    )
    rows = [_arm(found, place)[: len(columns)] for place in range(len(found.arms))]
    note = Note(
        "Reading",
        "utility: expected, in brackets 95 % of the draws; expected regret: what choosing this arm lacks to the best "
        "in each draw, on average; best with weights that favour it: the same probability with this arm's "
        "central weights (SMAA's confidence factor), – where no weights make it the best",
    )
    return Section("arms", "The arms", columns, tuple(rows), (note,))


def _arm(found: Evaluation, place: int) -> tuple[SectionCell, ...]:
    arm, total = found.arms[place], found.total
    low, high = np.quantile(total[:, place], [0.025, 0.975])
    utility = Figure(float(found.scores[place]), float(low), float(high))
    kept = Figure(found.kept.probability[arm])
    if arm in found.kept.ruled_out:
        return arm, "ruled out", utility, None, None, kept
    lost = Figure(float(regret(total[:, found.allowed], found.allowed.index(place)).mean()))
    return arm, Figure(found.first[arm]), utility, lost, _confidence(found, place), kept


def _confidence(found: Evaluation, place: int) -> Figure | None:
    if found.ranking is None:
        return None
    value = float(found.ranking.confidence[found.allowed.index(place)])
    return None if np.isnan(value) else Figure(value)


def _ranks(found: Evaluation) -> Iterator[Section]:
    """Yield rank acceptability, pairwise winning indices and central weights of the arms that are not ruled out."""
    if found.ranking is None or len(found.allowed) < 2:
        return
    arms = [found.arms[place] for place in found.allowed]
    of_ranks = (SectionColumn("arm"), *(SectionColumn(f"rank {rank + 1}", "", 3) for rank in range(len(arms))))
    of_arms = (SectionColumn("arm"), *(SectionColumn(arm, "", 3) for arm in arms))
    ranks = [(arm, *map(_figure, row)) for arm, row in zip(arms, found.ranking.acceptability.tolist(), strict=True)]
    yield Section("ranks", "Rank acceptability: share of draws in which an arm has a rank", of_ranks, tuple(ranks))
    wins = [(arm, *map(_figure, row)) for arm, row in zip(arms, found.ranking.wins.tolist(), strict=True)]
    yield Section("wins", "Pairwise winning index: the row is better than the column", of_arms, tuple(wins))
    columns = (SectionColumn("criterion"), SectionColumn("yours", "", 3), *of_arms[1:])
    rows = [
        (name, _figure(weight), *map(_figure, own))
        for name, weight, own in zip(
            found.criteria, found.weights.tolist(), found.ranking.central.T.tolist(), strict=True
        )
    ]
    title = "Central weights: the mean of the weights with which an arm is best"
    yield Section("central", title, columns, tuple(row for row in rows if row[1] != Figure(0.0)))


def _figure(value: float) -> Figure | None:
    return None if np.isnan(value) else Figure(value)


def _changes(found: Evaluation, changed: Sequence[Change]) -> Section:
    columns = (
        *(SectionColumn("what"), SectionColumn("now"), SectionColumn("best then"), SectionColumn("from where on")),
        *(SectionColumn("95 % interval"), SectionColumn("never, share of draws", "", 2)),
    )
    rows = [_row(found, one) for one in changed]
    note = Note(
        "Reading",
        "one thing at a time: a weight while the others keep their proportions, a limit, the use. From where on: by "
        "expected utility. The interval: where it happens in 95 % of the draws (of a limit: that of the measurement); "
        f"“{OPEN}”: among them are the value now, and draws in which it never happens. Never: share of the draws in "
        "which it does not happen, as far as was looked. “At chance”: hardly better than one and the same "
        "answer to everything; “perhaps”: not surely better",
    )
    return Section("changes", "What would change it", columns, tuple(rows), (note,))


def _row(found: Evaluation, one: Change) -> tuple[SectionCell, ...]:
    name = f"{one.kind}: {one.what}" if one.kind in ("weight", "limit") else one.kind
    never = None if one.never is None else Figure(one.never)
    return name, now_text(one), arm_text(found, one), at_text(one), interval_text(one), never


def _unmeasured(found: Evaluation, missing: Sequence[Unknown]) -> Section:
    columns = (
        *(SectionColumn("criterion"), SectionColumn("weight", "share of all", 3), SectionColumn("not measured of")),
        *(SectionColumn("probability if all against"), SectionColumn("if all for")),
        *(SectionColumn("worth to know, in utility", "", 4), SectionColumn("by")),
    )
    rows = [
        (one.criterion or ALL, Figure(one.weight), "all" if len(one.arms) == len(found.arms) else ", ".join(one.arms),
         percent(one.low), percent(one.high), Figure(one.worth), found.measured.wanted.get(one.criterion))
        for one in missing
    ]  # fmt: skip
    note = Note(
        "Reading",
        "the two probabilities: how probably the recommended arm is best, if what is unknown were known at its ends: "
        "this arm worst and all others best, and the reverse. They say how much surer or less sure you would be. "
        "Worth: how much more utility (of 1) you would have on average by knowing it before choosing. It is 0 where "
        "whatever comes out makes you more or less sure and leaves the arm with the highest expected utility the same",
    )
    return Section("unmeasured", "What was not measured, and how much it could matter", columns, tuple(rows), (note,))


def _limits(found: Evaluation) -> Section:
    columns = (SectionColumn("limit"), *(SectionColumn(arm, "", 3) for arm in found.arms))
    rows: list[tuple[SectionCell, ...]] = []
    for one in found.kept.checks:
        title = limit_text(found.decision, one.criterion, one.limit, found.measured.currency)
        cells = [Figure(one.keeps[arm]) if arm in one.keeps else "not measured" for arm in found.arms]
        rows.append((title, *cells))
    least = percent(found.decision.least_probability)
    note = Note("Reading", f"probability of keeping a limit; an arm that keeps all with less than {least} is ruled out")
    return Section("limits", "Limits", columns, tuple(rows), (note,))


def _measurements(found: Evaluation) -> Section:
    columns = (
        *(
            SectionColumn("criterion"),
            SectionColumn("weight", "share of all", 3),
            SectionColumn("measured by"),
            SectionColumn("unit"),
        ),
        *(SectionColumn(arm) for arm in found.arms),
    )
    rows: list[tuple[SectionCell, ...]] = []
    for at, name in enumerate(found.criteria):
        own, readout = found.decision.criteria[name], found.measured.readouts.get(name)
        said = "not measured" if readout is None else readout.said
        rows.append((name, Figure(float(found.weights[at])), said, own.unit_in(found.measured.currency),
                     *(_measured(found, name, arm) for arm in found.arms)))  # fmt: skip
    return Section("measurements", "What was measured, with 95 % intervals", columns, tuple(rows))


def _measured(found: Evaluation, criterion: str, arm: str) -> str | None:
    sample = found.measured.sample(criterion, arm)
    if sample is None:
        return None
    figure = sample.figure
    text = amount(figure.value)
    return (
        text if figure.low is None or figure.high is None else f"{text} [{amount(figure.low)}, {amount(figure.high)}]"
    )
