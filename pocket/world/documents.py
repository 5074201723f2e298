"""What an organisation writes down: one page about each thing, and notices that change a fact."""

from collections.abc import Sequence
from random import Random

from harness.types import Document
from pocket.world.facts import FactType
from pocket.world.names import Mint
from pocket.world.organisation import Thing

PATTERN_WEIGHTS = (4, 4, 2, 1)
"""how often each of a fact's sentence patterns is used: two of its own, two by noun"""

NOTICES = (
    "Notice of {date}. From now on: {fact} This replaces what was said before.",
    "Change on {date}: {fact} Older pages are out of date.",
    "New since {date}. {fact} Please forget the old value.",
)


def title_of(name: str) -> str:
    """Return the name as a title: without its article, with a capital letter."""
    bare = name.removeprefix("the ")
    return bare[:1].upper() + bare[1:]


def pattern(rng: Random) -> int:
    """Return the number of a sentence pattern."""
    return rng.choices(range(len(PATTERN_WEIGHTS)), PATTERN_WEIGHTS)[0]


def page(rng: Random, thing: Thing, facts: Sequence[FactType], document_id: str = "") -> Document:
    """Return a page that states the facts, each in a wording of its own, among remarks that say nothing."""
    sentences = [thing.sentence(fact, pattern(rng)) for fact in facts]
    for _ in range(rng.choice((0, 1, 1))):
        remark = rng.choice(thing.kind.remarks).replace("{e}", thing.name)
        sentences.insert(rng.randrange(len(sentences) + 1), remark[:1].upper() + remark[1:])
    return Document(document_id, title_of(thing.name), " ".join(sentences))


def notice(rng: Random, mint: Mint, thing: Thing, fact: FactType, document_id: str = "") -> Document:
    """Return a notice of the thing's present value of the fact."""
    sentence = thing.sentence(fact, pattern(rng))
    text = rng.choice(NOTICES).replace("{date}", mint.date()).replace("{fact}", sentence)
    return Document(document_id, f"Notice: {title_of(thing.name)}", text)
