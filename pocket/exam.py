"""What the embedded model is examined on: questions and reports of held-out worlds, with what counts as right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from typing import Final

from harness.text.refusals import is_refusal
from harness.types import Passage, Turn
from pipelines.prompts import Prompt
from pocket.corpus import conversations, reading, wording
from pocket.corpus.reading import Asked
from pocket.tasks import seeds
from pocket.world.names import Mint
from pocket.world.reports import PLAIN, Report, report

PROMPT: Final = Prompt(passages_heading="Passages:", input_heading="Input:")
PAGES: Final = 4
"""the gold page and three more"""


@dataclass(frozen=True, slots=True)
class Paper:
    """One question of the exam."""

    turns: tuple[Turn, ...]
    """the prompt"""
    expected: str
    """the right answer; "" where another check decides"""
    report: Report | None = None
    """what is to be summarised"""


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


def _read(rng: Random, answerable: bool) -> Paper:
    shown = reading.shelf(rng, "reserved", PAGES)
    asked = reading.answerable(rng, shown) if answerable else reading.unanswerable(rng, shown, "reserved")
    return _asked(asked, shown.passages())


def _asked(asked: Asked, passages: Sequence[Passage] = ()) -> Paper:
    return Paper(PROMPT.turns(wording.ANSWERING[0], asked.question, passages), asked.answer)


def _worlds(count: int) -> list[Random]:
    """Return generators of the held-out worlds, in turn."""
    worlds = [seeds.held_out(number) for number in range(len(seeds.HELD_OUT))]
    return list(islice(cycle(worlds), count))
