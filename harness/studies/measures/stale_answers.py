"""What an update of the documents does to answers: accuracy by kind of change, stale answers, locality, flips, time.

Stale-answer rate: the share of questions about edited or deleted facts whose answer names the value that was right
before and not the one that is right now. An answer that names both is not counted as stale. Locality: how much answers
about kept facts change for the worse (as in the editing of knowledge, where an edit must leave the rest alone).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.analysis.metric_facts import RIGHT_FROM
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.studies.data import StudyData
from harness.studies.interventions.next_version import holds, value_before, value_now
from harness.studies.measures.measure import Findings, by_row, listed
from harness.studies.numbers import of_runs, share, share_of, text_of
from harness.types import Example, Prediction

KINDS: Final = ("edited", "added", "deleted", "kept")
"""slices of the questions"""
MAKING_AN_INDEX: Final = ("passages", "embeddings", "index", "lexical")
"""kinds of artifacts"""


@dataclass(frozen=True)
class StaleAnswers:
    """Every arm after each kind of renewal."""

    KEY: ClassVar[str] = "harness.studies.measures.stale_answers.StaleAnswers"

    def read(self, data: StudyData) -> Findings:
        stale = {(level, arm): stale_rate(data, level, arm) for level in data.levels for arm in data.arms}
        columns = (SectionColumn("renewed"), *(SectionColumn(arm, "", 3) for arm in data.arms))
        rates = [(level, *(stale[level, arm] for arm in data.arms)) for level in data.levels]
        sections = (
            Section("stale", "Stale answers: share that give the value of before", columns, by_row(rates)),
            *(_by_kind(data, kind) for kind in KINDS),
            _regressions(data),
            _seconds(data),
        )
        return Findings(tuple(one for one in sections if one.rows), tuple(_words(data, stale)))


def is_stale(question: Example, answer: Prediction) -> bool:
    """Return whether an answer names the value that was right before, and not the one that is right now."""
    if answer.failed or not holds([answer.text], value_before(question)):
        return False
    return not holds([answer.text], value_now(question))


def stale_rate(data: StudyData, level: str, arm: str) -> Figure | None:
    """Return the share of stale answers among the questions that list an answer of before."""

    def stale(question: Example, answer: Prediction) -> float | None:
        return float(is_stale(question, answer)) if question.previous else None

    return share_of(data, data.records(level, arm), stale)


def regression_rate(data: StudyData, before: str, after: str, arm: str) -> Figure | None:
    """Return the share of kept facts that were answered right before a renewal and wrong after it."""
    right = RIGHT_FROM.get(data.metric, 1.0)
    first, second = data.values(before, arm), data.values(after, arm)
    if first is None or second is None:
        return None
    kept = [name for name, one in data.examples(before, arm).items() if one.slice == "kept" and name in second.ids]
    old, new = (values.of(kept).mean(axis=0) for values in (first, second))
    flags = {name: float(was >= right > now) for name, was, now in zip(kept, old, new, strict=True)}
    return share(flags, data)


def _by_kind(data: StudyData, kind: str) -> Section:
    columns = (SectionColumn("renewed"), *(SectionColumn(arm, "", 3) for arm in data.arms))
    rows = [(level, *(_of_kind(data, level, arm, kind) for arm in data.arms)) for level in data.levels]
    return Section(f"facts_{kind}", f"{data.metric} on facts that were {kind}", columns, by_row(rows))


def _of_kind(data: StudyData, level: str, arm: str, kind: str) -> Figure | None:
    values = data.values(level, arm)
    ids = [name for name, one in data.examples(level, arm).items() if one.slice == kind]
    return None if values is None or not ids else of_runs([values.of(ids)], data.clusters(ids))


def _regressions(data: StudyData) -> Section:
    before, *later = data.levels
    columns = (SectionColumn("renewed"), *(SectionColumn(arm, "", 3) for arm in data.arms))
    rows = [(level, *(regression_rate(data, before, level, arm) for arm in data.arms)) for level in later]
    return Section("regressions", f"Kept facts right under “{before}” and wrong after", columns, by_row(rows))


def _seconds(data: StudyData) -> Section:
    """Return what each renewal takes: seconds of the artifacts that an arm needs anew."""
    before, *later = data.levels
    rows: list[tuple[SectionCell, ...]] = []
    for level in later:
        cells = [_anew(data, before, level, arm) for arm in data.arms]
        rows.append((level, *(None if seconds is None else Figure(seconds) for seconds in cells)))
    note = Note("Reading", "wall time of indexes and trainings that the arm did not have before, each once")
    columns = (SectionColumn("renewed"), *(SectionColumn(arm, "s", 1) for arm in data.arms))
    return Section("seconds", "Seconds until the arm answers from the renewed data", columns, by_row(rows), (note,))


def _anew(data: StudyData, before: str, level: str, arm: str) -> float | None:
    known = {one.key for record in data.records(before, arm) for one in record.resources}
    found = {
        one.key: one.seconds
        for record in data.records(level, arm)[:1]
        for one in record.resources
        if one.key not in known and one.kind in ("adapter", *MAKING_AN_INDEX)
    }
    return sum(found.values()) if data.records(level, arm) else None


def _words(data: StudyData, stale: Mapping[tuple[str, str], Figure | None]) -> list[str]:
    """Return a sentence for each level, and for each renewal one on which arms it helps."""
    before = {arm: figure for arm in data.arms if (figure := stale[data.levels[0], arm]) is not None}
    lines = []
    for level in data.levels:
        found = {arm: figure for arm in before if (figure := stale[level, arm]) is not None}
        most_first = sorted(found, key=lambda arm: -found[arm].value)
        if most_first:
            rates = ", ".join(f"{arm} {text_of(found[arm])}" for arm in most_first)
            lines.append(f"Answers with the value of before, {level}: {rates}.")
        if level != data.levels[0]:
            lines.append(helped(level, before, found))
    return lines


def helped(level: str, before: Mapping[str, Figure], after: Mapping[str, Figure]) -> str:
    """Return which arms give fewer stale answers than before: those whose intervals lie apart."""
    fewer = [arm for arm, figure in after.items() if _below(figure, before[arm])]
    others = [arm for arm in after if arm not in fewer]
    parts = [f"fewer stale answers from {listed(fewer)}"] if fewer else []
    parts += [f"no fewer shown for {listed(others)}"] if others else []
    return f"{level[:1].upper()}{level[1:]}: {'; '.join(parts)}." if parts else ""


def _below(one: Figure, other: Figure) -> bool:
    return one.high is not None and other.low is not None and one.high < other.low
