"""What stands in a table and is no row of it: totals, notes, titles, repeated headers, rules, blank rows.

People keep these in their tables; read as rows they would be questions. They are left out, and said with their lines.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.amounts import Uncomputed, amount, is_amount
from harness.tasks.files.row import FileShape, is_filled
from harness.tasks.files.signs import asks, is_note, is_rule, is_total, is_total_of

ASKING: Final = 0.8
"""share of a column's cells from which on all its texts should ask"""
ENOUGH: Final = 3
"""rows that show what the cells of a column are"""
CLOSE: Final = 0.005
"""relative difference of a printed sum or mean, which may be rounded"""
SEEN: Final = 30
"""amounts of a column that are remembered"""
LONGEST: Final = 40
"""characters of a row that are shown"""
TOTAL_KINDS: Final = ("totals", "total of", "sums")
"""what a row of totals may look like: called so, called so with more words, or numbers alone"""
WORDS: Final = {
    "totals": ("row of totals", "rows of totals"),
    "note": ("note or title", "notes or titles"),
    "header": ("repeated header", "repeated headers"),
    "rule": ("row without a word", "rows without a word"),
    "beside": ("row without a cell under a name", "rows without a cell under a name"),
    "blank": ("blank row", "blank rows"),
}
"""what is left out -> what one and several of them are called"""


class TableLine(NamedTuple):
    """One row of a table as it stands in the file."""

    number: int
    """line of the file, or row of the sheet"""
    cells: Sequence[Any]
    row: int = 0
    """number of the row below the header"""
    joined: int = 1
    """columns that its first filled cell spans"""

    @property
    def filled(self) -> list[int]:
        """The columns with a value."""
        return [at for at, cell in enumerate(self.cells) if is_filled(cell)]

    def text(self) -> str:
        """Return what it says."""
        return " ".join(str(self.cells[at]).strip() for at in self.filled)


@dataclass
class _Sums:
    """What a row of totals may say of a column."""

    total: float = 0.0
    count: int = 0
    largest: float = -math.inf

    def add(self, value: float) -> None:
        self.total += value
        self.count += 1
        self.largest = max(self.largest, value)

    def is_sum(self, value: float) -> bool:
        """Return whether a number is the sum of several values; one of 0 and 1 is 1 by chance."""
        return self.count > 1 and value > self.largest and math.isclose(value, self.total, rel_tol=CLOSE)

    def is_mean(self, value: float) -> bool:
        return self.count > 1 and math.isclose(value, self.total / self.count, rel_tol=CLOSE)


@dataclass
class _Column:
    """What the cells of a column are, by the first rows, and their sums so far."""

    texts: bool = False
    asks: bool = False
    all: _Sums = field(default_factory=_Sums)
    since: _Sums = field(default_factory=_Sums)
    """since the last row of totals"""
    seen: set[float] = field(default_factory=set)
    """the first amounts: labels come again"""

    def add(self, cell: Any) -> None:
        if (value := amount(cell)) is not None:
            self.all.add(value)
            self.since.add(value)
            if len(self.seen) < SEEN:
                self.seen.add(value)

    def is_sum(self, cell: Any) -> bool:
        value = amount(cell)
        return value is not None and (self.all.is_sum(value) or self.since.is_sum(value))

    def is_mean(self, cell: Any) -> bool:
        value = amount(cell)
        return value is not None and (self.all.is_mean(value) or self.since.is_mean(value))

    def is_only(self, cell: Any) -> bool:
        """Return whether a cell says the same as the only amount since the last total."""
        value = amount(cell)
        return value is not None and self.since.count == 1 < self.all.count and value == self.since.total

    def knows(self, cell: Any) -> bool:
        """Return whether a cell is an amount that a row has had."""
        return amount(cell) in self.seen


