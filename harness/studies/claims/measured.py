"""Which metric measures what a claim asks for, and whether its values may be compared."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.headline import needs
from harness.analysis.metric_facts import REFUSALS, SUPPORT
from harness.analysis.selection import same_meaning
from harness.analysis.table import UNJUDGED_TOLERATED
from harness.studies.claims.effect import Gap
from harness.studies.claims.sources import EXPERIMENT, Evidence
from harness.studies.data import StudyData
from harness.types import Record

NEED: Final = "need: "
"""how a metric of a claim begins that is named by what it measures: content, style, support, refusals"""
Cells = Sequence[tuple[str, str]]
"""(level, arm) of every mean of a contrast"""


def metric_for(word: str, data: StudyData, cells: Cells, evidence: Evidence, source: str) -> str | Gap:
    """Return the metric that a word of a claim stands for.

    Args:
        word: a metric's name, or "need: " and content, style, support or refusals: the first metric of this need that
            all arms have a value of.
        data: the records.
        cells: whose values are compared.
        evidence: of the same task and model, for the command that would give a missing metric.
        source: that `data` are of.
    """
    wanted = _candidates(word, evidence)
    for name in wanted:
        if all(_has_value(data.records(level, arm), name) for level, arm in cells):
            return _comparable(name, data, cells, evidence, source)
    what = f"no metric of {word.removeprefix(NEED)}" if word.startswith(NEED) else f"no {word}"
    there = dict.fromkeys(name for record in _records(data, cells) for name in record.metrics)
    study = "" if source == EXPERIMENT else source
    return Gap(f"{what} was measured", evidence.command(study, metric=[*there, wanted[0]]))


def is_share(metric: str, data: StudyData, cells: Cells) -> bool:
    """Return whether a metric's values lie between 0 and 1: its worst value is one of them, and none is above 1."""
    records = list(_records(data, cells))
    worst = {record.metrics[metric].get("worst") for record in records if metric in record.metrics}
    values = (
        one.value for record in records for one in record.scores if one.metric == metric and one.value is not None
    )
    return worst <= {0.0, 1.0} and all(0.0 <= value <= 1.0 for value in values)


def _candidates(word: str, evidence: Evidence) -> Sequence[str]:
    if not word.startswith(NEED):
        return [word]
    content, style = needs(evidence.examples)
    own = {"content": content.metrics, "style": style.metrics, "support": SUPPORT, "refusals": REFUSALS}
    return own[word.removeprefix(NEED)]


def _has_value(records: Sequence[Record], metric: str) -> bool:
    return any(one.metric == metric and one.value is not None for record in records for one in record.scores)


def _comparable(name: str, data: StudyData, cells: Cells, evidence: Evidence, source: str) -> str | Gap:
    """Return the metric, or a gap where its values mean different things, or too many answers are unjudged."""
    records = list(_records(data, cells))
    study = "" if source == EXPERIMENT else source
    if not all(same_meaning(record.metrics.get(name), records[0].metrics[name]) for record in records[1:]):
        return Gap(f"{name} was scored by other settings or another version in some records", evidence.command(study))
    for record in records:
        scores = [one for one in record.scores if one.metric == name]
        unjudged = sum(one.reason == "unjudged" for one in scores)
        if unjudged > UNJUDGED_TOLERATED * len(scores):
            why = f"{unjudged:,} of {len(scores):,} answers of {record.cell.arm} are unjudged by {name}"
            return Gap(why, evidence.command(study))
    return name


def _records(data: StudyData, cells: Cells) -> Iterator[Record]:
    yield from {id(one): one for level, arm in cells for one in data.records(level, arm)}.values()
