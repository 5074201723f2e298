"""The documents of a shipped organisation, and which facts they state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from harness.types import Document
from pocket.tasks.files import Item
from pocket.world.documents import notice, page, title_of
from pocket.world.facts import FactType
from pocket.world.organisation import Organisation, Thing, some

TRAIN_WORDINGS = (0, 2, 3, 5)
VALIDATION_WORDINGS = (4,)
TEST_WORDINGS = (1, 6)
"""patterns of `pocket.world.facts`: what is asked in test was never asked in these words in train"""


class Known(NamedTuple):
    """A fact that a document states."""

    thing: Thing
    """about what"""
    fact: FactType
    """which fact"""

    @property
    def value(self) -> str:
        """The value in force."""
        return self.thing.values[self.fact.name]

    @property
    def answer(self) -> str:
        """The plain answer."""
        return self.thing.answer(self.fact)

    @property
    def label(self) -> str:
        """Kind of thing and of fact."""
        return f"{self.thing.kind.name}/{self.fact.name}"

    def question(self, rng: Random, wordings: Sequence[int]) -> str:
        """Return the question in one of the wordings."""
        return self.fact.question(rng.choice(wordings), self.thing.name)


def document_id(thing: Thing) -> str:
    """Return the id of the page about the thing."""
    return title_of(thing.name).lower().replace(" ", "-")


def notice_id(thing: Thing) -> str:
    """Return the id of the notice about the thing."""
    return f"notice-{document_id(thing)}"


@dataclass
class Library:
    """Pages and notices of one organisation."""

    rng: Random
    """the only source of chance"""
    organisation: Organisation
    """draws more things"""
    things: dict[str, Thing] = field(default_factory=dict)
    """by name, with the values in force"""
    stated: dict[str, list[FactType]] = field(default_factory=dict)
    """thing's name -> facts on its page"""
    documents: dict[str, Document] = field(default_factory=dict)
    """by id"""
    facts_per_page: tuple[int, int] = (4, 6)
    """fewest and most"""
    announced: dict[str, FactType] = field(default_factory=dict)
    """thing's name -> fact that a notice changed"""

    @classmethod
    def of(cls, rng: Random, counts: Mapping[str, int], facts_per_page: tuple[int, int] = (4, 6)) -> "Library":
        """Return a library with a page on so many things of each kind."""
        library = cls(rng, Organisation(rng, "reserved"), facts_per_page=facts_per_page)
        for thing in library.organisation.things(counts):
            library.add(thing)
        return library

    def copy(self) -> "Library":
        """Return a library that can be changed alone."""
        return Library(
            self.rng,
            self.organisation,
            dict(self.things),
            dict(self.stated),
            dict(self.documents),
            self.facts_per_page,
            dict(self.announced),
        )

    def add(self, thing: Thing, facts: Sequence[FactType] | None = None) -> Thing:
        """Write a page about the thing."""
        chosen = (
            list(facts)
            if facts is not None
            else some(self.rng, thing.kind.facts, self.rng.randint(*self.facts_per_page))
        )
        self.things[thing.name] = thing
        self.stated[thing.name] = chosen
        self._write(thing)
        return thing

    def add_lookalike(self, thing: Thing) -> Thing:
        """Write a page about a new thing of nearly the same name, stating the same facts."""
        return self.add(self.organisation.lookalike(thing), self.stated[thing.name])

    def remove(self, thing: Thing) -> None:
        """Take the page about the thing away."""
        del self.things[thing.name], self.stated[thing.name], self.documents[document_id(thing)]

    def edit(self, known: Known) -> Known:
        """Give the fact a new value and write the page anew."""
        changed = Known(self.organisation.changed(self.things[known.thing.name], known.fact), known.fact)
        self.things[known.thing.name] = changed.thing
        self._write(changed.thing)
        return changed

    def announce(self, known: Known) -> Known:
        """Give the fact a new value in a notice; the page keeps the old one."""
        changed = Known(self.organisation.changed(self.things[known.thing.name], known.fact), known.fact)
        self.things[known.thing.name] = changed.thing
        entry = notice(self.rng, self.organisation.mint, changed.thing, known.fact, notice_id(changed.thing))
        self.documents[entry.id] = entry
        self.announced[changed.thing.name] = known.fact
        return changed

    def known(self) -> Iterator[Known]:
        """Yield every fact stated on a page."""
        for name, facts in self.stated.items():
            for fact in facts:
                yield Known(self.things[name], fact)

    def untold(self) -> Iterator[Known]:
        """Yield every fact that a thing's page leaves out."""
        for name, facts in self.stated.items():
            for fact in self.things[name].kind.facts:
                if fact not in facts:
                    yield Known(self.things[name], fact)

    def evidence(self, known: Known) -> tuple[str, ...]:
        """Return the id of the document that states the value in force."""
        in_notice = self.announced.get(known.thing.name) == known.fact
        return (notice_id(known.thing) if in_notice else document_id(known.thing),)

    def _write(self, thing: Thing) -> None:
        entry = page(self.rng, thing, self.stated[thing.name], document_id(thing))
        self.documents[entry.id] = entry


def shuffled(rng: Random, items: Sequence[Item]) -> list[Item]:
    """Return the items in a drawn order."""
    return rng.sample(list(items), len(items))
