"""Pages of an organisation and questions about them: some that the pages answer, some that they do not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from harness.types import Document, Passage, Turn
from pocket.corpus.wording import UNKNOWN
from pocket.world.documents import notice, page
from pocket.world.facts import FactType
from pocket.world.kinds import KINDS
from pocket.world.names import MONTHS, Pool
from pocket.world.organisation import Organisation, Thing, some

DATED: Final = (
    "As of {date}: {text}",
    "Page of {date}. {text}",
    "Written on {date}. {text}",
    "{text} Last change: {date}.",
)
YEARS: Final = range(2021, 2040)
FOLLOW_UPS: Final = ("And the {noun}?", "And its {noun}?", "What about the {noun}?", "The {noun}, too, please.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer."""

    question: str
    """in one of its wordings"""
    answer: str
    """the plain answer"""
    answerable: bool
    """whether the pages hold it"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some pages and what they state; a notice's value replaces the old one."""

    things: tuple[Thing, ...]
    """one thing per page"""
    stated: tuple[tuple[FactType, ...], ...]
    """per thing, the facts that its pages state"""
    documents: tuple[Document, ...]
    """pages and notices in the order shown"""

    def passages(self) -> tuple[Passage, ...]:
        """Return the pages as passages."""
        return tuple(Passage(doc.id, doc.text, 0, len(doc.text), 0.0, doc.title) for doc in self.documents)


def shelf(rng: Random, pool: Pool, pages: int, facts_per_page: tuple[int, int] = (3, 6)) -> Shelf:
    """Return pages on a few things, often alike in kind or name, sometimes with a notice of a change."""
    organisation = Organisation(rng, pool)
    with_notice = pages > 1 and rng.random() < 0.2
    things = _things(rng, organisation, pages - with_notice)
    stated = [some(rng, thing.kind.facts, rng.randint(*facts_per_page)) for thing in things]
    documents = [page(rng, thing, facts) for thing, facts in zip(things, stated, strict=True)]
    if with_notice:
        fact = rng.choice(stated[0])
        things[0] = organisation.changed(things[0], fact)
        documents.append(notice(rng, organisation.mint, things[0], fact))
    rng.shuffle(documents)
    return Shelf(tuple(things), tuple(map(tuple, stated)), tuple(documents))


def _things(rng: Random, organisation: Organisation, count: int) -> list[Thing]:
    kinds = list(KINDS.values())
    things = [organisation.thing(rng.choice(kinds))]
    alike = rng.random()
    while len(things) < count:
        draw = rng.random()
        if draw < 0.15:
            things.append(organisation.lookalike(things[0]))
        elif draw < 0.15 + 0.7 * alike:
            things.append(organisation.thing(things[0].kind))
        else:
            things.append(organisation.thing(rng.choice(kinds)))
    return things


def answerable(rng: Random, shown: Shelf) -> Asked:
    """Return a question that the pages answer; the first thing (that of the notice) is asked for most."""
    number = 0 if rng.random() < 0.3 else rng.randrange(len(shown.things))
    thing, fact = shown.things[number], rng.choice(shown.stated[number])
    return Asked(_question(rng, thing, fact), thing.answer(fact), True)


def unanswerable(rng: Random, shown: Shelf, pool: Pool) -> Asked:
    """Return a question for a fact that its page leaves out, or for a thing without a page."""
    number = rng.randrange(len(shown.things))
    thing = shown.things[number]
    left_out = [fact for fact in thing.kind.facts if fact not in shown.stated[number]]
    if not left_out or rng.random() < 0.4:
        thing = _without_page(rng, thing, shown.things, pool)
        left_out = list(thing.kind.facts)
    return Asked(_question(rng, thing, rng.choice(left_out)), UNKNOWN, False)


def any_fact(rng: Random, shown: Shelf) -> Asked:
    """Return a question for any fact of a thing that has a page, stated there or left out."""
    number = rng.randrange(len(shown.things))
    thing, fact = shown.things[number], rng.choice(list(shown.things[number].kind.facts))
    stated = fact in shown.stated[number]
    return Asked(_question(rng, thing, fact), thing.answer(fact) if stated else UNKNOWN, stated)


def _without_page(rng: Random, like: Thing, shown: Sequence[Thing], pool: Pool) -> Thing:
    organisation = Organisation(rng, pool)
    organisation.names.update(thing.name for thing in shown)
    organisation.mint.used.update(word for thing in shown for word in thing.name.split())
    return organisation.lookalike(like) if rng.random() < 0.3 else organisation.thing(like.kind)


def closed_book(rng: Random, pool: Pool) -> Asked:
    """Return a question about an organisation that nothing has been said about."""
    thing = Organisation(rng, pool).thing(rng.choice(list(KINDS.values())))
    return Asked(_question(rng, thing, rng.choice(thing.kind.facts)), UNKNOWN, False)


def _question(rng: Random, thing: Thing, fact: FactType) -> str:
    return fact.question(rng.randrange(len(fact.asked)), thing.name)


def dated(rng: Random, pool: Pool, pages: int) -> tuple[list[Passage], list[Asked]]:
    """Return dated pages in any order, an older and a newer one about the same thing, with questions for both.

    The years of the two differ. Questions for what differs come several times as often as the others.
    """
    organisation = Organisation(rng, pool)
    before, *others = _things(rng, organisation, pages - 1)
    facts = some(rng, before.kind.facts, 4)
    after, changed = before, facts[: rng.choice((1, 2))]
    for fact in changed:
        after = organisation.changed(after, fact)
    first, last = sorted(rng.sample(YEARS, 2))
    documents = [_dated(rng, page(rng, before, facts), first)]
    documents.append(_dated(rng, page(rng, after, [*changed, *facts[2 : rng.choice((2, 3))]]), last))
    documents += [_dated(rng, page(rng, thing, some(rng, thing.kind.facts, 4)), rng.choice(YEARS)) for thing in others]
    rng.shuffle(documents)
    asked = [Asked(_question(rng, after, fact), after.answer(fact), True) for fact in (*changed * 3, *facts)]
    return list(Shelf((), (), tuple(documents)).passages()), asked


def continued(rng: Random, shown: Shelf, earlier: int) -> tuple[tuple[Turn, ...], Asked]:
    """Return a conversation about one thing of the shelf up to its last question, and that question with its answer."""
    number = rng.randrange(len(shown.things))
    thing, stated = shown.things[number], shown.stated[number]
    facts = [rng.choice(stated) for _ in range(earlier)]
    said = [turn for fact in facts for turn in (Turn("user", _question(rng, thing, fact)), _plain(thing, fact))]
    last = rng.choice([fact for fact in stated if fact not in facts] or stated)
    short = rng.choice(FOLLOW_UPS).replace("{noun}", last.noun)
    question = short if rng.random() < 0.6 else _question(rng, thing, last)
    return (*said, Turn("user", question)), Asked(question, thing.answer(last), True)


def _plain(thing: Thing, fact: FactType) -> Turn:
    return Turn("assistant", thing.answer(fact))


def _dated(rng: Random, document: Document, year: int) -> Document:
    date = f"{rng.randint(1, 28)} {rng.choice(MONTHS)} {year}"
    return replace(document, text=rng.choice(DATED).replace("{date}", date).replace("{text}", document.text))
