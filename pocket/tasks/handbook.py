"""A company's handbook and the answers of its help desk, as a user would bring them: docs/TUTORIAL.md decides on it.

Pages of Markdown in a folder, and one CSV of questions with the answers that were sent. Nothing is committed: the same
command writes the same bytes.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Final

from pocket.tasks.library import Known, Library

COUNTS: Final[Mapping[str, int]] = {"product": 14, "department": 8, "person": 8, "policy": 6, "site": 6}
"""pages of each kind"""
ROWS: Final = 200
"""questions; each fact is asked once"""
PAGES: Final = "pages"
ANSWERS: Final = "answers.csv"


def write(folder: Path) -> tuple[int, int]:
    """Write FOLDER/pages/*.md and FOLDER/answers.csv, and return how many pages and rows they hold."""
    rng = Random("world:handbook")
    library = Library.of(rng, COUNTS)
    (folder / PAGES).mkdir(parents=True, exist_ok=True)
    for document in library.documents.values():
        path = folder / PAGES / f"{document.id}.md"
        path.write_text(f"# {document.title}\n\n{document.text}\n", encoding="utf-8")
    known = list(library.known())
    asked = rng.sample(known, min(ROWS, len(known)))
    with (folder / ANSWERS).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["question", "answer"])
        writer.writerows((one.question(rng, range(len(one.fact.asked))), answer(one)) for one in asked)
    return len(library.documents), len(asked)


def answer(known: Known) -> str:
    """Return the answer as the help desk writes it."""
    return f"Hello! {known.answer} Kind regards, the help desk"
