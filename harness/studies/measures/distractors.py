"""What distractors in a prompt do to answers: accuracy by their share, and refusals where nothing else is left (RGB).

Counted over the questions whose prompt shows the right passage, and, with the largest share below 1, others beside it
that do not state the right value: a passage that does is no distractor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.studies.data import StudyData
from harness.studies.deletions import scores_of
from harness.studies.interventions.next_version import holds, value_now
from harness.studies.measures.measure import Findings, by_row, excludes_zero
from harness.studies.measures.refusals import ABSTAINED, METRIC
from harness.studies.numbers import of_runs, share, share_of, text_of
from harness.studies.shown_support import noise_levels, retrieving, supports
from harness.types import Example, Prediction


@dataclass(frozen=True)
class DistractorEffect:
    """Every arm that searches, by the share of distractors among its passages."""

    KEY: ClassVar[str] = "harness.studies.measures.distractors.DistractorEffect"

    def read(self, data: StudyData) -> Findings:
        levels, arms = noise_levels(data), list(retrieving(data))
        answered = {share: level for share, level in levels.items() if share < 1.0}
        if len(answered) < 2:
            return Findings()
        ids = {arm: countable(data, answered, arm) for arm in arms}
        columns = (SectionColumn("condition"), *(SectionColumn(arm, "", 3) for arm in arms))

        def rows(cell: str, chosen: Sequence[str]) -> tuple[tuple[SectionCell, ...], ...]:
            first = next(iter(answered.values()))
            return by_row([(one, *(_cell(data, cell, one, first, arm, ids[arm]) for arm in arms)) for one in chosen])

        if not any(ids.values()):
            return Findings()
        every, names = list(levels.values()), list(answered.values())
        counts = ", ".join(f"{arm} {len(own):,}" for arm, own in ids.items())
        note = Note("Questions", f"whose prompt shows the right passage and others that do not say the same: {counts}")
        sections = (
            Section("noise_shown", "Share of distractors in these prompts", columns, rows("shown", every)),
            Section("noise", f"{data.metric} by the share of distractors", columns, rows("mean", names), (note,)),
            Section("noise_lost", f"{data.metric}: change − {names[0]}, paired", columns, rows("lost", names[1:])),
            Section("noise_refused", "Refused; where all are distractors that is right", columns,
                    rows("refused", every)),
        )  # fmt: skip
        return Findings(tuple(one for one in sections if one.rows), tuple(_words(data, names, ids)))


def countable(data: StudyData, levels: Mapping[float, str], arm: str) -> list[str]:
    """Return the questions that are counted; levels are those below 1, the smallest share first."""
    few, many = levels[min(levels)], levels[max(levels)]
    asked, before, after = data.examples(few, arm), data.predictions(few, arm), data.predictions(many, arm)
    return [
        name
        for name in before
        if name in after and any(supports(asked[name], before[name])) and _has_distractors(asked[name], after[name])
    ]


def _has_distractors(question: Example, answer: Prediction) -> bool:
    flags = supports(question, answer)
    others = [one.text for one, own in zip(answer.passages, flags, strict=True) if not own]
    return any(flags) and bool(others) and not holds(others, value_now(question))


def _cell(data: StudyData, kind: str, level: str, first: str, arm: str, ids: Sequence[str]) -> Figure | None:
    """Return one figure: shown, mean, lost (against the first level) or refused."""
    if kind in ("shown", "refused"):
        return _shown(data, level, arm, ids) if kind == "shown" else _refused(data, level, arm, ids)
    return effect(data, {level: 1.0, **({first: -1.0} if kind == "lost" else {})}, arm, ids)


def effect(data: StudyData, factors: Mapping[str, float], arm: str, ids: Sequence[str]) -> Figure | None:
    """Return the weighted sum of the metric under some levels, over these questions; None without any."""
    values = {level: data.values(level, arm) for level in factors}
    parts = [factors[level] * one.of(ids) for level, one in values.items() if one is not None]
    return of_runs(parts, data.clusters(ids)) if ids and len(parts) == len(factors) else None


def _shown(data: StudyData, level: str, arm: str, ids: Sequence[str]) -> Figure | None:
    asked, answers = data.examples(level, arm), data.predictions(level, arm)
    found = {name: supports(asked[name], answers[name]) for name in ids if name in answers}
    return share({name: 1.0 - float(np.mean(own)) for name, own in found.items() if own}, data)


def _refused(data: StudyData, level: str, arm: str, ids: Sequence[str]) -> Figure | None:
    records, counted = data.records(level, arm), set(ids)
    scores = {
        id(answer): score
        for record in records
        for own in (scores_of(record, METRIC),)
        for answer in record.predictions
        if (score := own.get(answer.example_id)) is not None and score.value is not None
    }

    def flag(question: Example, answer: Prediction) -> float | None:
        score = scores.get(id(answer)) if question.id in counted else None
        return None if score is None else float(score.reason == ABSTAINED)

    return share_of(data, records, flag)


def _words(data: StudyData, levels: Sequence[str], ids: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for arm, own in ids.items():
        figure = effect(data, {levels[-1]: 1.0, levels[0]: -1.0}, arm, own)
        if figure is not None:
            clear = "" if excludes_zero(figure) else ", which could be chance"
            change = f"{text_of(figure, 2, '+')} {data.metric}"
            yield f"With {levels[-1]}, {arm} changes by {change} against {levels[0]}{clear}."
