"""What is to be chosen between: where the recommended arm is ahead of the runner-up, and which arms others beat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.smaa import EQUAL

LEAST_GAIN: Final = 0.0005
"""of utility; less is not said"""
REASONS: Final = 2
"""criteria that are named to each side, as far as there are so many"""
MOST: Final = 4
"""that are named even where the others together are more: of these it is said how much each is at most"""


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much the recommended arm is better than the runner-up at one criterion."""

    criterion: str
    gain: float
    """in utility: the weight times the difference of the mean utilities; below 0: it is worse"""


def gains(found: Evaluation) -> tuple[Gain, ...]:
    """Return the recommended arm's gains against the runner-up, the largest first; nothing without one."""
    if found.recommended is None or found.runner_up is None:
        return ()
    apart = found.weights * (found.expected[found.recommended] - found.expected[found.runner_up])
    named = [Gain(name, gain) for name, gain in zip(found.criteria, apart.tolist(), strict=True)]
    return tuple(sorted((one for one in named if abs(one.gain) >= LEAST_GAIN), key=lambda one: -one.gain))


def told(side: Sequence[Gain]) -> Sequence[Gain]:
    """Return the gains, or the losses, that are named: so many that all others together are less than each of them.

    Args:
        side: of one sign, the largest first.
    """
    count = REASONS
    while count < min(MOST, len(side)) and abs(sum(one.gain for one in side[count:])) >= abs(side[count - 1].gain):
        count += 1
    return side[:count]


def beaten(found: Evaluation) -> dict[str, str]:
    """Return arm -> one that is nowhere worse and somewhere better; of arms that are not ruled out."""
    return {found.arms[arm]: found.arms[by] for arm in found.allowed for by in _beating(found, arm)}


def _beating(found: Evaluation, arm: int) -> Iterator[int]:
    """Yield the first arm that beats this one."""
    yield from [by for by in found.allowed if by != arm and _beats(found, by, arm)][:1]


def _beats(found: Evaluation, by: int, arm: int) -> bool:
    """Whether one arm is so at all criteria that weigh and were measured of one of the two; what is unknown may be."""
    unknown = found.unknown[[by, arm]]
    places = (found.weights > 0.0) & ~unknown.all(axis=0)
    apart = (found.expected[by] - found.expected[arm])[places]
    return bool(not unknown[:, places].any() and (apart >= -EQUAL).all() and (apart > EQUAL).any())
