"""Titles that no document has, of the same kind as one that is there: "Project Talzey" becomes "Project Talmix".

What says the kind stays (words that many titles have), and the rarest word becomes one made of the beginning of its own
and the end of another that stands in its place. A model that knows the kind so meets a name that it could have met.
"""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

TRIES: Final = 48


def unseen_title(title: str, titles: Sequence[str], rng: Random) -> str:
    """Return such a title; "" where none can be made.

    Args:
        title: what it is to be like.
        titles: those that are taken.
        rng: the only source of chance.
    """
    counts = Counter(word for other in titles for word in set(other.split()))
    parts = title.split()
    at = min(range(len(parts)), key=lambda place: (counts[parts[place]], -place), default=0)
    known = {word.casefold() for word in counts}
    donors = _in_its_place(parts, at, titles, counts) if parts else []
    for _ in range(TRIES if donors else 0):
        made = _halves(parts[at], rng.choice(donors), rng)
        if made.casefold() not in known:
            return " ".join([*parts[:at], made, *parts[at + 1 :]])
    return ""


def _in_its_place(parts: Sequence[str], at: int, titles: Sequence[str], counts: Counter[str]) -> list[str]:
    """Return the words that stand there in titles with the same other words; else in titles of as many words."""
    others = [other.split() for other in titles]
    alike = [own for own in others if len(own) == len(parts) and own[at] != parts[at]]
    framed = [own[at] for own in alike if [*own[:at], *own[at + 1 :]] == [*parts[:at], *parts[at + 1 :]]]
    rare = [own[at] for own in alike if counts[own[at]] <= counts[parts[at]] + 1]
    return sorted(set(framed) or set(rare))


def _halves(word: str, donor: str, rng: Random) -> str:
    """Return the beginning of one and the end of the other; of numbers, other digits."""
    if any(map(str.isdigit, word)):
        return "".join(str(rng.randrange(1, 10)) if sign.isdigit() else sign for sign in word)
    return word[: (len(word) + 1) // 2] + donor[len(donor) // 2 :].lower()
