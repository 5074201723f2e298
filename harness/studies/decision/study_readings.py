"""Measurements of studies: the mean of a metric under some conditions, or any figure of a study's table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from harness.analysis.result import Figure, Section
from harness.analysis.stats.bootstrap import Floats
from harness.studies.data import StudyData
from harness.studies.data_kinds import DataKind
from harness.studies.decision.reading import DecisionData, Part, Readout, StudyEvidence, with_structure
from harness.studies.decision.samples import ResampledValue, mean_of, mean_sample, spread
from harness.studies.decision.standing import at_chance_in_experiment, loses_nothing, never_there
from harness.studies.intervention import Value
from harness.studies.measures.learning_curve import Curve, all_pairs, curve_of

LabelSamples = tuple[tuple[int, ResampledValue], ...]
"""number of labelled pairs, rising, and what was measured with so many"""


@dataclass(frozen=True)
class StudyMean:
    """The mean of a metric under one condition, or its difference to another: example by example, and paired."""

    KEY: ClassVar[str] = "harness.studies.decision.study_readings.StudyMean"

    study: str
    """its name"""
    metric: str | None
    """null: the one that the study is measured by"""
    where: Mapping[str, Value]
    """settings of the condition, as measures know them (docs/STUDIES.md): the first that has these"""
    minus: Mapping[str, Value]
    """settings of the condition that is subtracted; {}: none is"""
    answerable: bool | None
    """true or false: only questions that can, or cannot, be answered; null: all"""
    without: Mapping[Part, float]
    """passages or adapter -> value of an arm that has none, and so no value"""
    needs: tuple[DataKind, ...] = ()
    """what the data must have for the study to make sense"""

    def read(self, data: DecisionData) -> Readout | None:
        study = sound_study(data, self.study)
        levels = [] if study is None else self._levels(study.data)
        if study is None or not levels:
            return None
        asked = {arm: self._sample(study.data, levels, arm) for arm in data.arms}
        if not any(asked.values()):
            return None
        samples = {arm: one if data.has(study, arm) else None for arm, one in asked.items()}
        said = f"study {self.study}: {self.metric or study.data.metric} under {' minus under '.join(levels)}"
        found = with_structure(samples, data.source.roles, self.without)
        falls = [arm for arm in found if self.minus and loses_nothing(data, study, arm, levels[1], self.metric)]
        return readout(found, said, falls)

    def wanted(self, task: str) -> str:
        return f"make study study={self.study} task={task}"

    def asked(self, data: DecisionData, study: StudyEvidence, arm: str) -> bool:
        """Return whether a study asked this arm where it is read, and was to be scored by what it is read by."""
        levels = self._levels(study.data)
        records = [study.data.records(level, arm) for level in levels] if data.has(study, arm) else []
        scored = (self.metric is None or self.metric in own[0].metrics for own in records if own)
        return bool(records) and all(records) and all(scored)

    def is_idle(self, data: DecisionData, arm: str) -> bool:
        """Return whether the experiment shows already that an arm has nothing to lose by this measure."""
        return bool(self.minus) and at_chance_in_experiment(data, arm, self.metric)

    def _levels(self, data: StudyData) -> list[str]:
        """Return the level, and the one that is subtracted; [] where one of them was not run."""
        wanted = [self.where, *([self.minus] if self.minus else [])]
        found = [levels_with(data, one)[:1] for one in wanted]
        return [level for one in found for level in one] if all(found) else []

    def _sample(self, data: StudyData, levels: Sequence[str], arm: str) -> ResampledValue | None:
        ids = self._ids(data, levels)
        runs = [self._runs(data, level, arm, ids) for level in levels]
        known = [one for one in runs if one is not None]
        if not ids or len(known) < len(runs):
            return None
        if len({len(one) for one in known}) > 1:  # runs share seeds and draws only where there are as many
            known = [np.nanmean(one, axis=0, keepdims=True) for one in known]
        return mean_sample(known[0] - known[1] if len(known) > 1 else known[0], data.clusters(ids), arm)

    def _ids(self, data: StudyData, levels: Sequence[str]) -> list[str]:
        """Return what was asked under all levels and counts, in one order for all arms."""
        asked = [
            {name: one for arm in data.arms for name, one in data.examples(level, arm).items()} for level in levels
        ]
        common = [name for name in asked[0] if all(name in one for one in asked)]
        return [name for name in common if self.answerable in (None, asked[0][name].answerable)]

    def _runs(self, data: StudyData, level: str, arm: str, ids: Sequence[str]) -> Floats | None:
        values = data.values(level, arm, self.metric) if arm in data.arms else None
        runs = None if values is None else values.of(ids)
        return None if runs is None or np.isnan(runs).all() else runs


@dataclass(frozen=True)
class StudyFigure:
    """A figure of a study's table, by section and row; the column is the arm. Of several rows their mean."""

    KEY: ClassVar[str] = "harness.studies.decision.study_readings.StudyFigure"

    study: str
    """its name"""
    section: str
    """of its table.csv, first column"""
    row: str
    """as table.csv names it; "": the rows of the conditions in `where` """
    where: Mapping[str, Value]
    """settings of the conditions whose rows are meant"""
    without: Mapping[Part, float]
    """passages or adapter -> value of an arm that has none, and so no figure"""
    needs: tuple[DataKind, ...] = ()
    """what the data must have for the study to make sense"""
    shown_by: Mapping[str, Value] = field(default_factory=dict)
    """settings of the condition whose row must be above 0 for an arm to have anything to lose; {}: every arm has"""

    def read(self, data: DecisionData) -> Readout | None:
        study = sound_study(data, self.study)
        section = None if study is None else _section(study, self.section)
        if study is None or section is None:
            return None
        rows = [self.row] if self.row else levels_with(study.data, self.where)
        asked = {arm: self._sample(section, rows, arm) for arm in data.arms}
        if not any(asked.values()):
            return None
        samples = {arm: one if data.has(study, arm) else None for arm, one in asked.items()}
        shown = [name for name in rows if any(row[0] == name for row in section.rows)]
        said = f"study {self.study}: {section.title[0].lower()}{section.title[1:]} ({'; '.join(shown)})"
        found = with_structure(samples, data.source.roles, self.without)
        before = levels_with(study.data, self.shown_by)[:1] if self.shown_by else []
        falls = [arm for arm in found for row in before if samples[arm] and never_there(section.figures(arm).get(row))]
        return readout(found, said, falls)

    def wanted(self, task: str) -> str:
        return f"make study study={self.study} task={task}"

    def asked(self, data: DecisionData, study: StudyEvidence, arm: str) -> bool:
        """Return whether a study asked this arm where it is read."""
        levels = levels_with(study.data, self.where)
        return data.has(study, arm) and any(study.data.records(level, arm) for level in levels)

    def _sample(self, section: Section, rows: Sequence[str], arm: str) -> ResampledValue | None:
        figures: dict[str, Figure] = section.figures(arm)
        found = [spread(figures[row], f"{self.study}/{self.section}/{row}/{arm}") for row in rows if row in figures]
        return mean_of(found) if found else None


