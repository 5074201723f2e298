"""Questions about one organisation: facts trained on, facts in documents only, hard ones, unanswerable ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from pocket.corpus.wording import UNKNOWN
from pocket.tasks import seeds
from pocket.tasks.files import Item, write_documents, write_items
from pocket.tasks.library import (
    TEST_WORDINGS,
    TRAIN_WORDINGS,
    VALIDATION_WORDINGS,
    Known,
    Library,
    document_id,
    shuffled,
)
from pocket.tasks.next_version import NextVersion

COUNTS: Final = {
    "product": 56,
    "department": 36,
    "person": 42,
    "policy": 24,
    "project": 34,
    "incident": 24,
    "procedure": 14,
    "site": 22,
}
FACTS_PER_PAGE: Final = (4, 6)
"""fewest and most"""
LOOKALIKES: Final = 20
NOTICES: Final = 28
TRAINED: Final = 520
"""facts that train asks for, each in two wordings"""
TEST: Final = {"trained": 100, "document-only": 100, "changed": 28, "look-alike": 27, "unanswerable": 45}
VALIDATION: Final = {"trained": 45, "document-only": 40, "unanswerable": 15}
TRAIN_UNANSWERABLE: Final = 160


@dataclass
class Facts:
    """The organisation's facts by what becomes of them; no fact is in two lists."""

    trained: list[Known]
    document_only: list[Known]
    changed: list[Known]
    lookalike: list[Known]
    untold: list[Known]


def build(folder: Path) -> None:
    """Write the task."""
    rng = seeds.shipped("qa")
    library = Library.of(rng, COUNTS, FACTS_PER_PAGE)
    facts = _facts(rng, library)
    asked = _examples(rng, library, facts)
    write_documents(folder, "documents", library.documents.values())
    for split, items in asked.items():
        write_items(folder, split, shuffled(rng, items))
    special = {known.thing.name for known in (*facts.changed, *facts.lookalike)}
    plain = [known for known in facts.trained + facts.document_only if known.thing.name not in special]
    after = NextVersion(library, plain, _next_item)
    after.write(rng, folder)


def _facts(rng: Random, library: Library) -> Facts:
    pairs = [
        (thing, library.add_lookalike(thing))
        for thing in rng.sample([t for t in library.things.values() if t.kind.name in NAMED], LOOKALIKES)
    ]
    in_pairs = {thing.name for pair in pairs for thing in pair}
    alike = [Known(thing, fact) for pair in pairs for thing in pair for fact in library.stated[thing.name]]
    rest = [known for known in library.known() if known.thing.name not in in_pairs]
    rng.shuffle(rest)
    changed = [library.announce(known) for known in _of_different_things(rest, NOTICES)]
    touched = {known.thing.name for known in changed}
    rest = [known for known in rest if known.thing.name not in touched]
    untold = rng.sample(list(library.untold()), 400)
    return Facts(rest[:TRAINED], rest[TRAINED:], changed, rng.sample(alike, TEST["look-alike"]), untold)


NAMED: Final = ("product", "project", "site")


def _of_different_things(facts: Iterable[Known], count: int) -> list[Known]:
    chosen: dict[str, Known] = {}
    for known in facts:
        chosen.setdefault(known.thing.name, known)
    return list(chosen.values())[:count]


def _examples(rng: Random, library: Library, facts: Facts) -> dict[str, list[Item]]:
    untold = iter(facts.untold)
    only = iter(facts.document_only)
    train = [
        _item(library, known, "trained", known.fact.question(wording, known.thing.name))
        for known in facts.trained
        for wording in rng.sample(TRAIN_WORDINGS, 2)
    ]
    train += [_unknown(rng, next(untold), TRAIN_WORDINGS) for _ in range(TRAIN_UNANSWERABLE)]
    known_words = rng.sample(facts.trained, VALIDATION["trained"])
    validation = [_asked(rng, library, known, "trained", VALIDATION_WORDINGS) for known in known_words]
    validation += [
        _asked(rng, library, next(only), "document-only", VALIDATION_WORDINGS)
        for _ in range(VALIDATION["document-only"])
    ]
    validation += [_unknown(rng, next(untold), VALIDATION_WORDINGS) for _ in range(VALIDATION["unanswerable"])]
    slices = {
        "trained": rng.sample(facts.trained, TEST["trained"]),
        "document-only": [next(only) for _ in range(TEST["document-only"])],
        "changed": facts.changed,
        "look-alike": facts.lookalike,
    }
    test = [_asked(rng, library, known, name, TEST_WORDINGS) for name, chosen in slices.items() for known in chosen]
    test += [_unknown(rng, next(untold), TEST_WORDINGS) for _ in range(TEST["unanswerable"])]
    return {"train": train, "validation": validation, "test": test}


def _asked(rng: Random, library: Library, known: Known, name: str, wordings: Sequence[int]) -> Item:
    return _item(library, known, name, known.question(rng, wordings))


def _item(library: Library, known: Known, name: str, question: str) -> Item:
    return Item(
        question,
        (known.answer, known.value),
        library.evidence(known),
        document_id(known.thing),
        name,
        more={"fact": known.label},
    )


def _next_item(rng: Random, library: Library, known: Known, name: str) -> Item:
    return _asked(rng, library, known, name, TEST_WORDINGS)


def _unknown(rng: Random, known: Known, wordings: Sequence[int]) -> Item:
    return Item(
        known.question(rng, wordings),
        (UNKNOWN,),
        (),
        document_id(known.thing),
        "unanswerable",
        answerable=False,
        more={"fact": known.label},
    )
