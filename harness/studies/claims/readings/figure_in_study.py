"""A number that a study's own measure reads off, by its place in the study's table; alone, or beside a second one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from harness.analysis.result import Figure, Section, SectionCell
from harness.reports.links import slug
from harness.studies.claims.arms import ROLES, column_named
from harness.studies.claims.effect import Effect, Gap, spread_of_interval
from harness.studies.claims.levels import level_named
from harness.studies.claims.sources import Evidence, StudySource
from harness.studies.claims.sums import ROUNDING, edge
from harness.studies.data import StudyData
from harness.studies.intervention import Value

Scale = Literal["share", "number", "time", "count"]
"""share: between 0 and 1; time: seconds that were measured once where there is no interval; count: exact"""


@dataclass(frozen=True)
class TablePlace:
    """A place in a section of a study's table. A plain node of yaml: what is left out has its default."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.figure_in_study.TablePlace"

    column: str
    """its heading; a word of `harness.studies.claims.arms` stands for an arm"""
    level: Mapping[str, Value] | None = None
    """settings of the level that names the row"""
    row: Mapping[str, str] | None = None
    """heading of a column -> its text in the row; null: the first row that has a number there"""


@dataclass(frozen=True)
class FigureInStudy:
    """One number, or two of them compared.

    Both are of the same answers, so their difference is given the widest interval that any dependence of the two
    allows: the sum of both.
    """

    KEY: ClassVar[str] = "harness.studies.claims.readings.figure_in_study.FigureInStudy"

    source: str
    """name of the study"""
    section: str
    """of its table"""
    place: TablePlace
    against: TablePlace | None
    """what it is compared with; null: it stands alone"""
    form: Literal["difference", "ratio"]
    """of the two numbers"""
    scale: Scale

    @property
    def is_ratio(self) -> bool:
        return self.form == "ratio" and self.against is not None

    def read(self, evidence: Evidence) -> Effect | Gap:
        study = evidence.study(self.source)
        if isinstance(study, Gap):
            return study
        section = next((one for one in study.table.sections if one.name == self.section), None)
        if section is None:
            return Gap(f"study {self.source} has no table “{self.section}”", evidence.command(self.source))
        figures = [self._figure(section, one, study.data) for one in (self.place, self.against) if one is not None]
        missing = [one for one in figures if isinstance(one, str)]
        if missing:
            return Gap(f"{missing[0]} in “{section.title}” of study {self.source}", evidence.command(self.source))
        effect = self._effect([one for one in figures if isinstance(one, Figure)], study, section)
        if isinstance(effect, Gap):
            return effect
        places = [one for one in (self.place, self.against) if one is not None]
        words = [word for one in places for word in (one.column, *(one.row or {}).values())]
        named = (arm for word in words if (arm := column_named(word, study.data.roles)) is not None)
        return replace(effect, others=evidence.other_arms(self.source, named))

    def _figure(self, section: Section, place: TablePlace, data: StudyData) -> Figure | str:
        """Return the number at a place, or what is missing."""
        heading = column_named(place.column, data.roles)
        columns = [column.name for column in section.columns]
        if heading not in columns:
            return f"no arm is {place.column}" if place.column in ROLES else f"there is no column {heading}"
        rows = [row for row in section.rows if _fits(row, columns, place, data)]
        cells = [cell for row in rows if (cell := row[columns.index(heading)]) is not None]
        figure = next((cell for cell in cells if isinstance(cell, Figure)), None)
        if figure is None:
            return f"{place.column} has no number" if rows else f"there is no row for {_wanted(place)}"
        return figure

    def _effect(self, figures: Sequence[Figure], study: StudySource, section: Section) -> Effect | Gap:
        first = figures[0]
        second = figures[1] if len(figures) > 1 else None
        if self.is_ratio and (first.value <= 0 or second is None or second.value <= 0):
            return Gap(f"a ratio with 0 says nothing ({section.title})")
        value, low, high = combined(first, second, ratio=self.is_ratio)
        sampled = any(one.low is not None for one in figures)
        n = min((one.n for one in figures if one.n is not None), default=_asked(study.data)) if sampled else 0
        spread = None
        notes: tuple[str, ...] = ()
        if sampled and low is not None and high is not None:
            bounded = self.scale == "share" and not self.is_ratio
            degrees = max(1, min(n, _groups(study.data)) - 1)
            spread = spread_of_interval(value, low, high, degrees, ratio=self.is_ratio, bounded=bounded)
            if bounded and high - low < ROUNDING:
                low, high = never_differing(value, degrees + 1)
                low, high = max(low, -1.0), min(high, 1.0)  # a figure may be a difference itself
                notes = (_never_said(degrees + 1),)
        return Effect(
            value, low if sampled else None, high if sampled else None, self._said(study.data, section), n,
            "samples", _runs(study.data), "sampled" if sampled else "once" if self.scale == "time" else "exact",
            spread, self.is_ratio, slug(section.name), notes,
        )  # fmt: skip

    def _said(self, data: StudyData, section: Section) -> str:
        places = [_place_said(one, data) for one in (self.place, self.against) if one is not None]
        return f"{section.title}: {(' ÷ ' if self.is_ratio else ' − ').join(places)}"