class Sieve:
    """Tells rows of a table from what else stands in it.

    Args:
        header: names of the columns.
        head: the first rows below it, by which it is known what rows look like.
    """

    def __init__(self, header: Sequence[str], head: Sequence[TableLine]) -> None:
        self._header = [plain(name) for name in header]
        usual, several = _opening(head)
        self._takes_notes = several and sum(map(bool, self._header)) > 1
        self._columns = [_looked_at(usual, at) for at in range(len(self._header))]
        self._held: list[tuple[TableLine, str, bool]] = []
        self._blank: list[int] = []
        self._gap = False
        self.left: dict[str, list[TableLine]] = {}
        """what was left out, by kind"""

    def rows(self, lines: Iterable[TableLine]) -> Iterator[TableLine]:
        """Yield the rows of the table; what may be a total or a note waits for what follows it."""
        for line in lines:
            filled = line.filled
            if not filled:
                self._blank.append(line.number)
                continue
            self._note_blank()
            kind = self._kind(line, filled)
            if kind in ("rule", "header", "beside"):
                yield from self._settled(before_header=kind == "header")
                self._leave(kind, line)
                self._gap = True
            elif kind:
                self._held.append((line, kind, self._gap))
                self._gap = False
            else:
                yield from self._settled()
                yield self._counted(line)
                self._gap = False
        yield from self._settled(at_end=True)

    def _note_blank(self) -> None:
        """Count the blank rows above another one; those at the end of a file are none of anybody's concern."""
        for number in self._blank:
            self._leave("blank", TableLine(number, ()))
        self._gap, self._blank = self._gap or bool(self._blank), []

    def _leave(self, kind: str, line: TableLine) -> None:
        self.left.setdefault(kind, []).append(line)

    def _counted(self, line: TableLine) -> TableLine:
        for column, cell in zip(self._columns, line.cells, strict=False):
            column.add(cell)
        return line

    def _kind(self, line: TableLine, filled: Sequence[int]) -> str:
        """Return what a row may be besides a row of the table; "" for surely one."""
        texts = [at for at in filled if not is_amount(line.cells[at])]
        if all(isinstance(line.cells[at], str) and is_rule(line.cells[at]) for at in filled):
            return "rule"
        if self._is_header(line.cells):
            return "header"
        if not any(at < len(self._header) and self._header[at] for at in filled):
            return "beside"
        if len(texts) == 1 and is_total(str(line.cells[texts[0]])):
            return "totals"
        if len(texts) == 1 < len(filled) and is_total_of(str(line.cells[texts[0]])):
            return "total of"
        if not texts and self._lacks_texts(filled):
            return "sums"
        alone = len(filled) == 1 and bool(texts)
        marked = bool(texts) and is_note(str(line.cells[texts[0]]))
        takes = self._takes_notes or line.joined > 1
        return "note" if (alone and takes) or (marked and self._gap) else ""

    def _is_header(self, cells: Sequence[Any]) -> bool:
        said = [plain(str(cell)) if is_filled(cell) else "" for cell in cells]
        said += [""] * (len(self._header) - len(said))
        return any(self._header) and said[: len(self._header)] == self._header and not any(said[len(self._header) :])

    def _lacks_texts(self, filled: Sequence[int]) -> bool:
        """Return whether columns of texts are empty, all of them."""
        texts = [at for at, column in enumerate(self._columns) if column.texts]
        return bool(texts) and set(texts).isdisjoint(filled)

    def _settled(self, *, at_end: bool = False, before_header: bool = False) -> Iterator[TableLine]:
        """Decide on the rows that waited, and yield those that are rows after all."""
        held, self._held, above = self._held, [], False
        for line, kind, gap in held:
            above = self._is_other(line, kind, gap or (above and at_end), at_end) or (before_header and kind == "note")
            if not above:
                yield self._counted(line)
                continue
            self._leave("totals" if kind in TOTAL_KINDS else kind, line)
            if kind in TOTAL_KINDS:
                for column in self._columns:
                    column.since = _Sums()

    def _is_other(self, line: TableLine, kind: str, gap: bool, at_end: bool) -> bool:
        """Return whether a row that may be something else is.

        Args:
            line: the row.
            kind: what it may be.
            gap: whether a blank row, or a note at the end of the table, stands above it.
            at_end: whether no row of the table follows.
        """
        if kind in TOTAL_KINDS:
            return self._is_total(line, kind, gap, at_end)
        at = line.filled[0]
        text = str(line.cells[at])
        if asks(text):
            return False
        if len(line.filled) > 1:
            return at_end
        others_ask = at < len(self._columns) and self._columns[at].asks
        return line.joined > 1 or gap or others_ask or (at_end and is_note(text))

    def _is_total(self, line: TableLine, kind: str, gap: bool, at_end: bool) -> bool:
        """Return whether numbers are totals: labels in a table of words are not, though one is called "total"."""
        pairs = list(zip(self._columns, line.cells, strict=False))
        adds_up = any(column.is_sum(cell) for column, cell in pairs)
        is_mean = any(column.is_mean(cell) for column, cell in pairs)
        if kind == "sums":
            return at_end and (adds_up or is_mean or any(isinstance(cell, Uncomputed) for cell in line.cells))
        if kind == "total of":
            return adds_up or any(column.is_only(cell) for column, cell in pairs)
        like_others = any(column.knows(cell) for column, cell in pairs)
        return adds_up or (at_end and (is_mean or gap or not like_others)) or (gap and len(line.filled) == 1)


