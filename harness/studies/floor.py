"""Whether an arm has anything to lose: what is at chance cannot fall, and what cannot fall says nothing of steadiness.

Two arms that know nothing are equal, robust, never stale, and no worse with more documents. So whatever is said of a
loss, or of an equality, needs an arm that is surely better than whoever knows nothing.
"""

from collections import Counter
from collections.abc import Sequence

from harness.types import Example


def chance_of(examples: Sequence[Example]) -> float:
    """Return the share of examples that one and the same answer fits: the commonest reference, or a refusal of all.

    Args:
        examples: that were asked. Where all have the same reference, nothing tells a guess from an answer: 0.
    """
    wanted = [frozenset(map(_plain, one.references)) if one.answerable else None for one in examples]
    if len(set(wanted)) < 2:
        return 0.0
    fits = Counter(text for references in wanted if references is not None for text in references)
    refused = sum(one is None for one in wanted)
    return max([refused, *fits.values()]) / len(wanted)


def has_to_lose(low: float, chance: float, loss: float) -> bool:
    """Return whether an arm can lose so much: whether it is surely further above chance than the loss that matters.

    Args:
        low: lower end of the 95 % interval of its mean.
        chance: from `chance_of`; 0 for what nobody can guess.
        loss: the smallest that would matter, in the same unit.
    """
    return low > chance + abs(loss)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
