"""An organisation: things, each with all its facts. The content of documents is decided elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from pocket.world import drawn
from pocket.world.facts import FactType
from pocket.world.kinds import KINDS, Kind
from pocket.world.names import Mint, Pool

NAMED_FREELY: Final = ("product", "project", "site", "person", "incident")
"""kinds whose names never run out"""

TRIES: Final = 1000


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of an organisation."""

    kind: Kind
    """what it is"""
    name: str
    """as written in a sentence"""
    values: Mapping[str, str]
    """fact name -> value"""

    def sentence(self, fact: FactType, pattern: int) -> str:
        """Return one of its facts as a sentence."""
        return fact.sentence(pattern, self.name, self.values[fact.name])

    def answer(self, fact: FactType) -> str:
        """Return the plain answer to a question for the fact."""
        return fact.answer(self.name, self.values[fact.name])


class Organisation:
    """Draws things with unlike names.

    Args:
        rng: the only source of chance.
        pool: which names may be used; see `pocket.world.names`.
    """

    def __init__(self, rng: Random, pool: Pool) -> None:
        self.mint = Mint(rng, pool)
        self.names: set[str] = set()

    def thing(self, kind: Kind) -> Thing:
        """Return a new thing of the kind."""
        for _ in range(TRIES):
            name = kind.named(self.mint)
            if name not in self.names:
                return self._with_values(kind, name)
        raise ValueError(f"no new name for another {kind.name}: ask for fewer")

    def lookalike(self, thing: Thing) -> Thing:
        """Return a new thing whose name differs from the given one's in its ending alone."""
        words = thing.name.split()
        place = next((n for n, word in enumerate(words) if word[0].isupper()), None)
        if thing.kind.name not in ("product", "project", "site") or place is None:
            return self.thing(thing.kind)
        words[place] = self.mint.lookalike(words[place])
        return self._with_values(thing.kind, " ".join(words))

    def things(self, counts: Mapping[str, int]) -> list[Thing]:
        """Return as many things of each kind as asked for."""
        return [self.thing(KINDS[kind]) for kind, count in counts.items() for _ in range(count)]

    def changed(self, thing: Thing, fact: FactType) -> Thing:
        """Return the thing with a new value of one fact."""
        value = fact.draw(self.mint)
        while value == thing.values[fact.name]:
            value = fact.draw(self.mint)
        drawn.note(value, fact.noun)
        return Thing(thing.kind, thing.name, {**thing.values, fact.name: value})

    def _with_values(self, kind: Kind, name: str) -> Thing:
        self.names.add(name)
        values: dict[str, str] = {}
        for fact in kind.facts:
            value = fact.draw(self.mint)
            while value in values.values() or value == name:
                value = fact.draw(self.mint)
            values[fact.name] = value
            drawn.note(value, fact.noun)
        drawn.note(name, drawn.NAME)
        return Thing(kind, name, values)


def some(rng: Random, items: Sequence[FactType], count: int) -> list[FactType]:
    """Return `count` of the items, in a random order."""
    return rng.sample(list(items), min(count, len(items)))
