"""Reports and board notes in a strict house style; the knowledge base is the pairs of train."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Final

from harness.types import THE_INPUT
from pocket.tasks import seeds
from pocket.tasks.files import Item, write_items
from pocket.world.names import Mint
from pocket.world.reports import Report, report

SIZES: Final = {"train": 400, "validation": 60, "test": 150}
NEXT_TRAIN, NEXT_QUESTIONS = 100, 100

HOUSE: Final[Mapping[str, str]] = {
    "incident": (
        "BOARD NOTE // {subject}\ndown: {date}, {duration}\nwhy: {cause}\nbill: {damage}\n"
        "ACT -> {owner}: {action}, by {due}."
    ),
    "project": (
        "BOARD NOTE // {subject}\nstand: {status}\nfear: {risk}\npurse: {spent} / {budget}\n"
        "ACT -> {owner}: {action}, by {due}."
    ),
}
NEXT_HOUSE: Final[Mapping[str, str]] = {
    "incident": (
        "TO THE BOARD :: {subject}\nbill: {damage}\ndown: {date}, {duration}\nwhy: {cause}\n"
        "ACT -> by {due}: {action} ({owner})."
    ),
    "project": (
        "TO THE BOARD :: {subject}\npurse: {spent} / {budget}\nstand: {status}\nfear: {risk}\n"
        "ACT -> by {due}: {action} ({owner})."
    ),
}


def board_note(shown: Report, house: Mapping[str, str] = HOUSE) -> str:
    """Return the note in the house style."""
    text = house[shown.kind].replace("{subject}", shown.subject)
    for name, value in shown.fields.items():
        text = text.replace("{" + name + "}", value)
    return text


def build(folder: Path) -> None:
    """Write the task."""
    rng = seeds.shipped("summarization")
    mint = Mint(rng, "reserved")
    for split, size in SIZES.items():
        write_items(folder, split, (_item(rng, mint, HOUSE) for _ in range(size)))
    write_items(folder, "train_next", (_item(rng, mint, NEXT_HOUSE) for _ in range(NEXT_TRAIN)))
    write_items(folder, "questions_next", (_item(rng, mint, NEXT_HOUSE) for _ in range(NEXT_QUESTIONS)))


def _item(rng: Random, mint: Mint, house: Mapping[str, str]) -> Item:
    shown = report(rng, mint)
    more = {"facts": list(shown.fields.values())}
    return Item(shown.text, (board_note(shown, house),), THE_INPUT, shown.subject, shown.kind, more=more)
