"""What the arms of a contrast have to lose: where each stands that is compared with itself, or with others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.stats.bootstrap import Floats, Ints
from harness.studies.claims.effect import Stake
from harness.studies.claims.sums import sum_of_means

ROUNDING = 1e-9
"""what it leaves of weights that add up to 0"""


@dataclass(frozen=True, slots=True, eq=False)
class ComparedMean:
    """One mean of a sum."""

    arm: str
    said: str
    """arm, levels and kind of examples, in words"""
    weight: float
    """in the sum"""
    kind: tuple[object, ...]
    """metric and examples; means of different kinds are not of one change"""
    parts: Sequence[Floats]
    """shape (runs, examples) each; their sum is the mean's value per example, NaN for none"""
    chance: float
    """from `harness.studies.floor`"""


def stakes_of(means: Sequence[ComparedMean], clusters: Ints) -> Iterator[Stake]:
    """Yield, of each arm whose change is in a sum, its best condition; without such changes the best of all arms.

    Args:
        means: of shares, where higher is better.
        clusters: shape (examples,), of what is resampled together.
    """
    groups: dict[tuple[object, ...], list[ComparedMean]] = {}
    for one in means:
        groups.setdefault((one.arm, *one.kind), []).append(one)
    changes = [own for own in groups.values() if len(own) > 1 and abs(sum(one.weight for one in own)) < ROUNDING]
    for own in changes or ([list(means)] if len(means) > 1 else []):
        stakes = [stake for one in own if (stake := _stake(one, clusters, of_change=bool(changes))) is not None]
        if stakes:
            yield max(stakes, key=lambda one: one.low - one.chance)


def _stake(one: ComparedMean, clusters: Ints, *, of_change: bool) -> Stake | None:
    """Return where an arm stands; None where too few examples have a value."""
    found = sum_of_means([list(one.parts)], clusters, bounded=True)
    return None if found is None else Stake(one.said, found.value, found.low, one.chance, of_change)
