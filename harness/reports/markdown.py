"""Table -> Markdown, for GitHub, wikis and README files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.analysis.result import Note, Table
from harness.reports.cells import Block, blocks, section_blocks
from harness.reports.text_width import display_width, padded, printable

SPECIAL = re.compile(r"[\\`*|]|\[(?=[^\]]*\][(\[:])|(?<![^\W_])_|_(?![^\W_])|^[#+-](?=\s)|~(?=~)|(?<=~)~")
"""what Markdown would take for markup: links only with what follows them, underscores only at the edge of a word"""
REFERENCE = re.compile(r"(?<![\w`])([@#])(?=\w)")
"""what a code host would link to a person or a thread"""
ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.)|(?<=\w)@(?=[\w-]+\.)")
"""what a code host would make a link of by itself"""
BREAK = "<!-- -->"
"""parts a word for machines and shows nothing"""
HTML = re.compile(r"&(?=#?\w+;)|<(?=[A-Za-z/!?])")


@dataclass(frozen=True)
class Markdown:
    """GitHub-flavoured pipe tables with notes below; readable as plain text too."""

    KEY: ClassVar[str] = "harness.reports.markdown.Markdown"

    width: int
    """characters per table; further metrics go to a next table"""

    suffix: ClassVar[str] = ".md"

    def render(self, table: Table) -> str:
        parts = [f"# {escaped(table.title)}", *map(_block, blocks(table, self.width))]
        parts.append(_notes(table.notes))
        for section in table.printed_sections:
            parts += [
                f"## {escaped(section.title)}",
                *map(_block, section_blocks(section, self.width)),
                _notes(section.notes),
            ]
        return "\n\n".join(filter(None, parts)) + "\n"


def escaped(text: str, *, links: bool = False) -> str:
    """Return `text` so that Markdown and HTML show it as it is; with `links` its addresses may be followed."""
    plain = HTML.sub(lambda found: {"&": "&amp;", "<": "&lt;"}[found.group()], printable(text))
    marked = SPECIAL.sub(lambda found: f"\\{found.group()}", plain)
    quiet = REFERENCE.sub(rf"\1{BREAK}", marked)
    return quiet if links else ADDRESS.sub(lambda found: f"{found.group()}{BREAK}", quiet)


def _block(block: Block) -> str:
    rows = [[escaped(cell.text) for cell in row] for row in block.rows]
    lines = [[escaped(heading) for heading in block.headings], *rows]
    widths = [max(3, *(display_width(line[place]) for line in lines)) for place in range(len(block.headings))]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(line, widths) for line in [lines[0], rule, *rows])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(padded(cell, width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _notes(notes: Sequence[Note]) -> str:
    return "\n".join(map(_note, notes))


def _note(note: Note) -> str:
    topic = f"⚠ {note.topic}" if note.warning else note.topic
    links = " · ".join(f"[{escaped(one.label)}]({one.target})" for one in note.links)
    return f"- **{escaped(topic)}:** {escaped(note.text, links=True)}{f': {links}' if links else ''}"
