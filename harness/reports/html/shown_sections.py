"""Sections as the page shows them, with the texts of the other formats."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.reports.cells import TextCell, section_blocks


@dataclass(frozen=True, slots=True)
class ShownSection:
    """One section."""

    name: str
    title: str
    headings: tuple[tuple[str, str], ...]
    """name and unit"""
    rows: tuple[tuple[TextCell, ...], ...]
    numeric: tuple[bool, ...]
    """columns that are set flush right"""
    notes: tuple[Note, ...]


def shown_sections(sections: Sequence[Section]) -> list[ShownSection]:
    """Return what the template shows; an empty one is left out."""
    return [_shown(section) for section in sections if section.rows or section.notes]


def _shown(section: Section) -> ShownSection:
    rows = tuple(row for block in section_blocks(section, width=10**9) for row in block.rows)
    numeric = tuple(
        any(isinstance(row[place], Figure) for row in section.rows) for place in range(len(section.columns))
    )
    headings = tuple((column.name, _unit(column)) for column in section.columns)
    return ShownSection(section.name, section.title, headings, rows, numeric, section.notes)


def _unit(column: SectionColumn) -> str:
    """The unit, unless the heading names it already: "p50, ms", "USD per 1,000 answers"."""
    return "" if column.unit in (part.strip(",") for part in column.name.split()) else column.unit
