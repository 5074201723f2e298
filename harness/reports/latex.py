"""Table -> LaTeX with booktabs, for papers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.reports.cells import Block, blocks, grid_blocks
from harness.reports.width import printable
from harness.result import Note, Table

SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "Δ": r"$\Delta$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "→": r"$\rightarrow$",
    "α": r"$\alpha$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "−": r"$-$",
    "±": r"$\pm$",
    "…": r"\ldots{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "–": "--",
    "*": r"\textsuperscript{*}",
}
SIGNED = re.compile(r"(?<![\w.-])-(?=[\d.])")


@dataclass(frozen=True)
class Latex:
    r"""A table environment for the scoreboard and one per grid, for \input; needs the package booktabs."""

    width: int
    """characters per tabular; further metrics go to a next one below"""

    suffix: ClassVar[str] = ".tex"

    def render(self, table: Table) -> str:
        lines = [
            r"% needs \usepackage{booktabs}, and XeLaTeX or LuaLaTeX for names that are not in Latin script",
            *_environment(table.title, blocks(table, self.width), table.notes),
        ]
        for grid in table.printed_grids:
            lines += ["", *_environment(f"{table.title}: {grid.title}", grid_blocks(grid, self.width), grid.notes)]
        return "\n".join(lines) + "\n"


def _environment(title: str, shown: Sequence[Block], notes: Sequence[Note]) -> list[str]:
    return [
        r"\begin{table}[htbp]",
        r"\centering\small",
        rf"\caption{{{escaped(title)}}}",
        "\\\\[1ex]\n".join(map(_tabular, shown)),
        r"\par\medskip\footnotesize\raggedright",
        *map(_note, notes),
        r"\end{table}",
    ]


def escaped(text: str) -> str:
    """Return `text` so that LaTeX prints it as it is."""
    return "".join(SPECIAL.get(character, character) for character in printable(text))


def _tabular(block: Block) -> str:
    lines = [
        rf"\begin{{tabular}}{{{'l' * len(block.headings)}}}",
        r"\toprule",
        _line(block.headings),
        r"\midrule",
        *(_line([cell.text for cell in row]) for row in block.rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    line = " & ".join(map(_cell, cells)) + r" \\"
    return f"{{}}{line}" if line.startswith("[") else line  # else it would be an argument of the line break before


def _cell(text: str) -> str:
    number = text[:1] in "+-.0123456789"
    return (
        SIGNED.sub("$-$", escaped(text)).replace(r" \textsuperscript", r"\textsuperscript") if number else escaped(text)
    )


def _note(note: Note) -> str:
    topic = rf"\textbf{{{'Warning, ' if note.warning else ''}{escaped(note.topic)}:}}"
    return rf"{topic} {escaped(note.text)}\par"
