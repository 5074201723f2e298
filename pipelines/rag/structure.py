"""What a passage stands under in its document: headings, and the header of the table whose rows it begins with.

A passage keeps document text[start:end]; what it would lose by being cut is its head, a function of document and place
alone, so that audits and training can make it anew.
"""

from collections.abc import Iterable
from typing import Any, Final

from harness.text.markdown import VERSION, is_structured, outline
from harness.types import Document

LONGEST: Final = 400
"""UTF-8 bytes of a head, about 100 tokens in any script; a longer table header would displace rows: left out"""


def has_structure(document: Document) -> bool:
    """Return whether its passages may have heads; an exemplar is never split."""
    return not document.example_id and is_structured(document.text)


def structure_key(documents: Iterable[Document]) -> dict[str, Any]:
    """Return what passages depend on beside the documents: nothing while no document has headings, lists or tables."""
    return {"structure": VERSION} if any(map(has_structure, documents)) else {}


def head_of(document: Document, start: int) -> str:
    """Return the head of the passage that begins at this offset; "" for none.

    The headings above it ("Manual > Prices") and, where it begins among the rows of a table, the table's header row.
    """
    if not has_structure(document):
        return ""
    found = outline(document.text)
    path = " > ".join(name for name in found.above(start) if name != document.title)
    table = next((table for table in found.tables if table.body <= start < table.end), None)
    header = "" if table is None else _first_line(document.text[table.start : table.body])
    whole = "\n".join(filter(None, (path, header)))
    return next((head for head in (whole, header, path) if len(head.encode()) <= LONGEST), "")


def _first_line(rows: str) -> str:
    return " ".join(rows.lstrip("\r\n").splitlines()[0].split()) if rows.strip() else ""
