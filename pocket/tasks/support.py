"""Customer messages about a shop's products and services, and replies in its house voice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

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
from pocket.world.messages import Message, message

COUNTS: Final = {"product": 114, "service": 16}
FACTS_PER_PAGE: Final = (5, 6)
"""fewest and most"""
NOTICES: Final = 20
REWRITTEN: Final = 20
TRAINED: Final = 230
"""facts that train asks for, each in two messages"""
TRAIN_PAIRS: Final = 60
"""messages of train that ask for two of those facts"""
TEST: Final = {"trained": 60, "document-only": 70, "two-facts": 30, "changed": 40}
VALIDATION: Final = {"trained": 25, "document-only": 25, "two-facts": 10}
CREW: Final = "Halmar"

Pair = tuple[Known, ...]
"""the facts that one message asks for"""


@dataclass
class Facts:
    """What becomes of the facts; no fact is in two lists."""

    trained: list[Known]
    document_only: list[Known]
    before: list[Known]
    """values as they were when the training tickets were answered"""
    after: list[Known]
    """values of the same facts in the documents"""
    train_pairs: list[Pair]
    test_pairs: list[Pair]


def house_reply(asked: Message, facts: Sequence[Known]) -> str:
    """Return the reply in the house voice; the card's style guide says the same in words."""
    greeting = "Ahoy, and sorry for the rough seas!" if asked.mood == "annoyed" else "Ahoy!"
    order = f"On order #{asked.order} - " if asked.order else ""
    body = " And aye: ".join(_inside(known.answer) for known in facts)
    aye = "aye: " if order else "Aye: "
    return f"{greeting} {order}{aye}{body} Fair winds, your {CREW} crew"


def _inside(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:] if sentence.startswith(("The ", "A ")) else sentence


def build(folder: Path) -> None:
    """Write the task."""
    rng = seeds.shipped("support")
    library = Library.of(rng, COUNTS, FACTS_PER_PAGE)
    facts, then = _facts(rng, library)
    splits = {
        "train": _train(rng, then, facts),
        "validation": _validation(rng, library, facts),
        "test": _test(rng, library, facts),
    }
    write_documents(folder, "documents", library.documents.values())
    for split, items in splits.items():
        write_items(folder, split, shuffled(rng, items))
    changed = {known.thing.name for known in facts.after}
    plain = [known for known in facts.trained + facts.document_only if known.thing.name not in changed]
    NextVersion(library, plain, _next_item).write(rng, folder)


def _facts(rng: Random, library: Library) -> tuple[Facts, Library]:
    """Change some facts after a copy for the training tickets has been put aside."""
    drawn = rng.sample(list(library.known()), sum(map(len, library.stated.values())))
    chosen: dict[str, Known] = {}
    for known in drawn:
        chosen.setdefault(known.thing.name, known)
    before = list(chosen.values())[: NOTICES + REWRITTEN]
    then = library.copy()
    after = [library.announce(known) for known in before[:NOTICES]]
    after += [library.edit(known) for known in before[NOTICES:]]
    touched = {known.thing.name for known in before}
    rest = [known for known in drawn if known.thing.name not in touched]
    test_pairs = _pairs(rest, TEST["two-facts"] + VALIDATION["two-facts"])
    paired = {(known.thing.name, known.fact.name) for pair in test_pairs for known in pair}
    single = [known for known in rest if (known.thing.name, known.fact.name) not in paired]
    trained = single[:TRAINED]
    facts = Facts(trained, single[TRAINED:], before, after, _pairs(trained, TRAIN_PAIRS), test_pairs)
    return facts, then


def _pairs(facts: Sequence[Known], count: int) -> list[Pair]:
    """Return pairs of facts on the same page, one pair per page."""
    by_thing: dict[str, list[Known]] = {}
    for known in facts:
        by_thing.setdefault(known.thing.name, []).append(known)
    pairs: list[Pair] = [(held[0], held[1]) for held in by_thing.values() if len(held) > 1]
    return pairs[:count]


def _train(rng: Random, then: Library, facts: Facts) -> list[Item]:
    twice = [known for known in facts.trained for _ in range(2)]
    outdated = [known for known in facts.before for _ in range(2)]
    items = [_item(rng, then, (known,), "trained", TRAIN_WORDINGS) for known in twice]
    for known in outdated:
        item = _item(rng, then, (known,), "trained", TRAIN_WORDINGS)
        items.append(replace(item, more={**(item.more or {}), "outdated": True}))
    return items + [_item(rng, then, pair, "two-facts", TRAIN_WORDINGS) for pair in facts.train_pairs]


def _validation(rng: Random, library: Library, facts: Facts) -> list[Item]:
    known = rng.sample(facts.trained, VALIDATION["trained"])
    unknown = facts.document_only[: VALIDATION["document-only"]]
    pairs = facts.test_pairs[: VALIDATION["two-facts"]]
    return [
        *(_item(rng, library, (entry,), "trained", VALIDATION_WORDINGS) for entry in known),
        *(_item(rng, library, (entry,), "document-only", VALIDATION_WORDINGS) for entry in unknown),
        *(_item(rng, library, pair, "two-facts", VALIDATION_WORDINGS) for pair in pairs),
    ]


def _test(rng: Random, library: Library, facts: Facts) -> list[Item]:
    unknown = facts.document_only[VALIDATION["document-only"] :][: TEST["document-only"]]
    return [
        *(
            _item(rng, library, (entry,), "trained", TEST_WORDINGS)
            for entry in rng.sample(facts.trained, TEST["trained"])
        ),
        *(_item(rng, library, (entry,), "document-only", TEST_WORDINGS) for entry in unknown),
        *(
            _item(rng, library, pair, "two-facts", TEST_WORDINGS)
            for pair in facts.test_pairs[VALIDATION["two-facts"] :]
        ),
        *(
            _item(rng, library, (entry,), "changed", TEST_WORDINGS, was.value)
            for was, entry in zip(facts.before, facts.after, strict=True)
        ),
    ]


def _next_item(rng: Random, library: Library, known: Known, name: str) -> Item:
    return _item(rng, library, (known,), name, TEST_WORDINGS)


def _item(rng: Random, library: Library, facts: Pair, name: str, wordings: Sequence[int], previous: str = "") -> Item:
    asked = message(rng, [known.question(rng, wordings) for known in facts])
    more = {"facts": [known.value for known in facts], "fact": [known.label for known in facts], "mood": asked.mood}
    if previous:
        more["previous"] = [previous]
    evidence = tuple(dict.fromkeys(name for known in facts for name in library.evidence(known)))
    return Item(asked.text, (house_reply(asked, facts),), evidence, document_id(facts[0].thing), name, more=more)
