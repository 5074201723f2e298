"""The rows of a table as text, with the lines that they begin in; stray quotes neither swallow rows nor end the file.

A quote that opens a cell of a file without quoting makes the library read on to the next one, over any number of rows.
"""

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.dialect import BACKSLASH, Dialect
from harness.tasks.files.row import TAB
from harness.tasks.files.sieve import TableLine

LIKE_ROWS: Final = 0.9
"""share of the lines without a quote that have as many cells as the header, where each line is a row"""
PROSE: Final = (",", ";")
"""delimiters that stand in texts, too, before a blank"""


@dataclass
class Records:
    """Reads the rows below the titles of a table.

    Args:
        path: of the file.
        dialect: of the table.
        skipped: lines above its header.
        again: gives all lines of the file once more.
        complaints: gets what cannot be read, and a remark on stray quotes.
    """

    path: Path
    dialect: Dialect
    skipped: int
    again: Callable[[], Iterator[str]]
    complaints: Complaints
    width: int = 0
    """cells of the header"""
    broken: str = ""
    """where the file cannot be read further"""
    _plain: list[int] = field(default_factory=list)
    """lines whose quotes are a part of the text"""

    def lines(self, source: Iterable[str]) -> Iterator[TableLine]:
        """Yield header and rows; a cell in quotes may have several lines.

        Args:
            source: lines from the header on.
        """
        kept, begins, source = list[str](), 1, iter(source)
        table = self.dialect.reader(_remembered(source, kept), strict=True)
        for index in itertools.count():
            try:
                cells = next(table)
            except StopIteration:
                return
            except csv.Error as error:
                is_cut = "unexpected end" in str(error) and len(kept) == 1  # the last line: half a file may end so
                if self.width and not is_cut and self._is_lined:
                    break
                self.broken = self._broken(table.line_num, error)
                return
            if self.width and self._is_doubtful(cells, kept) and self._settled(begins, table.line_num):
                break
            self.width = self.width or len(cells)
            yield TableLine(begins + self.skipped, cells, index)
            begins = table.line_num + 1
            kept.clear()
        yield from self._by_line(itertools.chain(kept, source), begins, index)

    def _broken(self, line: int, error: csv.Error) -> str:
        cure = f"is written twice{', with no backslash before it' * self._has_backslashes}"
        hint = f"; a quote inside a cell in quotes {cure}" if "expected after" in str(error) else ""
        hint = "; a quote that opens a cell is not closed: close it" if "unexpected end" in str(error) else hint
        text = f"malformed CSV ({error}){hint}; the rest of the file was not read"
        return f"{self.path}:{line + self.skipped}: {text}"

    @property
    def _has_backslashes(self) -> bool:
        return any(BACKSLASH + self.dialect.quote in line for line in self.again())

    def _is_doubtful(self, cells: Sequence[str], kept: Sequence[str]) -> bool:
        """Return whether each line of a row would be a row, were its quotes a part of the text."""
        if not any(self.dialect.quote in line for line in kept) or (len(kept) == 1 and len(cells) == self.width):
            return False
        rows = [self.dialect.plainly(line) for line in kept]
        prose = self.dialect.delimiter in PROSE and not self.dialect.spaced and len(kept) > 1
        spaced = prose and any(cell.startswith(" ") for row in rows for cell in row[1:])
        return self.width > 1 and all(len(row) == self.width for row in rows) and not spaced

    def _settled(self, begins: int, ends: int) -> bool:
        """Return whether the file is to be read line by line; where it is not, say what is odd."""
        if not self._is_lined and ends > begins:
            first, last = begins + self.skipped, ends + self.skipped
            text = f"a quote opens a cell that goes on to line {last}, and each of these lines has the cells of a row"
            cure = "where it is a part of the text, write it twice, and the cell in quotes"
            line = f"{self.path}:{first}: {text}; {cure}"
            if self.dialect.delimiter == TAB:
                self.complaints.add((self.path, "quote"), line)
            else:
                self.complaints.remark((self.path, "quote"), line)
        return self._is_lined

    @cached_property
    def _is_lined(self) -> bool:
        """Whether each line of the file is a row: those with a quote all, of the others nearly all."""
        fit = count = 0
        for line in itertools.islice(self.again(), self.skipped, None):
            if not line.strip():
                continue
            if BACKSLASH + self.dialect.quote in line:
                return False  # other programs write so what stands in a cell
            if self.dialect.quote in line and len(self._cells(line)[0]) != self.width:
                return False
            count += 1
            fit += self.dialect.quote in line or len(self.dialect.plainly(line)) == self.width
        return self.width > 1 and fit >= LIKE_ROWS * count

    def _by_line(self, source: Iterable[str], begins: int, index: int) -> Iterator[TableLine]:
        """Yield one row for each line, and remark on quotes that are a part of the text."""
        for at, line in enumerate(source):
            number = begins + self.skipped + at
            cells, plainly = self._cells(line)
            if plainly:
                self._plain.append(number)
            yield TableLine(number, cells, index + at)
        text = f"{self.path.name}: each line is read as a row, quotes that open or end no cell as a part of the text"
        self.complaints.remark((self.path, "quotes"), f"{text} (lines {listed(map(str, self._plain))})")

    def _cells(self, line: str) -> tuple[list[str], bool]:
        """Return the cells of a line that is a row, and whether its quotes are a part of the text."""
        if self.dialect.quote not in line:
            return self.dialect.plainly(line), False
        try:
            cells: list[str] = next(self.dialect.reader([line], strict=True), [])
        except csv.Error:
            cells = []
        return (cells, False) if len(cells) == self.width else (self.dialect.plainly(line), True)


def _remembered(source: Iterable[str], kept: list[str]) -> Iterator[str]:
    for line in source:
        kept.append(line)
        yield line
