"""Curves over the number of labelled pairs: data advantage and crossing point.

Data advantage is the horizontal distance of two learning curves, averaged over the scores that both reach (Le Scao &
Rush, How Many Data Points is a Prompt Worth?, arXiv 2103.08493). The crossing N* is the least number of pairs at
which one curve reaches another; its interval comes from resamples of examples and draws, and "never" is one of its
values. Between two sizes a curve is a line over the logarithm of the size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.stats.bootstrap import Floats, Ints
from harness.studies.data import StudyData, Values
from harness.studies.intervention import Value
from harness.studies.measures.measure import Findings
from harness.studies.numbers import SEED, shared_ids

RESAMPLES: Final = 1_000
STEPS: Final = 100
"""scores at which the horizontal distance of two curves is taken"""
NEVER: Final = float("inf")


@dataclass(frozen=True)
class Curve:
    """One arm over the sizes."""

    sizes: tuple[int, ...]
    """rising"""
    values: tuple[Values, ...]
    """one per size"""

    def means(self) -> Floats:
        """Return the mean at each size."""
        return np.array([np.nanmean(one.mean) if one.ids else np.nan for one in self.values])


@dataclass(frozen=True)
class LabelCurve:
    """Every arm at every size; where it overtakes another, and how many pairs that is worth."""

    KEY: ClassVar[str] = "harness.studies.measures.learning_curve.LabelCurve"

    steps: str
    """of which conditions: "equal epochs" or "equal steps" """

    def read(self, data: StudyData) -> Findings:
        if not any(data.settings(level).get("steps") == self.steps for level in data.levels):
            return Findings()
        total = all_pairs(data)
        curves = {arm: curve for arm in data.arms if (curve := curve_of(data, arm, self.steps, total)) is not None}
        rising = [arm for arm in curves if data.roles[arm].adapted and not data.roles[arm].control]
        flat = [arm for arm in curves if not data.roles[arm].adapted and not data.roles[arm].control]
        pairs = [(arm, other) for arm in rising for other in (*flat, *(one for one in rising if one != arm))]
        crossings = [found for pair in pairs if (found := _crossing(data, curves, *pair)) is not None]
        if not crossings:
            return Findings()
        columns = (
            *(SectionColumn("arm"), SectionColumn("reaches"), SectionColumn("from so many pairs", "pairs", 0)),
            *(SectionColumn("never, share of resamples", "share", 2), SectionColumn("data advantage", "pairs", 0)),
        )
        note = Note("Reading", NOTE.format(total=total))
        title = f"Where curves cross ({self.steps})"
        section = Section(
            f"crossings_{self.steps.replace(' ', '_')}", title, columns, tuple(one.row for one in crossings), (note,)
        )
        return Findings((section,), tuple(_sentence(one, total) for one in crossings if not one.at_nothing))


NOTE: Final = (
    "pairs are counted up to all {total}, and none of them only where the two are not then one arm; > means that no "
    "interval end was reached by then. Data advantage: how many more pairs the other arm needs for the same score, on "
    "average over the scores that both reach; without a value where none is"
)


@dataclass(frozen=True)
class CurveCrossing:
    """Where one curve reaches another."""

    row: tuple[SectionCell, SectionCell, SectionCell, SectionCell, SectionCell]
    """of the table"""
    first: int
    """the least size that was compared"""
    falls_back: bool
    """whether the curve is below again at a larger size"""
    at_nothing: bool
    """whether both curves are 0 throughout, which says nothing of either"""


def curve_of(data: StudyData, arm: str, steps: str, total: int) -> Curve | None:
    """Return an arm's curve; None where it was asked at fewer than two sizes.

    An adapter trained on no pairs is no adapter: there the arm without one that is shown the same stands for it. An arm
    that learns nothing from pairs was asked once, and has that value everywhere.
    """
    points: dict[int, Values] = {}
    for level in data.levels:
        settings = data.settings(level)
        if settings.get("steps") not in (steps, "equal epochs") or not _is_plain(settings):
            continue
        pairs = total if settings["pairs"] == "all" else int(settings["pairs"])
        if settings["steps"] != steps and 0 < pairs < total and data.roles[arm].adapted:
            continue  # the two kinds of steps meet at none and at all pairs
        values = data.values(level, arm) if pairs else data.values(level, untrained(data, arm))
        if values is not None:
            points[min(pairs, total)] = values
    sizes = tuple(sorted(points))
    return Curve(sizes, tuple(points[size] for size in sizes)) if len(sizes) > 1 else None


def untrained(data: StudyData, arm: str) -> str:
    """Return the arm that an arm is before any training: the first one that is shown the same and has no adapter."""
    role = data.roles[arm]
    if not role.adapted:
        return arm
    plain = (name for name, one in data.roles.items() if not one.adapted and not one.control)
    return next((name for name in plain if data.roles[name].shown == role.shown), arm)


def crossing(sizes: Sequence[float], first: Floats, second: Floats) -> float:
    """Return the least size from which on the first curve is not below the second; NEVER where it always is.

    Args:
        sizes: rising, the first may be 0.
        first: one value per size.
        second: likewise.
    """
    ahead = np.asarray(first) - np.asarray(second)
    if ahead[0] >= 0:
        return float(sizes[0])
    for at in range(1, len(ahead)):
        if ahead[at] >= 0:
            part = -ahead[at - 1] / (ahead[at] - ahead[at - 1])
            low, high = np.log2(1.0 + sizes[at - 1]), np.log2(1.0 + sizes[at])
            return float(2.0 ** (low + part * (high - low)) - 1.0)
    return NEVER


def data_advantage(sizes: Sequence[float], first: Floats, second: Floats) -> float | None:
    """Return how many more pairs the second curve needs for the first one's scores, on average; None if none is both's.

    Both curves are made to rise (each size keeps the best score so far, as in the paper), and cut to the scores that
    both take; there the distance of the two sizes that reach a score is averaged over evenly spaced scores.
    """
    rising = [np.maximum.accumulate(curve) for curve in (np.asarray(first), np.asarray(second))]
    low, high = max(curve[0] for curve in rising), min(curve[-1] for curve in rising)
    if not high > low:
        return None
    scores = np.linspace(low, high, STEPS)
    needed = [[size_for(sizes, curve, score) for score in scores] for curve in rising]
    return float(np.mean(np.array(needed[1]) - np.array(needed[0])))


def size_for(sizes: Sequence[float], curve: Floats, score: float) -> float:
    """Return the least size at which a rising curve has this score, which it reaches."""
    return crossing(sizes, curve, np.full(len(curve), score))


def _is_plain(settings: Mapping[str, Value]) -> bool:
    return (settings.get("answers"), settings.get("asked"), settings.get("knowledge")) == ("own", "test", "held")


def all_pairs(data: StudyData) -> int:
    """Return how many pairs all of them are: what the records of that level were trained on."""
    for level in data.levels:
        if data.settings(level).get("pairs") == "all":
            for arm in data.arms:
                for record in data.records(level, arm):
                    if rows := record.facts.get("training", {}).get("rows"):
                        return int(rows)
    numbers = [int(pairs) for level in data.levels if isinstance(pairs := data.settings(level).get("pairs"), int)]
    return max(numbers, default=0)


def _crossing(data: StudyData, curves: dict[str, Curve], arm: str, other: str) -> CurveCrossing | None:
    own, against = curves[arm], curves[other]
    same = untrained(data, arm) == untrained(data, other)  # with no pairs both are one arm, which has reached itself
    sizes = [size for size in own.sizes if size in against.sizes and (size or not same)]
    if len(sizes) < 2:
        return None
    parts = [[curve.values[curve.sizes.index(size)] for size in sizes] for curve in (own, against)]
    ids = shared_ids([*parts[0], *parts[1]])
    sign = 1.0 if data.higher_is_better else -1.0
    runs = [[sign * values.of(ids) for values in part] for part in parts]
    drawn = _resampled(runs, data.clusters(ids))
    means = [np.array([np.nanmean(np.nanmean(run, axis=0)) for run in part]) for part in runs]
    at = crossing(sizes, *means)
    many = np.array([crossing(sizes, first, second) for first, second in drawn])
    low, high = (float(np.quantile(many, share, method="inverted_cdf")) for share in (0.025, 0.975))
    never = float(np.mean(np.isinf(many)))
    shown = Figure(at, low, min(high, sizes[-1]), len(ids), open_high=np.isinf(high)) if np.isfinite(at) else "never"
    falls_back = any(first < second for size, first, second in zip(sizes, *means, strict=True) if size >= at)
    row = (arm, other, shown, Figure(never), _advantage(sizes, means, drawn))
    return CurveCrossing(row, sizes[0], falls_back, at_nothing=not any(curve.any() for curve in means))


def _advantage(sizes: Sequence[int], means: Sequence[Floats], drawn: Sequence[Sequence[Floats]]) -> Figure | None:
    advantage = data_advantage(sizes, *means)
    if advantage is None:
        return None
    several = [value for first, second in drawn if (value := data_advantage(sizes, first, second)) is not None]
    low, high = (float(np.quantile(several, share)) for share in (0.025, 0.975))
    return Figure(advantage, low, high, len(several))


def _resampled(runs: Sequence[Sequence[Floats]], clusters: Ints) -> list[tuple[Floats, Floats]]:
    """Return the two curves over resamples of whole groups of examples and, at each size, of draws and seeds."""
    rng = np.random.default_rng(SEED)
    count = int(clusters.max()) + 1 if clusters.size else 0
    found = []
    for _ in range(RESAMPLES):
        weights = np.bincount(rng.integers(0, count, count), minlength=count)[clusters].astype(float)
        curves = [
            np.array([_weighted(run[rng.integers(0, len(run), len(run))], weights) for run in part]) for part in runs
        ]
        found.append((curves[0], curves[1]))
    return found


def _weighted(runs: Floats, weights: Floats) -> float:
    present = ~np.isnan(runs)
    total = (present * weights).sum()
    return float((np.where(present, runs, 0.0) * weights).sum() / total) if total else float("nan")


def _sentence(found: CurveCrossing, total: int) -> str:
    arm, other, at = found.row[:3]
    if not isinstance(at, Figure):
        return f"{arm} does not reach {other} with all {total:,} pairs."
    if at.value == found.first and not found.falls_back:
        pairs = f"{found.first:,} or more pairs" if found.first else "any number of pairs"
        return f"{arm} is not below {other} at {pairs}."
    ends = f"{at.low or 0:,.0f} to {'never' if at.open_high else f'{at.high or 0:,.0f}'}"
    if found.falls_back:
        text = f"{arm} reaches {other} first at about {at.value:,.0f} of {total:,} pairs (95 % interval {ends})"
        return f"{text}, and is below it again with more."
    return f"{arm} reaches {other} from about {at.value:,.0f} of {total:,} pairs on (95 % interval {ends})."
