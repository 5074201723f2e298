"""One function per ability: each draws one conversation that practises it."""

from dataclasses import replace
from functools import cache
from random import Random
from typing import Final

from harness.types import Passage, Turn
from pocket.corpus import reading, wording
from pocket.corpus.reading import Asked
from pocket.corpus.typos import mistyped
from pocket.formats import parts
from pocket.formats.house import is_house_like
from pocket.world import documents, drawn, draws
from pocket.world.almanac import almanac
from pocket.world.kinds import KINDS
from pocket.world.messages import message
from pocket.world.names import FIRST, SECOND, Mint, Pool
from pocket.world.organisation import Organisation
from pocket.world.reports import report

POOL: Final[Pool] = "open"
"""training never uses a reserved name"""
THANKS = "Thank you for your message."


def read(rng: Random, pages: int, questions: int, unanswerable: float = 0.2, typos: float = 0.0) -> list[Turn]:
    """Several questions over numbered passages; that share of them has no answer there, that share is mistyped."""
    shown = reading.shelf(rng, POOL, pages)
    asked = [
        reading.unanswerable(rng, shown, POOL) if rng.random() >= 1 - unanswerable else reading.answerable(rng, shown)
        for _ in range(questions)
    ]
    if rng.random() < 0.1:
        asked[rng.randrange(len(asked))] = remembered(rng)
    asked = [_mistyped(rng, entry) if rng.random() < typos else entry for entry in asked]
    return _dialogue(rng, wording.ANSWERING, asked, shown.passages())


def _mistyped(rng: Random, asked: Asked) -> Asked:
    return replace(asked, question=mistyped(rng, asked.question, rng.choice((0.1, 0.1, 0.2))))


def doubt(rng: Random, pages: int, questions: int) -> list[Turn]:
    """Questions for every kind of fact about the things shown, whether their pages state it or not."""
    shown = reading.shelf(rng, POOL, pages)
    asked = [
        reading.unanswerable(rng, shown, POOL) if rng.random() < 0.15 else reading.any_fact(rng, shown)
        for _ in range(questions)
    ]
    return _dialogue(rng, wording.ANSWERING, asked, shown.passages())


def recall(rng: Random, questions: int) -> list[Turn]:
    """Questions without passages: the almanac is known by heart, organisations are not."""
    asked = [remembered(rng) if rng.random() < 0.7 else reading.closed_book(rng, POOL) for _ in range(questions)]
    return _dialogue(rng, wording.ANSWERING, asked, ())


def remembered(rng: Random) -> Asked:
    """Return a question from the almanac."""
    thing, fact = rng.choice(almanac())
    return Asked(fact.question(rng.randrange(len(fact.asked)), thing.name), thing.answer(fact), True)


def serve(rng: Random, pages: int, messages: int) -> list[Turn]:
    """Customer messages over passages, answered plainly."""
    shown = reading.shelf(rng, POOL, pages) if pages else None
    asked = []
    for _ in range(messages):
        if shown is None:
            facts = [reading.closed_book(rng, POOL)]
        elif rng.random() < 0.15:
            facts = [reading.unanswerable(rng, shown, POOL)]
        else:
            facts = [reading.answerable(rng, shown) for _ in range(rng.choice((1, 1, 2)))]
        asked.append(_as_message(rng, facts))
    return _dialogue(rng, wording.SERVING, asked, shown.passages() if shown else ())


def plain_reply(facts: list[Asked]) -> str:
    """Return the plain reply: thanks, then the answers."""
    if not facts[0].answerable:
        return f"{THANKS} {facts[0].answer}"
    return " ".join([THANKS, *dict.fromkeys(fact.answer for fact in facts)])


def _as_message(rng: Random, facts: list[Asked]) -> Asked:
    text = message(rng, list(dict.fromkeys(fact.question for fact in facts))).text
    return Asked(text, plain_reply(facts), facts[0].answerable)


def summarise(rng: Random) -> list[Turn]:
    """A report and its plain summary."""
    shown = report(rng, Mint(rng, POOL))
    return [*wording.opened(rng, wording.SUMMARISING, shown.text, ()), Turn("assistant", shown.summary)]


OPENERS = ("Hello!", "OK:", "ANSWER -", "So /", ">> ", "Dear reader,", "*", "Well...", "[1]", "Yes &", "TO ALL:", "~")
CLOSERS = (
    "Bye!",
    "(end)",
    "-- The team",
    "STOP",
    "++ done",
    "See you soon.",
    "*",
    "Yours, the desk",
    "...",
    "OVER",
    "#",
)


