"""Certainty: every two arms with their difference, its interval and a sentence; one section per metric."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.verdicts import sentence
from harness.analysis.headline import deciding
from harness.analysis.result import ArmComparison, Figure, Note, Section, SectionCell, SectionColumn

COLUMNS: Final = (
    SectionColumn("arms"),
    SectionColumn("difference"),
    SectionColumn("p", "adjusted", decimals=4),
    SectionColumn("wins", "examples", decimals=0),
    SectionColumn("ties", "examples", decimals=0),
    SectionColumn("losses", "examples", decimals=0),
    SectionColumn("detectable"),
    SectionColumn("in words"),
)


def certainty_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield the pairs of arms on each metric; only those of the first metrics, without controls, are printed."""
    printed = {source.columns[place].metric for place in deciding(source)}
    for column in source.columns:
        for controls in (False, True):
            rows = [
                one
                for one in source.comparisons
                if one.metric == column.metric and one.with_control == controls and one.difference is not None
            ]
            if rows:
                yield _section(column.metric, rows, controls, controls or column.metric not in printed)


def _section(metric: str, rows: Sequence[ArmComparison], controls: bool, files_only: bool) -> Section:
    return Section(
        name=f"certainty-{metric}{'-controls' if controls else ''}",
        title=f"Certainty: every two arms on {metric}{', with controls' if controls else ''}",
        columns=COLUMNS,
        rows=tuple(map(_row, rows)),
        notes=(Note("Reading", _reading(rows)),),
        files_only=files_only,
    )


def _row(one: ArmComparison) -> tuple[SectionCell, ...]:
    difference = one.difference
    assert difference is not None
    return (
        f"{one.first} vs {one.second}",
        Figure(difference.mean, difference.low, difference.high, difference.n, difference.significant),
        Figure(difference.p_adjusted),
        *(Figure(float(count)) for count in (one.wins, one.ties, one.losses)),
        Figure(one.detectable) if one.detectable is not None else None,
        sentence(one).text,
    )


def _reading(rows: Sequence[ArmComparison]) -> str:
    side = {True: "is higher", False: "is lower", None: "is higher (no side is better)"}[rows[0].higher_is_better]
    family = rows[0].family
    over = f", Holm-adjusted over {family} pairs" if family > 1 else ""
    return (
        f"difference: the first arm minus the second, with its 95 % interval, paired by example; p: sign-flip "
        f"permutation test{over}; win: the first arm {side}; detectable: the smallest true difference that a test of "
        "this pair alone detects at this n (80 % power, α .05). The number of examples that would decide assumes that "
        "the observed difference is the true one (80 % power, after the adjustment)"
    )
