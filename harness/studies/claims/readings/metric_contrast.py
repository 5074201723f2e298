"""A weighted sum of arms and levels on a metric: a mean, a difference, a factorial term, a difference of slices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.studies.claims.arms import BEST_OF, arm_named, words_of
from harness.studies.claims.effect import Effect, Gap, Spread, Stake
from harness.studies.claims.levels import level_named
from harness.studies.claims.measured import is_share, metric_for
from harness.studies.claims.readings.stakes import ComparedMean, stakes_of
from harness.studies.claims.sources import EXPERIMENT, Evidence
from harness.studies.claims.sums import sum_of_means
from harness.studies.data import StudyData
from harness.studies.floor import chance_of
from harness.studies.intervention import Value
from harness.types import Example

ANCHORS: Final[Mapping[bool, str]] = {True: "slices", False: "metrics"}
"""of the table in details.md: with and without a slice"""


@dataclass(frozen=True)
class Term:
    """One mean of the sum. A plain node of yaml: what is left out has its default."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.metric_contrast.Term"

    arm: str
    """a word of `harness.studies.claims.arms`, the name of an arm, or "best of rag, few_shot": of those that were run
    the one with the best mean on the same examples, which favours it a little"""
    weight: float
    metric: str = ""
    """other than that of the whole contrast"""
    slice: str = ""
    """examples of this kind alone"""
    answerable: bool | None = None
    """examples that can be answered, or that cannot; null: both"""
    levels: tuple[Mapping[str, Value], ...] = ()
    """of a study, by their settings: the mean over these; [] for the only level of an experiment"""


