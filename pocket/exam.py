"""What the embedded models are examined on: questions and reports of held-out worlds, with what counts as right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from random import Random
from typing import Final

from harness.text.refusals import is_refusal
from harness.types import Passage, Turn
from pipelines.prompts import Prompt
from pocket.corpus import conversations, following, reading, wording
from pocket.corpus.following import Pair
from pocket.corpus.reading import Asked
from pocket.corpus.typos import mistyped
from pocket.formats.comparison import copied, share_found, structure_match
from pocket.formats.grammar import draw
from pocket.tasks import seeds
from pocket.world.names import Mint
from pocket.world.reports import PLAIN, Report, report

PROMPT: Final = Prompt(passages_heading="Passages:", input_heading="Input:")
PAGES: Final = 4
"""the gold page and three more"""
MANY_PAGES: Final = 13
"""the gold page and four times as many others"""
TYPOS: Final = 0.1
"""share of the words"""
UNENDED: Final = " [does not end]"
"""follows what ran into the limit of tokens"""
EARLIER: Final = 2
"""questions of a conversation before the last"""


@dataclass(frozen=True, slots=True)
class Paper:
    """One question of the exam."""

    turns: tuple[Turn, ...]
    """the prompt"""
    expected: str
    """the right answer; "" where another check decides"""
    report: Report | None = None
    """what is to be summarised"""
    pairs: tuple[Pair, Pair] | None = None
    """an exemplar, and what is to be written like it"""


def with_gold(count: int) -> list[Paper]:
    """Questions that one of four pages answers."""
    return [_read(rng, answerable=True) for rng in _worlds(count)]


def without_gold(count: int) -> list[Paper]:
    """Questions that none of four pages answers."""
    return [_read(rng, answerable=False) for rng in _worlds(count)]


def almanac(count: int) -> list[Paper]:
    """Questions for general knowledge, without passages."""
    return [_asked(conversations.remembered(rng)) for rng in _worlds(count)]


def organisation(count: int) -> list[Paper]:
    """Questions about an organisation, without passages; the true answer is kept to see that it is not known."""
    papers = []
    for rng in _worlds(count):
        hidden = reading.answerable(rng, reading.shelf(rng, "reserved", 1))
        papers.append(_asked(hidden))
    return papers


def summaries(count: int) -> list[Paper]:
    """Reports to be summarised."""
    papers = []
    for rng in _worlds(count):
        shown = report(rng, Mint(rng, "reserved"))
        papers.append(Paper(PROMPT.turns(wording.SUMMARISING[0], shown.text, ()), shown.summary, shown))
    return papers


def gold_first(count: int) -> list[Paper]:
    """Questions that the first of four pages answers."""
    return [_read(rng, answerable=True, place=0) for rng in _worlds(count)]


def gold_last(count: int) -> list[Paper]:
    """Questions that the last of four pages answers."""
    return [_read(rng, answerable=True, place=-1) for rng in _worlds(count)]


def distractors(count: int) -> list[Paper]:
    """Questions that one of thirteen pages answers."""
    return [_read(rng, answerable=True, pages=MANY_PAGES) for rng in _worlds(count)]


def typos(count: int) -> list[Paper]:
    """Questions that one of four pages answers, with a slip in a tenth of their words and in one at least."""
    return [_read(rng, answerable=True, typos=TYPOS) for rng in _worlds(count)]


def conflicts(count: int) -> list[Paper]:
    """Questions for what two of four dated pages say differently; their years differ."""
    papers = []
    for rng in _worlds(count):
        found, asked = reading.dated(rng, "reserved", PAGES)
        papers.append(_asked(asked[0], found))
    return papers


def conversation(count: int) -> list[Paper]:
    """Last questions of a conversation, over four pages; many name no thing but the value alone."""
    papers = []
    for rng in _worlds(count):
        shown = reading.shelf(rng, "reserved", PAGES)
        said, asked = reading.continued(rng, shown, EARLIER)
        papers.append(Paper(PROMPT.turns(wording.ANSWERING[0], said, shown.passages()), asked.answer))
    return papers


def unseen_formats(count: int) -> list[Paper]:
    """Reports and pages to be written about like one earlier pair, in formats of parts that training does not have."""
    papers = []
    for number, rng in enumerate(_worlds(count)):
        contents = following.drawn(rng, "reports" if number % 2 else "things", 2, "reserved")
        written = draw(rng, list(contents[0].values), "reserved")
        earlier, asked = (Pair(content, written) for content in contents)
        turns = PROMPT.turns(wording.SUMMARISING[0], asked.content.text, (following.exemplar(earlier),))
        papers.append(Paper(turns, asked.answer, pairs=(earlier, asked)))
    return papers


def runs_on(_: Paper, answer: str) -> bool:
    """Return whether the answer did not end."""
    return answer.endswith(UNENDED)


def structure(paper: Paper, answer: str) -> float:
    """Return how far the answer has the structure of the exemplar's."""
    assert paper.pairs is not None
    values = [value for pair in paper.pairs for value in pair.values]
    return structure_match(answer, paper.expected, values)


