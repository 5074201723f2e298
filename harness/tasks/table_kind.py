"""What a table is by its columns, whatever its file is called: examples that ask and answer, or documents."""

from pathlib import Path
from typing import Final

from harness.tasks.columns import Columns, plain
from harness.tasks.files.json_parts import documents_in
from harness.tasks.formats.recognition import COLUMNS, FORMATS, recognise
from harness.tasks.known_columns import DEFAULTS, DOCUMENT_COLUMNS
from harness.tasks.looks import Look, column_look
from harness.tasks.rows import READERS

TOPICS: Final = frozenset(("label", "labels", "category", "class"))
"""columns that documents have, too: beside a title they answer nothing"""
TITLES: Final = frozenset(DOCUMENT_COLUMNS["title"]) - {"question"}
"""columns that name a document"""


def holds_examples(path: Path, columns: Columns = DEFAULTS) -> bool:
    """Return whether the rows of a file ask and answer; False for documents, and for what cannot be read.

    Args:
        path: of a file.
        columns: of the examples, as they are configured.
    """
    if not _is_table(path) or documents_in(path):
        return False
    known = recognise(path, columns)
    if known.format in FORMATS:
        return True
    if known.format != COLUMNS or not {"input", "references"} <= known.roles.keys():
        return False
    names = {plain(name) for name in known.names}
    return plain(known.roles["references"]) not in TOPICS or not names & TITLES


def holds_documents(path: Path) -> bool:
    """Return whether the rows of a file are texts, with an id or a title, and neither ask nor answer."""
    if not _is_table(path) or documents_in(path) or holds_examples(path):
        return False
    rows = [row.values for row in recognise(path).sample]
    names = {plain(name): name for row in rows for name in row}
    named = names.keys() & {*DOCUMENT_COLUMNS["id"], *TITLES}
    texts = (name for own, name in names.items() if own not in {*TITLES, "question"})
    return bool(named) and any(column_look(rows, name) == Look.TEXTS for name in texts)


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in READERS and path.is_file()
