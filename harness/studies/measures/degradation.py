"""What answers lose under a change of the input: paired drop, no-degradation rate, worst change, spread.

The no-degradation rate is the share of examples that are answered no worse than without the change; the drop alone can
be 0 where as many answers get better as get worse. Retrieval's share of a drop is what an arm that retrieves loses
beyond the arm whose passages do not depend on the wording (oracle).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.studies.data import StudyData
from harness.studies.intervention import Value
from harness.studies.measures.measure import Findings, by_row, excludes_zero
from harness.studies.numbers import contrast, share, shared_ids, text_of
from harness.studies.shown_support import place_levels

NOTHING = 1e-9
"""what rounding leaves of a difference"""


@dataclass(frozen=True)
class Degradation:
    """Every change against the clean condition, example by example."""

    KEY: ClassVar[str] = "harness.studies.measures.degradation.Degradation"

    clean: Mapping[str, Value]
    """settings of the condition that others are compared with"""
    beyond: Mapping[str, Value]
    """settings of conditions that are controls: shown, and never the worst change"""

    def read(self, data: StudyData) -> Findings:
        clean = data.level_with(self.clean)
        if clean is None:
            return Findings()
        ordered = set(place_levels(data).values())  # PassagePlace's: with a full window the last passage is cut
        changes = [level for level in data.levels if level != clean and level not in ordered]
        drops = {(level, arm): drop(data, clean, level, arm) for level in changes for arm in data.arms}
        real = [level for level in changes if not self._is_control(data, level)]
        sections = (
            _section(data, "drop", f"{data.metric}: change − {clean}, paired", drops, changes),
            _rates(data, clean, changes),
            *_of_retrieval(data, clean, real),
        )
        return Findings(tuple(one for one in sections if one.rows), tuple(_words(data, clean, drops, real)))

    def _is_control(self, data: StudyData, level: str) -> bool:
        return bool(self.beyond) and self.beyond.items() <= data.settings(level).items()


def drop(data: StudyData, clean: str, level: str, arm: str) -> Figure | None:
    """Return the paired difference of an arm under a change and without it."""
    return contrast(data, {(level, arm): 1.0, (clean, arm): -1.0})


def no_degradation(data: StudyData, clean: str, level: str, arm: str) -> Figure | None:
    """Return the share of examples that are answered no worse under the change, each by its mean over runs."""
    values = [data.values(one, arm) for one in (clean, level)]
    known = [one for one in values if one is not None]
    if len(known) < 2:
        return None
    ids, sign = shared_ids(known), 1.0 if data.higher_is_better else -1.0
    before, after = (np.nanmean(one.of(ids), axis=0) if ids else np.zeros(0) for one in known)
    flags = {
        name: float(sign * (second - first) >= -NOTHING)
        for name, first, second in zip(ids, before, after, strict=True)
        if not np.isnan(first + second)
    }
    return share(flags, data)


def _section(
    data: StudyData, name: str, title: str, cells: Mapping[tuple[str, str], Figure | None], levels: list[str]
) -> Section:
    columns = (SectionColumn("change"), *(SectionColumn(arm, "", 3) for arm in data.arms))
    rows: list[tuple[SectionCell, ...]] = [(level, *(cells.get((level, arm)) for arm in data.arms)) for level in levels]
    return Section(name, title, columns, by_row(rows))


def _rates(data: StudyData, clean: str, levels: list[str]) -> Section:
    cells = {(level, arm): no_degradation(data, clean, level, arm) for level in levels for arm in data.arms}
    return _section(
        data, "no_degradation", "Share of examples answered no worse than without the change", cells, levels
    )


def _of_retrieval(data: StudyData, clean: str, levels: list[str]) -> list[Section]:
    """Return, of each arm that searches, what it loses beyond the control whose passages are fixed."""
    fixed = next((arm for arm, role in data.roles.items() if role.control and role.retrieves), None)
    plain = [arm for arm, role in data.roles.items() if role.retrieves and not role.adapted and not role.control]
    if fixed is None or not plain:
        return []
    rows: list[tuple[SectionCell, ...]] = []
    for level in levels:
        weights = [{(level, arm): 1.0, (clean, arm): -1.0, (level, fixed): -1.0, (clean, fixed): 1.0} for arm in plain]
        rows.append((level, *(contrast(data, one) for one in weights)))
    columns = (SectionColumn("change"), *(SectionColumn(arm, "", 3) for arm in plain))
    note = Note("Reading", f"the drop of each arm minus that of {fixed}, whose passages do not depend on the wording")
    return [Section("retrieval_share", "Of this, lost in retrieval", columns, by_row(rows), (note,))]


def _has_nothing_to_lose(data: StudyData, clean: str, arm: str) -> bool:
    figure = contrast(data, {(clean, arm): 1.0})
    return figure is not None and abs(figure.value) < NOTHING


def _words(data: StudyData, clean: str, drops: Mapping[tuple[str, str], Figure | None], levels: list[str]) -> list[str]:
    sign, lines = 1.0 if data.higher_is_better else -1.0, []
    for arm, role in data.roles.items():
        own = {level: figure for level in levels if (figure := drops.get((level, arm))) is not None}
        if role.control or not own:
            continue
        worst = min(own, key=lambda level: sign * own[level].value)
        figure = own[worst]
        values = [one.value for one in own.values()]
        if data.higher_is_better and _has_nothing_to_lose(data, clean, arm):
            lines.append(f"{arm} has nothing to lose: its {data.metric} is 0 without any change.")
            continue
        if max(map(abs, values)) < NOTHING:
            lines.append(f"{arm} is as good under every change as without one.")
            continue
        span = f"its changes span {max(values) - min(values):.2f}"
        if sign * figure.value >= 0:
            lines.append(f"{arm} loses {data.metric} under no change; {span}.")
            continue
        clear = "" if excludes_zero(figure) else ", which could be chance"
        lines.append(f"{arm} loses most under {worst}: {text_of(figure, 2, '+')} {data.metric}{clear}; {span}.")
    return lines
