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
        made = [
            row._replace(values={**row.values, str(name): html_as_markdown(text)}) if html else row
            for row, (name, text), html in zip(rows, texts, marked, strict=True)
        ]
    except MissingReaderError:
        complaints.remark((path, HTML), f"{line}, kept as written; to read it: pip install 'cutlery[documents]'")
        return rows
    complaints.remark((path, HTML), f"{line}: read as pages are, without tags, links and pictures")
    return made


def _is_html(text: str) -> bool:
    found = len(TAG.findall(text))
    return found >= FEWEST or (found > 0 and text.lstrip().startswith("<"))
