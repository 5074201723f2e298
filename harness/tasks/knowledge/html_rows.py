"""Rows of documents whose texts are HTML, as wikis and help desks export them: read as pages are."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.tasks.columns import DocumentColumns, look_up
from harness.tasks.complaints import Complaints, counted
from harness.tasks.files.row import FileRow
from harness.tasks.knowledge.file_text import MissingReaderError, html_as_markdown

HTML: Final = "HTML"
"""kind of the remark"""
TAG: Final = re.compile(
    r"</(?:p|div|span|section|article|body|h[1-6]|ul|ol|li|table|t[dhr]|a|b|strong|em|i)>|<(?:p|br|hr|img|li)\b[^<>]*>",
    re.IGNORECASE,
)
FEWEST: Final = 2
"""tags in a text that is HTML"""
SHARE: Final = 0.5
"""of the documents of a file that must be HTML: fewer may be about it"""


def without_html(
    rows: Sequence[FileRow], columns: DocumentColumns, path: Path, complaints: Complaints
) -> Sequence[FileRow]:
    """Return rows of documents with texts instead of HTML.

    Args:
        rows: of one file.
        columns: of documents.
        path: of the file.
        complaints: gets a remark where texts are HTML.
    """
    texts = [look_up(row.values, columns.text) for row in rows]
    marked = [isinstance(text, str) and _is_html(text) for _, text in texts]
    if not any(marked):
        return rows
    line = f"{path.name}: the texts of {sum(marked)} of {counted(len(rows), 'document')} are HTML"
    if sum(marked) < SHARE * len(rows):
        complaints.remark((path, HTML), f"{line}, and are kept as they are written, as others are not")
        return rows
    try:
        pages = [html_as_markdown(text) if html else None for (_, text), html in zip(texts, marked, strict=True)]
    except MissingReaderError:
        complaints.remark((path, HTML), f"{line}, kept as written; to read it: pip install 'cutlery[documents]'")
        return rows
    said = left_out([page.left_out for page in pages if page is not None])
    complaints.remark(
        (path, HTML), f"{line}: read as pages are, without tags, links and pictures{said and f'; {said}'}"
    )
    return [
        row if page is None else row._replace(values={**row.values, str(name): page.text})
        for row, (name, _), page in zip(rows, texts, pages, strict=True)
    ]


def left_out(shares: Sequence[float]) -> str:
    """Return how much of some pages was left out as navigation and the like; "" for nothing.

    Args:
        shares: of the text of each page.
    """
    held = [share for share in shares if share > 0]
    if not held:
        return ""
    mean = f"{100 * sum(held) / len(held):.0f} % of their text on average"
    what = "navigation, headers, footers, asides, forms and cookie notices"
    return f"{what} are left out of {counted(len(held), 'page')} ({mean})"


def _is_html(text: str) -> bool:
    found = len(TAG.findall(text))
    return found >= FEWEST or (found > 0 and text.lstrip().startswith("<"))
