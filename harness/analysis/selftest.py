"""Known answers of the statistics: made-up records go through the code of every table, and simple formulas agree.

As metrics are tried on hand-computed cases before they score anything, so are means, intervals, pairing, clusters,
adjusted p and winners before a table is shown, once per process.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import numpy as np

from harness.analysis.result import ArmComparison, Table, TableEntry
from harness.analysis.table import build
from harness.errors import MetricError, joined
from harness.types import Cell, Example, Prediction, Record, Score

GROUPS, SIZE = 12, 5
"""clusters, and examples of each: with one value per cluster, five examples tell no more than one"""
METRIC: Final = "known"
RESAMPLES: Final = 2_000
NORMAL: Final = 1.96
NEAR: Final = (0.75, 1.5)
"""bounds of an interval's width over that of the normal approximation"""
EXACT: Final = 1e-9


def check_statistics() -> None:
    """Try the statistics once per process.

    Raises:
        MetricError: names every figure that is wrong.
    """
    if problems := _problems():
        raise joined(MetricError, "statistics fail their known answers, so no table is made", problems)


@cache
def _problems() -> tuple[str, ...]:
    values = _values()
    table = build([_record(arm, own) for arm, own in values.items()], resamples=RESAMPLES)
    return tuple(_wrong(table, values))


def _values() -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return the scores of three arms, NaN where the first has none."""
    cluster = np.repeat(np.linspace(0.2, 0.7, GROUPS), SIZE)
    turn = np.repeat(np.resize([1.0, -1.0, -1.0, 1.0, 1.0], GROUPS), SIZE)
    base = cluster.copy()
    base[:SIZE] = np.nan
    return {"base": base, "rag": cluster + 0.1 + 0.01 * turn, "qlora": cluster + 0.02 + 0.05 * turn}


def _record(arm: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Record:
    names = [f"e{number}" for number in range(len(values))]
    examples = tuple(Example(name, "?", ("!",), (), group=f"g{int(name[1:]) // SIZE}") for name in names)
    given = [None if np.isnan(value) else float(value) for value in values]
    reasons = ["not_applicable" if value is None else "" for value in given]
    role = {"retrieves": arm == "rag", "adapted": arm == "qlora", "trained_on_passages": False, "control": False}
    return Record(
        cell=Cell("known", "known", arm, 0),
        spec={},
        fingerprint=arm,
        comparison="known",
        environment={},
        facts={"role": role},
        metrics={METRIC: {"unit": "share", "higher_is_better": True, "worst": 0.0}},
        build_spans=(),
        examples=examples,
        predictions=tuple(Prediction(name, arm, (), (), "stop") for name in names),
        scores=tuple(
            Score(name, METRIC, value, reason)  # type: ignore[arg-type]
            for name, value, reason in zip(names, given, reasons, strict=True)
        ),
    )


def _wrong(table: Table, values: Mapping[str, np.ndarray[tuple[int], np.dtype[np.float64]]]) -> Iterator[str]:
    entries = {row.arm: row.entries[0] for row in table.rows}
    for arm, own in values.items():
        yield from _wrong_mean(arm, entries[arm], own)
    yield from _wrong_differences(entries, values)
    yield from _wrong_winners(table.comparisons, values)


def _wrong_mean(arm: str, entry: TableEntry, own: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Iterator[str]:
    right = float(np.nanmean(own))
    if entry.mean is None or abs(entry.mean - right) > EXACT:
        yield f"the mean of {arm} is {entry.mean}, not {right:.6f}"
    clusters = own[::SIZE][~np.isnan(own[::SIZE])]
    width = 2 * NORMAL * float(clusters.std(ddof=1)) / len(clusters) ** 0.5
    if entry.low is None or entry.high is None or not NEAR[0] * width <= entry.high - entry.low <= NEAR[1] * width:
        shown = f"{entry.low} to {entry.high}"
        yield f"the 95 % interval of {arm} is {shown}; over its clusters it is about {width:.3f} wide"


def _wrong_differences(
    entries: Mapping[str, TableEntry], values: Mapping[str, np.ndarray[tuple[int], np.dtype[np.float64]]]
) -> Iterator[str]:
    found = {arm: entry.difference for arm, entry in entries.items() if entry.difference is not None}
    raw = {arm: difference.p for arm, difference in found.items()}
    for arm, difference in found.items():
        apart = values[arm] - values["base"]
        spread = float(np.nanstd(apart[::SIZE], ddof=1)) / (GROUPS - 1) ** 0.5
        width = None if difference.low is None or difference.high is None else difference.high - difference.low
        if abs(difference.mean - float(np.nanmean(apart))) > EXACT or width is None:
            yield f"{arm} − base is {difference.mean:.6f}, not {float(np.nanmean(apart)):.6f}"
        elif width > 3 * NORMAL * spread:
            yield f"the interval of {arm} − base is {width:.3f} wide; answers to one question differ by less"
        adjusted = _holm(raw)[arm]
        if abs(difference.p_adjusted - adjusted) > EXACT:
            yield f"p of {arm} − base is {difference.p_adjusted:.4f}; adjusted by Holm's method it is {adjusted:.4f}"


def _holm(raw: Mapping[str, float]) -> dict[str, float]:
    adjusted, largest = dict[str, float](), 0.0
    for rank, arm in enumerate(sorted(raw, key=lambda name: raw[name])):
        largest = max(largest, min(1.0, (len(raw) - rank) * raw[arm]))
        adjusted[arm] = largest
    return adjusted


def _wrong_winners(
    comparisons: tuple[ArmComparison, ...], values: Mapping[str, np.ndarray[tuple[int], np.dtype[np.float64]]]
) -> Iterator[str]:
    for one in comparisons:
        apart = values[one.first] - values[one.second]
        right = (int((apart > EXACT).sum()), int((apart < -EXACT).sum()))
        mean = float(np.nanmean(apart))
        if (one.wins, one.losses) != right or one.difference is None or abs(one.difference.mean - mean) > EXACT:
            counted = f"{one.wins} wins and {one.losses} losses, not {right[0]} and {right[1]}"
            yield f"{one.first} against {one.second}: {counted}"
