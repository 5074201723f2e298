"""A later state of a task's documents: facts edited, pages deleted and added, and questions for all of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from pocket.corpus.wording import UNKNOWN
from pocket.tasks.files import Item, write_documents, write_items
from pocket.tasks.library import Known, Library, shuffled
from pocket.world.kinds import KINDS
from pocket.world.organisation import NAMED_FREELY

EDITED, DELETED, ADDED, KEPT = 40, 12, 12, 40
QUESTIONS_PER_ADDED: Final = 2

Ask = Callable[[Random, Library, Known, str], Item]
"""writes an example: generator, library, fact, slice"""


@dataclass(frozen=True)
class NextVersion:
    """What the next version is made from."""

    before: Library
    """the documents as shipped"""
    facts: Sequence[Known]
    """what may be touched"""
    ask: Ask
    """writes an example"""

    def write(self, rng: Random, folder: Path) -> None:
        """Write documents_next.jsonl and questions_next.jsonl."""
        after = self.before.copy()
        drawn = _of_different_things(rng.sample(list(self.facts), len(self.facts)))
        gone, edited = drawn[:DELETED], drawn[DELETED : DELETED + EDITED]
        kept = drawn[DELETED + EDITED :][:KEPT]
        items = [self._deleted(rng, known) for known in gone]
        for known in gone:
            after.remove(known.thing)
        items += [self._edited(rng, after, known) for known in edited]
        items += [item for kind in rng.choices(self._kinds(), k=ADDED) for item in self._added(rng, after, kind)]
        items += [self.ask(rng, after, known, "kept") for known in kept]
        write_documents(folder, "documents_next", after.documents.values())
        write_items(folder, "questions_next", shuffled(rng, items))

    def _edited(self, rng: Random, after: Library, known: Known) -> Item:
        item = self.ask(rng, after, after.edit(known), "edited")
        return replace(item, more={**(item.more or {}), "previous": [known.answer, known.value]})

    def _added(self, rng: Random, after: Library, kind: str) -> list[Item]:
        thing = after.add(after.organisation.thing(KINDS[kind]))
        facts = after.stated[thing.name][:QUESTIONS_PER_ADDED]
        return [self.ask(rng, after, Known(thing, fact), "added") for fact in facts]

    def _kinds(self) -> list[str]:
        """Return the kinds of which there can always be one more."""
        return sorted({known.thing.kind.name for known in self.facts} & set(NAMED_FREELY))

    def _deleted(self, rng: Random, known: Known) -> Item:
        item = self.ask(rng, self.before, known, "deleted")
        more = {**(item.more or {}), "previous": [known.answer, known.value]}
        return replace(item, references=(UNKNOWN,), evidence=(), answerable=False, more=more)


def _of_different_things(facts: Iterable[Known]) -> list[Known]:
    chosen: dict[str, Known] = {}
    for known in facts:
        chosen.setdefault(known.thing.name, known)
    return list(chosen.values())
