"""Answers in a format that an earlier pair shows: prompts as the harness renders them, formats used only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from harness.types import Passage, Turn
from pipelines.prompts import Prompt
from pocket.corpus import wording
from pocket.formats.content import REPORT_NAMES, Content, of_report, of_thing
from pocket.formats.grammar import Format, draw, draw_plain
from pocket.world import drawn as drawn_with
from pocket.world.documents import page
from pocket.world.facts import FactType
from pocket.world.kinds import KINDS
from pocket.world.names import Mint, Pool
from pocket.world.organisation import Organisation, some
from pocket.world.reports import ReportKind, report

Source = Literal["records", "things", "reports"]
"""what is written about: values with their names, pages about things, reports"""
REPORTS: Final[tuple[ReportKind, ...]] = ("incident", "project")
HARNESS: Final = ("Input: ", "\n\nAnswer: ")
"""how the harness writes a training pair as a passage (harness.tasks.data)"""
PAIRS: Final = (HARNESS, HARNESS, HARNESS, ("Document:\n", "\n\nSummary:\n"), ("", "\n\n"), ("Text: ", "\nNote: "))
HEADINGS: Final = (
    ("Passages:", "Input:"),
    ("Passages:", "Input:"),
    ("Examples:", "Input:"),
    ("Examples:", "Document:"),
    ("Here are earlier answers:", "Now the input:"),
)
INSTRUCTIONS: Final = (
    *wording.SUMMARISING,
    "Write the answer as the example shows.",
    "Answer like the examples.",
    "Follow the form of the passages.",
    "Fill in the form for the input.",
    "Put the input into the form that is used here.",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An input with its answer."""

    content: Content
    """of the input"""
    written: Format
    """of the answer"""

    @property
    def answer(self) -> str:
        """The right answer."""
        return self.written.write(self.content)

    @property
    def values(self) -> list[str]:
        """The values that the right answer holds."""
        return self.written.values(self.content)


def follow(rng: Random, source: Source, exemplars: int, answers: int) -> list[Turn]:
    """One format, shown by so many earlier pairs and kept over so many inputs."""
    contents = drawn(rng, source, exemplars + answers, "open")
    written = draw(rng, list(contents[0].values))
    return _conversation(rng, [Pair(content, written) for content in contents], exemplars)


def labelled(rng: Random, exemplars: int, answers: int) -> list[Turn]:
    """Records in a format whose labels are their names: that the new input is to be read, not the exemplar's."""
    contents = drawn(rng, "records", exemplars + answers, "open")
    names = list(contents[0].values)
    written = draw_plain(rng, rng.sample(names, len(names)))
    return _conversation(rng, [Pair(content, written) for content in contents], exemplars)


def mixed(rng: Random, answers: int) -> list[Turn]:
    """Reports of both kinds: a format with plain labels for both, or one format per kind and an exemplar of each."""
    mint = Mint(rng, "open")
    kinds = rng.sample(REPORTS, len(REPORTS))
    contents = [_report(rng, mint, kind) for kind in kinds]
    contents += [_report(rng, mint, rng.choice(kinds)) for _ in range(answers)]
    if rng.random() < 0.5:
        plain = draw_plain(rng, REPORT_NAMES)
        shown = [content for content in contents[:2] if rng.random() < 0.5] or contents[:1]
        pairs = [Pair(content, plain) for content in (*shown, *contents[2:])]
        return _conversation(rng, pairs, len(shown))
    formats = {tuple(content.values): draw(rng, list(content.values)) for content in contents[:2]}
    return _conversation(rng, [Pair(content, formats[tuple(content.values)]) for content in contents], 2)


def drawn(rng: Random, source: Source, count: int, pool: Pool) -> list[Content]:
    """Return so many contents of one kind; some after the first lack one of its names or have another one."""
    if source == "reports":
        mint, kind = Mint(rng, pool), rng.choice(REPORTS)
        return [_report(rng, mint, kind) for _ in range(count)]
    organisation = Organisation(rng, pool)
    kind_of_thing = rng.choice(list(KINDS.values()))
    facts = some(rng, kind_of_thing.facts, rng.randint(2, 4) if source == "records" else rng.randint(2, 6))
    things = [organisation.thing(kind_of_thing) for _ in range(count)]
    made = [of_thing(rng, things[0], facts)]
    made += [of_thing(rng, thing, _varied(rng, facts, kind_of_thing.facts)) for thing in things[1:]]
    return made if source == "things" else _as_records(rng, made)


def exemplar(pair: Pair, form: tuple[str, str] = HARNESS) -> Passage:
    """Return an earlier pair as a passage."""
    before, between = form
    drawn_with.show(pair.answer)
    text = f"{before}{pair.content.text}{between}{pair.answer}"
    return Passage("", text, 0, len(text), 0.0)


def _varied(rng: Random, facts: Sequence[FactType], all_facts: Sequence[FactType]) -> list[FactType]:
    """Return the facts, now and then without one of them or with another one."""
    chance = rng.random()
    if chance < 0.1 and len(facts) > 2:
        return rng.sample(list(facts), len(facts) - 1)
    others = [fact for fact in all_facts if fact not in facts]
    return [*facts, rng.choice(others)] if chance < 0.2 and others else list(facts)


def _as_records(rng: Random, contents: Sequence[Content]) -> list[Content]:
    """Return the contents with their names and values as the input, in one plain form."""
    names = list(dict.fromkeys(name for content in contents for name in content.values))
    form = draw_plain(rng, rng.sample(names, len(names)))
    subject = rng.choice(("{s}: ", "{s}\n", "about {s}\n", "[{s}] "))
    texts = [subject.replace("{s}", content.subject) + form.write(content) for content in contents]
    return [
        Content(content.subject, content.values, text, content.sentences)
        for content, text in zip(contents, texts, strict=True)
    ]


def _report(rng: Random, mint: Mint, kind: ReportKind) -> Content:
    while True:
        shown = report(rng, mint)
        if shown.kind == kind:
            return of_report(shown)


def _conversation(rng: Random, pairs: Sequence[Pair], exemplars: int) -> list[Turn]:
    form, (passages_heading, input_heading) = rng.choice(PAIRS), rng.choice(HEADINGS)
    passages = [exemplar(pair, form) for pair in pairs[:exemplars]]
    if rng.random() < 0.1:
        passages.insert(rng.randrange(len(passages) + 1), _plain_page(rng))
    asked = pairs[exemplars:]
    prompt = Prompt(passages_heading=passages_heading, input_heading=input_heading)
    turns = list(prompt.turns(wording.instruction(rng, INSTRUCTIONS), asked[0].content.text, passages))
    turns.append(Turn("assistant", asked[0].answer))
    for pair in asked[1:]:
        turns += [Turn("user", pair.content.text), Turn("assistant", pair.answer)]
    return turns


def _plain_page(rng: Random) -> Passage:
    """Return a passage that shows no format."""
    organisation = Organisation(rng, "open")
    thing = organisation.thing(rng.choice(list(KINDS.values())))
    text = page(rng, thing, some(rng, thing.kind.facts, 3)).text
    return Passage("", text, 0, len(text), 0.0)
