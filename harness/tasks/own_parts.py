"""What of a text is its own: without the instruction, the examples or the greeting that many texts begin or end with.

Prompts that share their first hundreds of characters are nearly equal by what they share, whatever they ask.
"""

from collections.abc import Callable, Sequence
from typing import Final

LEAST: Final = 200
"""characters that texts share before they are cut; questions made from a template share fewer"""
FEWEST: Final = 5
"""different texts that share them, at least"""
MANY: Final = 0.1
"""share of the different texts, at least; a passage that a few questions repeat belongs to them"""
ROUNDS: Final = 4
"""cuts at most: two instructions can begin alike"""


def own_parts(texts: Sequence[str]) -> list[str]:
    """Return the texts without the heads and tails that many of them share; nothing is cut from short ones."""
    return _cut(_cut(texts, lambda text: text), lambda text: text[::-1])


def _cut(texts: Sequence[str], turned: Callable[[str], str]) -> list[str]:
    left = [turned(text) for text in texts]
    for _ in range(ROUNDS):
        shared = _shared_heads(left)
        if not shared:
            break
        left = [text[shared.get(text[:LEAST], 0) :] or text for text in left]
    return [turned(text) for text in left]


def _shared_heads(texts: Sequence[str]) -> dict[str, int]:
    """Return first characters -> how many characters all texts with these share, up to the end of a word."""
    groups: dict[str, set[str]] = {}
    for text in texts:
        if len(text) > LEAST:
            groups.setdefault(text[:LEAST], set()).add(text)
    enough = max(FEWEST, MANY * sum(map(len, groups.values())))
    return {head: _to_word(_shared(min(own), max(own))) for head, own in groups.items() if len(own) >= enough}


def _shared(first: str, last: str) -> str:
    """Return what the first and the last of sorted texts begin with, and so all between them."""
    differ = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(differ, min(len(first), len(last)))]


def _to_word(head: str) -> int:
    """Return where the last whole word of a head ends; all of it where it has no blanks, as Chinese has none."""
    return max(head.rfind(" "), head.rfind("\n")) + 1 or len(head)