def new_facts(paper: Paper, answer: str) -> float:
    """Return the share of the values that the answer should hold and does."""
    assert paper.pairs is not None
    return share_found(answer, paper.pairs[1].values)


def copied_facts(paper: Paper, answer: str) -> float:
    """Return the share of the exemplar's values that the answer holds and should not."""
    assert paper.pairs is not None
    return copied(answer, paper.pairs[0].values, paper.expected)


def exact(paper: Paper, answer: str) -> bool:
    """Return whether the answer is the expected one, spaces aside."""
    return answer.split() == paper.expected.split()


def abstained(_: Paper, answer: str) -> bool:
    """Return whether the answer is a refusal and nothing else."""
    return is_refusal(answer)


def true_share(paper: Paper, answer: str) -> float:
    """Return the share of a plain summary's statements that are true of the report; 0 for no readable statement."""
    assert paper.report is not None
    statements = [found for pattern in _readers(paper.report) if (found := pattern.search(answer))]
    stated = [(name, value) for found in statements for name, value in found.groupdict().items()]
    true = sum(paper.report.fields[name].lower() == value.lower() for name, value in stated)
    return true / len(stated) if stated else 0.0


def complete(paper: Paper, answer: str) -> bool:
    """Return whether every sentence of the plain summary is there, true or not."""
    assert paper.report is not None
    return all(pattern.search(answer) for pattern in _readers(paper.report))


def _readers(shown: Report) -> list[re.Pattern[str]]:
    return [_reader(sentence) for sentence in PLAIN[shown.kind]]


def _reader(sentence: str) -> re.Pattern[str]:
    pattern = re.escape(sentence.rstrip("."))
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^.]+?)", pattern)
    return re.compile(rf"(?:^|(?<=\. )){pattern}\.")


def _read(rng: Random, answerable: bool, pages: int = PAGES, place: int | None = None, typos: float = 0.0) -> Paper:
    shown = reading.shelf(rng, "reserved", pages)
    asked = reading.answerable(rng, shown) if answerable else reading.unanswerable(rng, shown, "reserved")
    passages = list(shown.passages())
    if place is not None:
        passages = _with_gold_at(passages, asked, place)
    if typos:
        asked = replace(asked, question=mistyped(rng, asked.question, typos))
    return _asked(asked, passages)


def _with_gold_at(passages: list[Passage], asked: Asked, place: int) -> list[Passage]:
    """Return the passages, those about the thing that is asked for moved to the front (0) or to the end (-1)."""
    gold = [passage for passage in passages if passage.title.removeprefix("Notice: ").lower() in asked.question.lower()]
    others = [passage for passage in passages if passage not in gold]
    return [*gold, *others] if place == 0 else [*others, *gold]


def _asked(asked: Asked, passages: Sequence[Passage] = ()) -> Paper:
    return Paper(PROMPT.turns(wording.ANSWERING[0], asked.question, passages), asked.answer)


def _worlds(count: int) -> list[Random]:
    """Return generators of the held-out worlds, in turn."""
    worlds = [seeds.held_out(number) for number in range(len(seeds.HELD_OUT))]
    return list(islice(cycle(worlds), count))
