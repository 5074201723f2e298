r"""Table -> LaTeX with booktabs, for papers and their appendices.

Nothing floats and nothing is scaled: tables come in order, each with its notes below, and a long one goes on under a
second heading, so that a page break finds a place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.analysis.result import Level, Note, Section, Table
from harness.reports.cells import Block, TextCell, blocks, section_blocks
from harness.reports.latex_text import escaped, set_cell, set_text
from harness.reports.latex_widths import GAP, Width, lines, strip_width, widths

MOST_LINES: Final = 36
"""of one tabular, which no page breaks"""
HEAD: Final = r"""% needs \usepackage[T1]{fontenc} and \usepackage{array,booktabs};
% XeLaTeX or LuaLaTeX for names that are not in Latin script.
% Laid out for one column of at least 345 pt. A tabular alone may be put into a figure or a table* of your own.
\makeatletter\providecommand{\captionof}[1]{\def\@captype{#1}\caption}\makeatother"""
WORDS: Final[dict[Level, str]] = {"act": "! Act on this, ", "warning": "Warning, ", "note": ""}
"""in front of a topic; not every font has the sign of a warning"""
TABULAR: Final = r"\footnotesize\setlength{\tabcolsep}{3pt}\noindent"


@dataclass(frozen=True)
class Latex:
    r"""The scoreboard and every section, for \input; the head of the file names the packages."""

    KEY: ClassVar[str] = "harness.reports.latex.Latex"

    width: int
    """digits per line of \footnotesize; a metric that has no room goes to a next tabular below"""

    suffix: ClassVar[str] = ".tex"

    def render(self, table: Table) -> str:
        parts = [HEAD, *self._table(table.title, blocks(table, self.width, strip_width, GAP), table.notes)]
        return "\n".join([*parts, *self._sections(table.title, table.printed_sections)]) + "\n"

    def sections(self, title: str, sections: Sequence[Section]) -> str:
        """Return a file of sections alone."""
        return "\n".join([HEAD, *self._sections(title, sections)]) + "\n"

    def _sections(self, title: str, sections: Sequence[Section]) -> Iterator[str]:
        for section in sections:
            shown = section_blocks(section, self.width, strip_width, GAP)
            yield from ["", *self._table(f"{title}: {section.title}", shown, section.notes)]

    def _table(self, title: str, shown: Sequence[Block], notes: Sequence[Note]) -> Iterator[str]:
        """Caption and first tabular stay on one page."""
        first, *others = [part for block in shown for part in self._tabulars(block)] or [""]
        yield r"\par\bigskip\noindent\begin{minipage}{\linewidth}"
        yield rf"\captionof{{table}}{{{escaped(title)}}}\smallskip"
        yield first
        yield r"\end{minipage}\par"
        yield from (rf"\medskip{{{one}\par}}" for one in others)
        yield r"{\footnotesize\raggedright\setlength{\parindent}{0pt}\smallskip"
        yield from map(_note, notes)
        yield "}"

    def _tabulars(self, block: Block) -> Iterator[str]:
        """Cut the rows so that no page has to hold more than it can."""
        of = widths(block, self.width)
        heading = 2 + lines(block.headings, of)
        taken: list[tuple[TextCell, ...]] = []
        used = heading
        for row in block.rows:
            tall = lines([cell.text for cell in row], of)
            if taken and used + tall > MOST_LINES:
                yield self._tabular(block.headings, taken, of)
                taken, used = [], heading
            taken.append(row)
            used += tall
        yield self._tabular(block.headings, taken, of)

    def _tabular(self, headings: Sequence[str], rows: Sequence[Sequence[TextCell]], of: Sequence[Width]) -> str:
        texts = [[cell.text for cell in row] for row in rows]
        apart = "\\addlinespace[1pt]\n" if any(lines(row, of) > 1 for row in texts) else ""
        body = f"\n{apart}".join(map(_line, texts))
        return "\n".join(
            [
                rf"{TABULAR}\begin{{tabular}}{{@{{}}{''.join(map(self._column, of))}@{{}}}}",
                r"\toprule",
                _line(headings),
                r"\midrule",
                body,
                r"\bottomrule",
                r"\end{tabular}",
            ]
        )

    def _column(self, width: Width) -> str:
        if not width.breaks:
            return "l"
        return rf">{{\raggedright\arraybackslash}}p{{{width.digits / self.width:.3f}\linewidth}}"


def _line(cells: Sequence[str]) -> str:
    line = " & ".join(map(set_cell, cells)) + r" \\"
    return f"{{}}{line}" if line.startswith("[") else line  # else it would be an argument of the line break before


def _note(note: Note) -> str:
    topic = rf"\textbf{{{WORDS[note.level]}{set_text(note.topic)}:}}"
    return rf"{topic} {set_text(note.text)}\par"
