"""A study's table as files and for the terminal, in the same words and formats as every other table."""

from collections.abc import Iterator
from typing import Final

from harness.analysis.result import Section
from harness.reports.cells import Block, printable, section_blocks
from harness.reports.csv import sections_csv
from harness.reports.latex import Latex
from harness.reports.markdown import escaped, listed_notes, section_parts
from harness.studies.table import StudyTable

WIDTH: Final = 120
"""characters of a table in Markdown; further columns go to a next one"""
LATEX_WIDTH: Final = 90
TERMINAL_WIDTH: Final = 100


def files(table: StudyTable) -> dict[str, str]:
    """Return the text of each file of a study's table, by its name."""
    return {
        "table.md": markdown(table),
        "table.csv": sections_csv(table.sections),
        "table.tex": Latex(LATEX_WIDTH).sections(table.title, table.sections),
    }


def markdown(table: StudyTable) -> str:
    """Return the page for people: question, finding, warnings, then every section."""
    parts = [
        f"# {escaped(table.title)}",
        escaped(table.question),
        *map(escaped, table.words),
        listed_notes(table.notes),
    ]
    parts += [part for section in table.sections for part in section_parts(section, WIDTH)]
    return "\n\n".join(filter(None, parts)) + "\n"


def terminal(table: StudyTable) -> str:
    """Return what is shown on the screen: the finding, the controls and the first tables."""
    lines = [table.title, table.question, "", *table.words, "", *(str(note) for note in table.notes if note.warning)]
    for section in table.sections:
        lines += ["", *_section(section)]
    return "\n".join(printable(line) for line in lines)


def _section(section: Section) -> Iterator[str]:
    yield section.title
    for block in section_blocks(section, TERMINAL_WIDTH):
        yield from _lines(block)


def _lines(block: Block) -> Iterator[str]:
    rows = [block.headings, *([cell.text for cell in row] for row in block.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(block.headings))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
