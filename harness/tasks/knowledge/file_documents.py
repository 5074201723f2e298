"""Files as rows of documents: which title, which id, and where one file is many documents.

In a folder each file is one document, whose id is its path below the folder: that is what evidence columns name, and
a retriever's passages carry the headings that they stand under (pipelines/rag/structure.py), so that nothing is lost by
not splitting. A single file that is the whole knowledge base is split at the highest headings that occur twice: one
document would make every question's evidence the same and every title say nothing, while a section's heading as its
title is searched and shown with each of its passages.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from harness.tasks.knowledge.file_text import FileText
from harness.tasks.rows import FileRow
from harness.text.markdown import Heading, outline

ABOVE: Final = "headings above"
"""of a section, while its row is made"""
_SIGN: Final = re.compile(r"^[|:·•»–—-]|[|:·•»–—-]$")
"""between the name of a page and that of its site"""
UNMARKED: Final = (".txt", ".pdf")
"""endings of files whose text has no marked headings: a line that begins with # may be anything"""


def rows_of(path: Path, name: str, file: FileText, *, whole: bool) -> Iterator[FileRow]:
    """Yield the documents of a file, with the columns id, title, text and what the file says about itself.

    Args:
        path: for messages.
        name: the file's id.
        file: its content.
        whole: whether it is a knowledge base by itself, to be split at its headings.
    """
    marked = path.suffix.lower() not in UNMARKED
    headings = outline(file.text).headings if marked else ()
    level = _splitting_level(headings) if whole else None
    if level is None:
        title, text = _titled(file, headings, path.stem)
        yield FileRow(str(path), 1, {**file.fields, "id": name, "title": title, "text": text})
        return
    borders = [heading for heading in headings if heading.level <= level]
    for number, section in enumerate(_sections(file, borders, name, path.stem), start=1):
        anchors = [f"{name}#{_slug(heading)}" for heading in section.pop(ABOVE)]
        yield FileRow(str(path), number, section, (name, path.stem, *anchors))


def _splitting_level(headings: tuple[Heading, ...]) -> int | None:
    """Return the highest level of which there are two; None if there is none."""
    levels = [heading.level for heading in headings]
    return next((level for level in range(1, 7) if levels.count(level) > 1), None)


def _titled(file: FileText, headings: tuple[Heading, ...], stem: str) -> tuple[str, str]:
    """Return the title, and the text without the heading that says it.

    A heading of the first level that the text begins with is the title: readers see it, while front matter and HTML
    titles often name the site, or the same for every file. Without one it is what the file states, where that names the
    site besides ("Site : Page", the page's heading below crumbs) the heading, else its first heading, or its name.
    """
    first = headings[0] if headings and not file.text[: headings[0].start].strip() else None
    if first is not None and first.level == 1 and file.text[first.end :].strip():
        return first.text, file.text[first.end :].strip("\n")
    stated = " ".join(str(file.fields.get("title") or "").split())
    own = next((one.text for one in headings if one.level == 1 and _names_besides(stated, one.text)), "")
    return own or stated or (headings[0].text if headings else stem), file.text.strip("\n")


def _names_besides(stated: str, heading: str) -> bool:
    """Return whether a title is a heading and, behind or before a sign, a name that many pages share."""
    ends = stated.removeprefix(heading), stated.removesuffix(heading)
    return bool(heading) and any(own != stated and _SIGN.search(own.strip()) for own in ends)


def _sections(file: FileText, borders: list[Heading], name: str, stem: str) -> Iterator[dict[str, Any]]:
    if preface := file.text[: borders[0].start].strip():
        title = str(file.fields.get("title") or stem)
        yield {**file.fields, "id": name, "title": title, "text": preface, ABOVE: ()}
    known: Counter[str] = Counter()
    ends = [*(heading.start for heading in borders[1:]), len(file.text)]
    for heading, end in zip(borders, ends, strict=True):
        text = file.text[heading.end : end].strip("\n")
        if not text.strip():
            continue  # a heading of chapters alone; it stands in their section
        slug = _slug(heading.text)
        known[slug] += 1
        anchor = slug if known[slug] == 1 else f"{slug}-{known[slug]}"
        above = tuple(outline(file.text).above(heading.start, heading.level))
        own = {"id": f"{name}#{anchor}", "title": heading.text, "section": " > ".join(above), "text": text}
        yield {**file.fields, **own, ABOVE: above}


def _slug(heading: str) -> str:
    return re.sub(r"[^\w]+", "-", heading.lower()).strip("-")