@dataclass(frozen=True)
class CurveOverLabels:
    """How a criterion depends on the number of labelled pairs, by a study that trains on fewer."""

    KEY: ClassVar[str] = "harness.studies.decision.study_readings.CurveOverLabels"

    study: str
    """its name"""
    criterion: str
    """whose metric it must be measured by"""
    steps: str
    """of which conditions: "equal epochs" or "equal steps" """

    def read(self, data: DecisionData, measured: Readout) -> dict[str, LabelSamples]:
        """Return arm -> its curve, of the arms that were tuned; nothing where the study has another metric.

        A study that trained on fewer rows than the experiment ends in what the experiment measured.

        Args:
            data: of the experiment.
            measured: what it says of the criterion.
        """
        study = sound_study(data, self.study)
        if study is None or study.data.metric != measured.said:
            return {}
        total = all_pairs(study.data)
        adapted = [arm for arm in data.arms if data.source.roles[arm].adapted and arm in study.data.arms]
        curves = {arm: curve_of(study.data, arm, self.steps, total) for arm in adapted}
        found = {arm: self._samples(study.data, curve, arm) for arm, curve in curves.items() if curve is not None}
        for arm, own in found.items():
            rows, last = data.trained_rows(arm), measured.samples.get(arm)
            if own and rows is not None and last is not None and rows > own[-1][0]:
                found[arm] = (*own, (rows, last))
        return {arm: one for arm, one in found.items() if len(one) > 1}

    def _samples(self, data: StudyData, curve: Curve, arm: str) -> LabelSamples:
        pairs = zip(curve.sizes, curve.values, strict=True)
        samples = ((size, mean_sample(own.runs, data.clusters(own.ids), arm)) for size, own in pairs)
        return tuple((size, one) for size, one in samples if one is not None)


def readout(samples: Mapping[str, ResampledValue], said: str, falls: Sequence[str] = ()) -> Readout | None:
    """Return a readout; None where no arm has a value.

    Args:
        samples: arm -> its measurement.
        said: what was measured.
        falls: arms with nothing to lose, whose measurement does not count.
    """
    kept = {arm: one for arm, one in samples.items() if arm not in falls}
    return Readout(kept, said, tuple(falls)) if samples else None


def sound_study(data: DecisionData, name: str) -> StudyEvidence | None:
    """Return a study whose controls passed; None for one that was not run, or that shows nothing."""
    study = data.studies.get(name)
    return None if study is None or study.withheld else study


def levels_with(data: StudyData, where: Mapping[str, Value]) -> list[str]:
    """Return the levels that have these settings; what a command line set is a text, and 1 is also 1.0."""
    return [level for level in data.levels if has_settings(data.settings(level), where)]


def has_settings(settings: Mapping[str, Value], where: Mapping[str, Value]) -> bool:
    """Return whether settings hold all of these; what a command line set is a text."""
    known = (
        name in settings and (settings[name] == value or str(settings[name]) == str(value))
        for name, value in where.items()
    )
    return all(known)


def _section(study: StudyEvidence, name: str) -> Section | None:
    return next((one for one in study.sections if one.name == name), None)
