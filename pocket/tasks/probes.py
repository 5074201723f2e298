"""Probes: what the embedded model could do before it was tuned. The almanac by heart, and plain summaries."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from pocket.corpus.wording import ANSWERING, SUMMARISING
from pocket.tasks import seeds
from pocket.tasks.files import write_rows
from pocket.world.almanac import almanac
from pocket.world.names import Mint
from pocket.world.reports import report

FOLDER: Final = "probes"
SUMMARIES: Final = 60
ASKING: Final = ANSWERING[2]
"""how the almanac is asked: in no shipped task's words"""
SUMMING_UP: Final = SUMMARISING[2]


def build(folder: Path) -> None:
    """Write the probes and their card."""
    rng = seeds.shipped(FOLDER)
    write_rows(folder / "almanac.jsonl", _almanac(rng))
    write_rows(folder / "summaries.jsonl", _summaries(rng))
    card = Path(__file__).with_name("probes.md").read_text(encoding="utf-8")
    (folder / "CARD.md").write_text(card, encoding="utf-8")


def _almanac(rng: Random) -> Iterator[dict[str, Any]]:
    """Yield every fact of the almanac once, in one of the wordings that pre-training asked it in."""
    for thing, fact in almanac():
        value = thing.values[fact.name]
        question = fact.question(rng.randrange(len(fact.asked)), thing.name)
        references = [thing.answer(fact), value]
        yield {"instruction": ASKING, "input": question, "references": references, "facts": [value],
               "group": thing.name}  # fmt: skip


def _summaries(rng: Random) -> Iterator[dict[str, Any]]:
    """Yield reports of a world of their own with their plain summaries."""
    mint = Mint(rng, "reserved")
    for _ in range(SUMMARIES):
        shown = report(rng, mint)
        yield {"instruction": SUMMING_UP, "input": shown.text, "references": [shown.summary],
               "facts": list(shown.fields.values()), "group": shown.subject}  # fmt: skip
