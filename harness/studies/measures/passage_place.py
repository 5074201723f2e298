"""What the place of the right passage does to answers (Lost in the Middle, Liu et al., arXiv 2307.03172).

Counted over the questions whose prompt shows the right passage and two others at least under all three places, so that
the three prompts hold the same passages and differ in their order alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.studies.data import StudyData
from harness.studies.measures.measure import Findings, by_row, excludes_zero
from harness.studies.numbers import of_runs, text_of
from harness.studies.shown_support import can_move, place_levels, read_flags, retrieving
from harness.types import PLACES, Place

EFFECTS: Mapping[str, Mapping[Place, float]] = {
    "middle − mean of both ends": {"first": -0.5, "middle": 1.0, "last": -0.5},
    "last − first": {"first": -1.0, "last": 1.0},
}
"""contrast -> factor of each place"""


@dataclass(frozen=True)
class PassagePlace:
    """Every arm that searches, with the right passage first, in the middle and last."""

    KEY: ClassVar[str] = "harness.studies.measures.passage_place.PassagePlace"

    def read(self, data: StudyData) -> Findings:
        levels, arms = place_levels(data), list(retrieving(data))
        if len(levels) < len(PLACES):
            return Findings()
        ids = {arm: comparable(data, levels, arm) for arm in arms}
        if not any(ids.values()):
            return Findings()
        columns = (SectionColumn("place"), *(SectionColumn(arm, "", 3) for arm in arms))
        means: list[tuple[SectionCell, ...]] = [
            (level, *(weighted(data, levels, arm, ids[arm], {place: 1.0}) for arm in arms))
            for place, level in levels.items()
        ]
        effects: list[tuple[SectionCell, ...]] = [
            (name, *(weighted(data, levels, arm, ids[arm], factors) for arm in arms))
            for name, factors in EFFECTS.items()
        ]
        counts = ", ".join(f"{arm} {len(own):,}" for arm, own in ids.items())
        note = Note("Questions", f"whose prompt shows the right passage and two others at least: {counts}")
        sections = (
            Section("place", f"{data.metric} by the place of the right passage", columns, by_row(means), (note,)),
            Section("place_effect", "What the place does, paired", columns, by_row(effects)),
        )
        return Findings(tuple(one for one in sections if one.rows), tuple(_words(data, levels, ids)))


def comparable(data: StudyData, levels: Mapping[Place, str], arm: str) -> list[str]:
    """Return the questions whose prompts of an arm show the right passage and two others under every place."""
    found: list[set[str]] = []
    for level in levels.values():
        asked, answers = data.examples(level, arm), data.predictions(level, arm)
        found.append({name for name, one in answers.items() if can_move(read_flags(asked[name], one))})
    return sorted(set.intersection(*found))


def weighted(
    data: StudyData, levels: Mapping[Place, str], arm: str, ids: Sequence[str], factors: Mapping[Place, float]
) -> Figure | None:
    """Return the weighted sum of the metric under some places, over these questions; None without any."""
    values = {place: data.values(levels[place], arm) for place in factors}
    parts = [factors[place] * one.of(ids) for place, one in values.items() if one is not None]
    return of_runs(parts, data.clusters(ids)) if ids and len(parts) == len(factors) else None


def _words(data: StudyData, levels: Mapping[Place, str], ids: Mapping[str, Sequence[str]]) -> Iterator[str]:
    name, factors = next(iter(EFFECTS.items()))
    for arm, own in ids.items():
        figure = weighted(data, levels, arm, own, factors)
        if figure is not None:
            clear = "" if excludes_zero(figure) else ", which could be chance"
            yield f"Place of the right passage, {arm}: {name} {text_of(figure, 2, '+')} {data.metric}{clear}."
