"""Table -> Markdown, for GitHub, wikis and README files: one page to read, and the details next to it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size

from harness.analysis.result import PLAN, Note, Section, Table
from harness.reports.cells import Block, blocks, printable, section_blocks
from harness.reports.first_page import first_page
from harness.reports.links import ALL_METRICS, DETAILS, REPEAT, REPORT, links, slug, topic_of, topics
from harness.reports.run_facts import commands
from harness.types import Record

SPECIAL = re.compile(r"[\\`*|]|\[(?=[^\]]{0,300}\][(\[:])|(?<![^\W_])_|_(?![^\W_])|^[#+-](?=\s)|~(?=~)|(?<=~)~")
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
    """A page with the answer and the metrics that decide, and `details.md` with everything else next to it."""

    KEY: ClassVar[str] = "harness.reports.markdown.Markdown"

    width: int
    """characters per table; further metrics go to a next table"""

    suffix: ClassVar[str] = ".md"
    file: ClassVar[str] = DETAILS

    def render(self, table: Table) -> str:
        first = first_page(table)
        more = [f"[{label}]({DETAILS}#{anchor})" for label, anchor in first.links]
        more += [f"[every example, side by side]({REPORT}#examples)", f"[how to repeat this]({DETAILS}#{REPEAT})"]
        parts = [
            f"# {escaped(first.title)}",
            escaped(first.subtitle),
            "  \n".join(f"**{escaped(line.topic)}** {escaped(line.text)}" for line in first.answers),
            "  \n".join(f"{_marked(note)} {escaped(note.text)}." for note in first.warnings),
            *map(_block, first.blocks(self.width)),
            "  \n".join(escaped(line) for line in first.footnotes),
            f"More: {' · '.join(more)}",
        ]
        return "\n\n".join(filter(None, parts)) + "\n"

    def page(self, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        contents = [f"[{label}](#{anchor})" for label, anchor in links(table)]
        parts = [
            f"# {escaped(table.title)}: details",
            f"[The answer](table.md) · {' · '.join(contents)} · [how to repeat this](#{REPEAT})",
            _anchored(ALL_METRICS, "Every metric"),
            *map(_block, blocks(table, self.width)),
            listed_notes([note for note in table.notes if not note.topic.startswith(PLAN)]),
        ]
        for topic, sections in topics(table):
            parts.append(_anchored(topic.anchor, topic.label[0].upper() + topic.label[1:]))
            for section in sections:
                parts += section_parts(section, self.width)
        commands_of = "\n".join(commands(arms))
        parts += [_anchored(REPEAT, "How to repeat this"), f"```bash\n{commands_of}\n```"]
        parts.append(listed_notes([note for note in table.notes if note.topic.startswith(PLAN)]))
        return "\n\n".join(filter(None, parts)) + "\n"


def section_parts(section: Section, width: int) -> Iterator[str]:
    """Yield heading, tables and notes of a section, for an empty line between them."""
    heading = f"### {escaped(section.title)}"
    name = slug(section.name)  # a topic of the same name has the anchor already
    yield heading if name == topic_of(section).anchor else _anchored(name, section.title, "###")
    yield from map(_block, section_blocks(section, width))
    yield listed_notes(section.notes)


def _anchored(anchor: str, title: str, level: str = "##") -> str:
    return f"{_anchor(anchor)}\n\n{level} {escaped(title)}"


def _anchor(name: str) -> str:
    """A place that a link can name, whatever the heading below says."""
    return f'<a id="{name}"></a>'


def escaped(text: str, *, links: bool = False) -> str:
    """Return `text` so that Markdown and HTML show it as it is; with `links` its addresses may be followed."""
    plain = HTML.sub(lambda found: {"&": "&amp;", "<": "&lt;"}[found.group()], printable(text))
    marked = SPECIAL.sub(lambda found: f"\\{found.group()}", plain)
    quiet = REFERENCE.sub(rf"\1{BREAK}", marked)
    return quiet if links else ADDRESS.sub(lambda found: f"{found.group()}{BREAK}", quiet)


def _block(block: Block) -> str:
    rows = [[escaped(cell.text) for cell in row] for row in block.rows]
    lines = [[escaped(heading) for heading in block.headings], *rows]
    widths = [max(3, *(cell_len(line[place]) for line in lines)) for place in range(len(block.headings))]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(line, widths) for line in [lines[0], rule, *rows])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(set_cell_size(cell, width) for cell, width in zip(cells, widths, strict=True)) + " |"


def listed_notes(notes: Sequence[Note]) -> str:
    """Return notes as a list."""
    return "\n".join(map(_note, notes))


def _marked(note: Note) -> str:
    """The topic with its mark; what must be acted on is bold with it, so that it is seen among warnings."""
    return f"**{f'{note.mark} {escaped(note.topic)}'.lstrip()}:**"


def _note(note: Note) -> str:
    links = " · ".join(f"[{escaped(one.label)}]({one.target})" for one in note.links)
    return f"- {_marked(note)} {escaped(note.text, links=True)}{f': {links}' if links else ''}"