def never_differing(value: float, groups: int) -> tuple[float, float]:
    """Return the interval of a difference of shares that was the same in every sample.

    Resamples of equal values are all equal: an interval of no width, which says that no other answer is possible. What
    can be said is how many may differ though none of these did, as in `harness.studies.claims.sums`.

    Args:
        value: that all had.
        groups: independent ones.
    """
    return value - edge(groups), value + edge(groups)


def _never_said(groups: int) -> str:
    return (
        f"every sample gave the same: the interval is the exact one for none that differs among {groups} independent "
        "samples (the fewest of any condition of this study)"
    )


def combined(first: Figure, second: Figure | None, *, ratio: bool) -> tuple[float, float | None, float | None]:
    """Return first − second, or first / second, with the sum of both intervals; None for an end that is not known.

    Args:
        first: a number.
        second: None: the first alone.
        ratio: divide; both are above 0, and intervals are added as logarithms.
    """
    if second is None:
        return first.value, first.low, None if first.open_high else first.high
    down, up = _reach(first, ratio=ratio)
    second_down, second_up = _reach(second, ratio=ratio)
    if ratio:
        value = first.value / second.value
        ends = value * math.exp(-down - second_up), value * math.exp(up + second_down)
    else:
        value = first.value - second.value
        ends = value - down - second_up, value + up + second_down
    low, high = (None if math.isinf(end) or math.isnan(end) or (ratio and end == 0) else end for end in ends)
    return value, low, high


def _reach(one: Figure, *, ratio: bool) -> tuple[float, float]:
    """Return how far the interval reaches down and up, as logarithms for a ratio; infinity for an open end."""
    if one.low is None or one.high is None:
        return 0.0, 0.0
    high = math.inf if one.open_high else one.high
    if not ratio:
        return one.value - one.low, high - one.value
    down = math.log(one.value / one.low) if one.low > 0 else math.inf
    return down, math.log(high / one.value) if not math.isinf(high) else math.inf


def _fits(row: Sequence[SectionCell], columns: Sequence[str], place: TablePlace, data: StudyData) -> bool:
    """Return whether a row is that of a place: its level in the first column, and its other texts."""
    if place.level is not None and row[0] != level_named(data, place.level):
        return False
    wanted = {heading: column_named(text, data.roles) for heading, text in (place.row or {}).items()}
    return all(heading in columns and row[columns.index(heading)] == text for heading, text in wanted.items())


def _wanted(place: TablePlace) -> str:
    parts = [*(place.level or {}).items(), *(place.row or {}).items()]
    return ", ".join(f"{name} {value}" for name, value in parts) or "anything"


def _place_said(place: TablePlace, data: StudyData) -> str:
    level = level_named(data, place.level) if place.level is not None else None
    named = [column_named(place.column, data.roles), *map(str, (place.row or {}).values()), *([level] if level else [])]
    return ", ".join(named)


def _asked(data: StudyData) -> int:
    return max((len(data.examples(level, arm)) for level in data.levels for arm in data.arms), default=0)


def _groups(data: StudyData) -> int:
    """Return the fewest independent groups of examples of any condition."""
    counts = [
        len(set(data.clusters(list(asked)).tolist()))
        for level in data.levels
        for arm in data.arms
        if (asked := data.examples(level, arm))
    ]
    return min(counts, default=2)


def _runs(data: StudyData) -> int:
    return max((len(data.records(level, arm)) for level in data.levels for arm in data.arms), default=1)