@dataclass(frozen=True, slots=True)
class _Mean:
    """A term with its words resolved."""

    term: Term
    arm: str
    metric: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class MetricContrast:
    """Means on examples that all terms of one kind share; kinds (slices) that have none in common are added."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.metric_contrast.MetricContrast"
    is_ratio: ClassVar[bool] = False

    source: str
    """experiment, or the name of a study"""
    metric: str
    """its name, or "need: content": see `harness.studies.claims.measured`"""
    terms: tuple[Term, ...]
    gain: bool = False
    """of one arm from nothing to something: whoever gains nothing refutes it, and needs nothing to lose"""

    def problems(self) -> Sequence[str]:
        return [] if self.terms else ["terms is []; give at least one"]

    def read(self, evidence: Evidence) -> Effect | Gap:
        data = evidence.data(self.source)
        if isinstance(data, Gap):
            return data
        means: list[_Mean] = []
        for term in self.terms:
            mean = self._resolved(term, data, evidence)
            if isinstance(mean, Gap):
                return mean
            means.append(mean)
        return self._effect(means, data, evidence)

    def _resolved(self, term: Term, data: StudyData, evidence: Evidence) -> _Mean | Gap:
        levels = _levels(term, data)
        arms = {word: arm for word in words_of(term.arm) if (arm := arm_named(word, data.roles)) is not None}
        study = "" if self.source == EXPERIMENT else self.source
        if None in levels or not arms:
            what = f"no arm is {term.arm}" if not arms else "a condition was not run"
            again = evidence.command(study) if study else evidence.more_arms(*words_of(term.arm))
            return Gap(f"{what} in {f'study {study}' if study else 'the experiment'}", again)
        known = tuple(level for level in levels if level is not None)
        cells = [(level, arm) for level in known for arm in arms.values()]
        unasked = [arm for level, arm in cells if not data.records(level, arm)]
        if unasked:
            return Gap(f"{unasked[0]} was not asked under every condition that is compared", evidence.command(study))
        metric = metric_for(term.metric or self.metric, data, self._cells(data, cells, term), evidence, self.source)
        if isinstance(metric, Gap):
            return metric
        return _Mean(term, _best(data, list(arms.values()), metric, known, term), metric, known)

    def _cells(self, data: StudyData, own: list[tuple[str, str]], term: Term) -> list[tuple[str, str]]:
        """Return the cells that a metric must have a value of: all of the contrast, unless the term has its own."""
        if term.metric:
            return own
        found = list(own)
        for other in self.terms:
            arms = [arm for word in words_of(other.arm) if (arm := arm_named(word, data.roles)) is not None]
            levels = [level for level in _levels(other, data) if level is not None]
            found += [(level, arm) for level in levels for arm in arms if not other.metric]
        return list(dict.fromkeys(found))

    def _effect(self, means: Sequence[_Mean], data: StudyData, evidence: Evidence) -> Effect | Gap:
        ids = list(
            dict.fromkeys(name for one in means for level in one.levels for name in data.examples(level, one.arm))
        )
        kinds: dict[tuple[str, bool | None], list[Floats]] = {}
        for one in means:
            mask = np.array([_counts(example, one.term) for example in _examples(data, ids, one)])
            if not mask.any():
                return _none_of(one.term)
            kind = (one.term.slice, one.term.answerable)
            kinds.setdefault(kind, []).extend(np.where(mask, part, np.nan) for part in _parts(data, ids, one))
        bounded = all(is_share(one.metric, data, [(level, one.arm) for level in one.levels]) for one in means)
        found = sum_of_means(list(kinds.values()), data.clusters(ids), bounded=bounded)
        if found is None:
            study = "" if self.source == EXPERIMENT else self.source
            return Gap("fewer than two independent questions have a value in all arms", evidence.command(study))
        return Effect(
            found.value, found.low, found.high, said(means), found.n,
            seeds=max(len(part) for parts in kinds.values() for part in parts),
            spread=Spread(found.error, found.degrees, found.seed_variance, bounded),
            anchor=ANCHORS[any(one.term.slice for one in means)] if self.source == EXPERIMENT else "",
            notes=tuple(_notes(means, data)), stakes=_stakes(means, data, ids) if bounded and not self.gain else (),
            others=evidence.other_arms(self.source, (one.arm for one in means)),
        )  # fmt: skip


def _none_of(term: Term) -> Gap:
    """Return that no question is of the kind that a term counts."""
    if term.slice:
        return Gap(f"no question is of the kind {term.slice} (the column slice says which are)")
    return Gap(f"{'no' if term.answerable else 'every'} question can be answered", outside=True)


def _stakes(means: Sequence[_Mean], data: StudyData, ids: Sequence[str]) -> tuple[Stake, ...]:
    """Return what the arms have to lose; nothing for metrics of which less is better: who knows nothing has most."""
    first = (data.records(one.levels[0], one.arm)[0].metrics[one.metric] for one in means)
    if not all(meaning.get("higher_is_better") for meaning in first):
        return ()
    return tuple(stakes_of([_compared(one, data, ids) for one in means], data.clusters(ids)))


def _compared(one: _Mean, data: StudyData, ids: Sequence[str]) -> ComparedMean:
    asked = _examples(data, ids, one)
    counted = [example for example in asked if example is not None and _counts(example, one.term)]
    mask = np.array([_counts(example, one.term) for example in asked])
    alone = replace(one, term=replace(one.term, weight=1.0))
    parts = [np.where(mask, part, np.nan) for part in _parts(data, ids, alone)]
    said = _signed(alone, True, True).removeprefix("+ ")
    kind = (one.metric, one.term.slice, one.term.answerable)
    return ComparedMean(one.arm, said, one.term.weight, kind, parts, chance_of(counted))


def _levels(term: Term, data: StudyData) -> tuple[str | None, ...]:
    return tuple(level_named(data, settings) for settings in term.levels) or data.levels[:1]


def _examples(data: StudyData, ids: Sequence[str], one: _Mean) -> list[Example | None]:
    known: dict[str, Example] = {}
    for level in one.levels:
        known |= data.examples(level, one.arm)
    return [known.get(name) for name in ids]


def _counts(example: Example | None, term: Term) -> bool:
    if example is None or (term.slice and example.slice != term.slice):
        return False
    return term.answerable is None or example.answerable is term.answerable


def _parts(data: StudyData, ids: Sequence[str], one: _Mean) -> list[Floats]:
    """Return the values of one mean, weighted: one array of shape (runs, examples) per level."""
    share = one.term.weight / len(one.levels)
    values = (data.values(level, one.arm, one.metric) for level in one.levels)
    return [share * found.of(ids) for found in values if found is not None]


def _best(data: StudyData, arms: Sequence[str], metric: str, levels: Sequence[str], term: Term) -> str:
    """Return the arm with the best mean on the examples of a term."""

    def mean(arm: str) -> float:
        values = [data.values(level, arm, metric) for level in levels]
        asked = [name for level in levels for name, one in data.examples(level, arm).items() if _counts(one, term)]
        return float(np.mean([np.nanmean(one.of(asked)) for one in values if one is not None])) if asked else -np.inf

    facts = next(record.metrics[metric] for record in data.records(levels[0], arms[0]))
    return (max if facts.get("higher_is_better") is not False else min)(arms, key=mean) if len(arms) > 1 else arms[0]


def said(means: Sequence[_Mean]) -> str:
    """Return the sum in words: "rag − qlora, exact_match, document-only"."""
    metrics = list(dict.fromkeys(one.metric for one in means))
    slices = list(dict.fromkeys(one.term.slice for one in means if one.term.slice))
    several = len({one.term.slice for one in means}) > 1
    text = " ".join(_signed(one, len(metrics) > 1, several) for one in means).removeprefix("+ ")
    return ", ".join([text, *(metrics if len(metrics) == 1 else []), *([] if several else slices)])


def _signed(one: _Mean, with_metric: bool, with_slice: bool) -> str:
    """Return one mean with its sign, and with what distinguishes it from the others."""
    size, sign = abs(one.term.weight), "−" if one.term.weight < 0 else "+"
    levels = " and ".join(one.levels) if len(one.levels) < 3 else f"{len(one.levels)} conditions"
    parts = [
        f"{sign} {'' if size == 1 else f'{size:g} × '}{one.arm}",
        one.metric if with_metric else "",
        f"on {one.term.slice}" if with_slice and one.term.slice else "",
        f"under {levels}" if one.term.levels else "",
    ]
    return " ".join(filter(None, parts))


def _notes(means: Sequence[_Mean], data: StudyData) -> list[str]:
    """Say which of several arms was the best, and which were not run."""
    lines: dict[str, None] = {}
    for one in means:
        words = words_of(one.term.arm)
        if one.term.arm.startswith(BEST_OF):
            absent = [word for word in words if arm_named(word, data.roles) is None]
            missing = f" ({', '.join(absent)} not run)" if absent else ""
            lines[f"{one.arm} is the {one.term.arm}{missing}"] = None
    return list(lines)
