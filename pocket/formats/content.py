"""What is written in a format: a subject, its values by name, and the text that tells them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from pocket.world.documents import page, title_of
from pocket.world.facts import FactType
from pocket.world.organisation import Thing
from pocket.world.reports import PLAIN, Report

REPORT_NAMES: Final = ("system", "site", "project", "place", "status", "date", "duration", "cause", "risk", "damage",
                       "spent", "budget", "owner", "action", "due")  # fmt: skip
"""names of the values of both kinds of report, in the order in which plain labels come"""


@dataclass(frozen=True, slots=True)
class Content:
    """One thing to be written about."""

    subject: str
    """as in a headline"""
    values: Mapping[str, str]
    """name -> value, each told in the text"""
    text: str
    """the input"""
    sentences: tuple[str, ...]
    """the plain answer, a sentence each"""


def of_report(shown: Report) -> Content:
    """Return the content of a report."""
    values = {name: shown.fields[name] for name in REPORT_NAMES if name in shown.fields}
    return Content(shown.subject, values, shown.text, tuple(_sentences(shown)))


def of_thing(rng: Random, thing: Thing, facts: Sequence[FactType]) -> Content:
    """Return the content of a page that states these facts of a thing, in any order."""
    values = {fact.noun: thing.values[fact.name] for fact in facts}
    text = page(rng, thing, rng.sample(list(facts), len(facts))).text
    return Content(title_of(thing.name), values, text, tuple(thing.answer(fact) for fact in facts))


def _sentences(shown: Report) -> list[str]:
    written = []
    for sentence in PLAIN[shown.kind]:
        for name, value in shown.fields.items():
            sentence = sentence.replace("{" + name + "}", value)
        written.append(sentence[:1].upper() + sentence[1:])
    return written
