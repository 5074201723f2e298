"""Which conversation comes next: short contexts first, then more pages, at last everything."""

from random import Random
from typing import Final

from harness.types import Turn
from pocket.corpus import conversations, following

FIRST_SEED: Final = 1_000_000
"""training conversations have seeds from here on; no shipped or held-out world has one of them"""

DOUBTING: Final = 0.57
"""progress from which on the model practises to see that a page leaves a fact out"""
MORE_PAGES: Final = 0.66
"""progress from which on it does so with more than one page"""
ALL_AGAIN: Final = 0.80
"""progress from which on the other abilities, which lose meanwhile, have most of the room again"""
ECHOING: Final = 0.08
"""share of the conversations that say strange words and signs again: what is never right anywhere is never copied, and
then formats of unheard parts end in loops. After the first pages, with a twentieth, .45 of whole echoes fell to .01"""
READING: Final = 0.20
"""progress up to which it learns to read above all: with two of five conversations following a format from the first
pages on, reading stood at .45 after 7 of 20 million tokens, and ended at .67"""
BEGUN: Final = 0.10
"""share of the conversations that follow a format until then"""
FOLLOWING: Final = 0.45
"""share of them from then on"""
FOLLOWED: Final = 0.32
"""share of them while it practises to doubt"""
WHOLE: Final = 0.35
"""progress from which on they are of pages and reports for the most part, and not of records"""
TYPOS: Final = 0.3
"""progress from which on words are mistyped"""


def conversation(number: int, progress: float, seed: int) -> tuple[str, list[Turn]]:
    """Return the ability practised by training conversation `number`, and its turns.

    Args:
        number: conversations are independent; the same number gives the same one.
        progress: from 0 to 1 over the whole training.
        seed: of the whole training.
    """
    rng = Random(f"{seed}:{FIRST_SEED + number}")
    draw = rng.random()
    if progress < 0.03:
        return _copying(rng, draw)
    if progress < 0.08:
        return _first_pages(rng, draw)
    if rng.random() < ECHOING:
        return "echo", conversations.echo(rng)
    if rng.random() < _share_of_following(progress):
        return _following(rng, progress)
    pages = _pages(rng, progress)
    if progress >= DOUBTING and rng.random() < _share_of_doubt(progress):
        return "doubt", conversations.doubt(rng, 1 if progress < MORE_PAGES else rng.choice((1, 2, 3, 4)), 14)
    return _all_abilities(rng, draw, pages, progress)


def _share_of_following(progress: float) -> float:
    if progress < READING:
        return BEGUN
    return FOLLOWING if progress < DOUBTING else FOLLOWED


def _share_of_doubt(progress: float) -> float:
    """The name is there and the fact is not: little of it is in the other abilities, and none of them teaches it."""
    if progress < MORE_PAGES:
        return 0.6
    return 0.4 if progress < ALL_AGAIN else 0.2


def _all_abilities(rng: Random, draw: float, pages: int, progress: float) -> tuple[str, list[Turn]]:
    typos = 0.15 if progress > TYPOS else 0.0
    if draw < 0.48:
        # To find is learnt before to miss: once finding works, there is more that cannot be found.
        unanswerable = 0.2 if progress < 0.375 else 0.4
        return "read", conversations.read(rng, pages, 8 if pages < 3 else 12, unanswerable, typos)
    if draw < 0.58:
        return "compare", conversations.compare(rng, rng.randint(4, 10))
    if draw < 0.69:
        return "recall", conversations.recall(rng, 8)
    if draw < 0.78:
        return "serve", conversations.serve(rng, min(pages, 5) if rng.random() < 0.9 else 0, 4)
    if draw < 0.85:
        return "summarise", conversations.summarise(rng)
    if draw < 0.86:
        return "spell", conversations.spell(rng)
    if draw < 0.88 or progress < 0.3:
        return "obey", conversations.obey(rng, 4)
    if draw < 0.94:
        return "conflict", conversations.conflict(rng, rng.choice((2, 3, 4)), 8)
    return "talk", conversations.talk(rng, rng.choice((1, 2, 3, 4)), rng.choice((1, 1, 2, 3)))


def _following(rng: Random, progress: float) -> tuple[str, list[Turn]]:
    """Named values first, then pages, then reports: each asks for more reading before anything can be written."""
    draw, exemplars = rng.random(), rng.choice((1, 1, 1, 1, 2, 3))
    labelled, records, things, reports = _shares_of_sources(progress)
    if draw < labelled:
        return "label", following.labelled(rng, exemplars, 3)
    if draw < labelled + records:
        return "fill", following.follow(rng, "records", exemplars, 3)
    if draw < labelled + records + things:
        return "follow", following.follow(rng, "things", exemplars, 3)
    if draw < labelled + records + things + reports:
        return "imitate", following.follow(rng, "reports", rng.choice((1, 1, 1, 2)), rng.choice((1, 2)))
    return "mixed", following.mixed(rng, rng.choice((1, 2)))


def _shares_of_sources(progress: float) -> tuple[float, float, float, float]:
    """Return the shares of records with their own labels, records, pages and reports; what is left mixes reports."""
    if progress < WHOLE:
        return (0.1, 0.35, 0.3, 0.2)
    return (0.04, 0.1, 0.4, 0.4)


def _copying(rng: Random, draw: float) -> tuple[str, list[Turn]]:
    """Copying by heart comes first: without it the binding of values to questions waits for millions of tokens."""
    if draw < 0.6:
        return "echo", conversations.echo(rng)
    if draw < 0.7:
        return "fill", following.follow(rng, "records", 1, 3)
    if draw < 0.85:
        return "compare", conversations.compare(rng, rng.randint(2, 6))
    return "read", conversations.read(rng, 1, 8)


def _first_pages(rng: Random, draw: float) -> tuple[str, list[Turn]]:
    if draw < 0.1:
        return "recall", conversations.recall(rng, 6)
    if draw < 0.25:
        return "fill", following.follow(rng, "records", 1, 3)
    if draw < 0.45:
        return "compare", conversations.compare(rng, rng.randint(3, 8))
    if draw < 0.6:
        return "echo", conversations.echo(rng)
    return "read", conversations.read(rng, 1, 8)


def _pages(rng: Random, progress: float) -> int:
    if progress < 0.2:
        return rng.choice((1, 2))
    if progress < 0.35:
        return rng.choice((1, 2, 3, 4))
    if rng.random() < 0.03:
        return rng.choice((12, 14, 16))
    return rng.choice((1, 2, 3, 3, 4, 4, 5, 6, 8))
