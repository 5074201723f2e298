"""A knowledge base for benchmarks that were given none: made by pocket's generator, the same every time."""

from random import Random
from typing import Any, Final

from harness.types import Document
from pocket.tasks.library import Library
from pocket.world.organisation import Organisation
from pocket.world.reports import report

SEED: Final = "benchmarks"
KINDS: Final = ("product", "project", "site", "person", "incident")
PAGES, REPORTS, QUERIES = 1_000, 500, 300
WORDINGS: Final = range(5)


def generated() -> tuple[list[Document], list[dict[str, Any]]]:
    """Return pages of some 40 words, reports of some 150, and questions about facts on pages with their gold ids."""
    rng = Random(SEED)
    organisation = Organisation(rng, "open")
    library = Library(rng, organisation)
    for thing in organisation.things(dict.fromkeys(KINDS, PAGES // len(KINDS))):
        library.add(thing)
    reports = [report(rng, organisation.mint) for _ in range(REPORTS)]
    documents = [*library.documents.values()]
    documents += [Document(f"report-{place}", one.subject, one.text) for place, one in enumerate(reports)]
    asked = rng.sample(list(library.known()), QUERIES)
    queries = [
        {"id": f"q{place}", "input": known.question(rng, WORDINGS), "doc_ids": list(library.evidence(known))}
        for place, known in enumerate(asked)
    ]
    return documents, queries