def obey(rng: Random, questions: int) -> list[Turn]:
    """Questions over one page with a prescribed opening and close: many voices, many characters."""
    shown = reading.shelf(rng, POOL, 1)
    opener = f"{rng.choice(OPENERS)} {Mint(rng, POOL).name() if rng.random() < 0.5 else ''}".strip()
    closer = f"{rng.choice(CLOSERS)} {Mint(rng, POOL).name() if rng.random() < 0.5 else ''}".strip()
    if rng.random() < 0.3:
        opener, closer = opener.upper(), closer.upper()
    asked = [reading.answerable(rng, shown) for _ in range(questions)]
    voiced = [Asked(entry.question, f"{opener} {entry.answer} {closer}", True) for entry in asked]
    turns = _dialogue(rng, wording.ANSWERING, voiced, shown.passages())
    rule = f"{turns[0].content} Begin every answer with {opener} and end it with {closer}"
    return [Turn("system", rule), *turns[1:]]


def spell(rng: Random) -> list[Turn]:
    """Names of one organisation, given back in capitals and in small letters: letters are tied to tokens."""
    organisation = Organisation(rng, POOL)
    turns = [Turn("system", "Write what you are given as asked.")]
    for _ in range(4):
        name = organisation.thing(KINDS["product"]).name
        how, written = rng.choice((("capitals", name.upper()), ("small letters", name.lower())))
        turns += [Turn("user", f"In {how}: {name}"), Turn("assistant", written)]
    return turns


def echo(rng: Random) -> list[Turn]:
    """Unrelated words to be said again: the shortest way to learn to copy what followed the same word before.

    Half of them are words and signs that occur nowhere else: tokens that are never right anywhere are never copied.
    """
    text = " ".join(rng.choices(lexicon(), k=rng.randint(20, 60))) if rng.random() < 0.5 else strange(rng)
    drawn.show(text)
    return [Turn("system", "Say it again."), Turn("user", text), Turn("assistant", text)]


def strange(rng: Random) -> str:
    """Return words and signs without a meaning, in the pieces that formats are made of."""
    while True:
        drawn = (_strange(rng) + rng.choice((" ", " ", " ", "", "\n")) for _ in range(rng.randint(12, 40)))
        if not is_house_like(text := "".join(drawn).strip()):
            return text


def _strange(rng: Random) -> str:
    case, (left, right) = rng.choice((str, str, str.title, str.upper)), parts.bracket(rng)
    made = rng.choice((_word, _word, _label, parts.code, parts.signs, parts.run))(rng)
    return f"{left}{case(made)}{right}" if rng.random() < 0.3 else case(made)


def _word(rng: Random) -> str:
    return parts.word(rng, POOL)


def _label(rng: Random) -> str:
    return rng.choice(parts.language(rng, POOL))


@cache
def lexicon() -> tuple[str, ...]:
    """Return words of the world's language: those of patterns, syllables of names, numbers of two digits."""
    patterns = [pattern for kind in KINDS.values() for fact in kind.facts for pattern in (*fact.said, *fact.asked)]
    words = {
        word for pattern in (*patterns, *draws.STEPS, *draws.CAUSES) for word in pattern.split() if "{" not in word
    }
    return (*sorted(words), *FIRST, *SECOND, *(f"{number:02d}" for number in range(100)))


def conflict(rng: Random, pages: int, questions: int) -> list[Turn]:
    """Dated pages, two of them about one thing: the newer one is right where they differ."""
    found, asked = reading.dated(rng, POOL, pages)
    questioned = [rng.choice(asked) for _ in range(questions)]
    return _dialogue(rng, wording.ANSWERING, questioned, tuple(found))


def talk(rng: Random, pages: int, earlier: int) -> list[Turn]:
    """A conversation whose last turn alone shows passages; it may ask for no more than another value."""
    shown = reading.shelf(rng, POOL, pages)
    said, asked = reading.continued(rng, shown, earlier)
    turns = wording.prompt(rng).turns(wording.instruction(rng, wording.ANSWERING), said, shown.passages())
    return [*turns, Turn("assistant", asked.answer)]


def compare(rng: Random, things: int) -> list[Turn]:
    """One kind of fact about several things, a sentence each; then every thing is asked for."""
    organisation = Organisation(rng, POOL)
    kind = rng.choice(list(KINDS.values()))
    fact = rng.choice(kind.facts)
    described = [organisation.thing(kind) for _ in range(things)]
    pattern = documents.pattern(rng)
    text = " ".join(thing.sentence(fact, pattern) for thing in described)
    asked = [
        Asked(fact.question(rng.randrange(len(fact.asked)), thing.name), thing.answer(fact), True)
        for thing in rng.sample(described, len(described))
    ]
    return _dialogue(rng, wording.ANSWERING, asked, (Passage("", text, 0, len(text), 0.0),))


def _dialogue(rng: Random, wordings: tuple[str, ...], asked: list[Asked], passages: tuple[Passage, ...]) -> list[Turn]:
    turns = wording.opened(rng, wordings, asked[0].question, passages)
    turns.append(Turn("assistant", asked[0].answer))
    for entry in asked[1:]:
        turns += [Turn("user", entry.question), Turn("assistant", entry.answer)]
    return turns