def _opening(head: Sequence[TableLine]) -> tuple[list[TableLine], bool]:
    """Return the first rows that are filled as usual, and whether these have several cells.

    Notes may be more than the rows of a small table: its first block is looked at.
    """
    first = next((at for at, line in enumerate(head) if not line.filled), len(head))
    block = head[:first] or head
    counts = [len(line.filled) for line in block if line.filled]
    several = bool(counts) and median(counts) > 1
    return [line for line in head if len(line.filled) > 1 or not several], several


def _looked_at(usual: Sequence[TableLine], at: int) -> _Column:
    cells = [line.cells[at] for line in usual if at < len(line.cells) and is_filled(line.cells[at])]
    texts = [str(cell) for cell in cells if not is_amount(cell)]
    asking = sum(map(asks, texts))
    return _Column(
        texts=2 * len(texts) > len(usual),
        asks=len(texts) >= ENOUGH and asking >= ASKING * len(texts),
    )


def sifted(
    lines: Iterable[TableLine],
    header: Sequence[str],
    head: Sequence[TableLine],
    found: Complaints,
    shape: FileShape,
    label: str,
) -> Iterator[TableLine]:
    """Yield the rows of a table without what else stands in it, which is remarked on at its end.

    Args:
        lines: below the header.
        header: names of the columns.
        head: the first of the lines.
        found: gets the remark.
        shape: of the file.
        label: what the remark calls it.
    """
    if shape.every_row:
        yield from (line for line in lines if line.filled)
        return
    sieve = Sieve(header, head)
    yield from sieve.rows(lines)
    if sieve.left:
        said = "; ".join(_said(kind, sieve.left[kind]) for kind in WORDS if kind in sieve.left)
        key = "" if sieve.left.keys() == {"blank"} else "; task.every_row=true reads them like the others"
        found.remark(("left out", label), f"{label}: left out, as they are no rows of the table: {said}{key}")


def _said(kind: str, lines: Sequence[TableLine]) -> str:
    one, several = WORDS[kind]
    numbers = listed(str(line.number) for line in lines)
    shown = f": {lines[0].text()[:LONGEST]!r}" if kind in ("totals", "note") else ""
    if len(lines) == 1:
        return f"1 {one} (line {numbers}{shown})"
    return f"{len(lines):,} {several} (lines {numbers}{shown and ', first' + shown})"
