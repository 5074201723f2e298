"""Further documents of a shipped organisation, on demand: the study corpus_size grows the knowledge base by them.

They are pages from the same generator, about things of the same kinds that no shipped question asks about. They are not
committed: the same factor gives the same bytes.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Final

from harness.tasks.knowledge.beside import FURTHER
from harness.types import Document
from pocket.tasks import qa, support
from pocket.tasks.audits import rows
from pocket.tasks.files import write_documents
from pocket.tasks.library import document_id
from pocket.tasks.seeds import SHIPPED
from pocket.world.documents import page
from pocket.world.kinds import KINDS
from pocket.world.organisation import NAMED_FREELY, Organisation, some

COUNTS: Final = {"qa": qa.COUNTS, "support": support.COUNTS}
"""of each kind, by task; the documents of summarization are its inputs"""
FACTS: Final = {"qa": qa.FACTS_PER_PAGE, "support": support.FACTS_PER_PAGE}


def write(folder: Path, task: str, factor: int) -> int:
    """Write documents_more.jsonl beside a shipped task's documents, and return how many it holds.

    Args:
        folder: of the task.
        task: qa or support.
        factor: times as many documents as the task has, with its own.
    """
    shipped = rows(folder, "documents")
    taken = {row["title"].casefold() for row in (*shipped, *rows(folder, "documents_next"))}
    count = (factor - 1) * len(shipped)
    pages = further_pages(Random(f"world:{SHIPPED[task]}/more"), COUNTS[task], FACTS[task], taken)
    write_documents(folder, FURTHER, (next(pages) for _ in range(count)))
    return count


def further_pages(
    rng: Random, counts: Mapping[str, int], facts: tuple[int, int], taken: set[str]
) -> Iterator[Document]:
    """Yield pages without end, of the kinds whose names never run out, as often as the organisation has them.

    Args:
        rng: the only source of chance.
        counts: kind -> things that the organisation has of it.
        facts: fewest and most on a page.
        taken: titles in lower case that no page may have.
    """
    organisation = Organisation(rng, "reserved")
    kinds = [KINDS[name] for name in NAMED_FREELY if counts.get(name)]
    weights = [counts[kind.name] for kind in kinds]
    while True:
        thing = organisation.thing(rng.choices(kinds, weights)[0])
        made = page(rng, thing, some(rng, thing.kind.facts, rng.randint(*facts)), f"more-{document_id(thing)}")
        if made.title.casefold() not in taken:
            yield made
