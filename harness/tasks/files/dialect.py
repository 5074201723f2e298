"""How a table is written: what stands between its cells and around them, recognised by its first lines."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.files.header import NAMES, header_at
from harness.tasks.files.row import TAB

DELIMITERS: Final = (",", ";", TAB, "|")
UNUSUAL: Final = ("~", "^", "¦", "§", "¬", "\x01", "\x02", "\x1f", "\x1e")
"""delimiters that are believed where every line has as many cells"""
SEVERAL: Final = ("|~|", "^|^", "\t|\t", "||", "::", ";;", "~~")
"""delimiters of several signs, believed as the unusual ones are"""
UNIT: Final = "\x1f"
"""stands for these while a line is read: the library knows single signs alone"""
IN_TEXTS: Final = (":", "#", "=", "/", "@", "*", "$", "%")
"""signs that stand in texts, too: delimiters only below names of questions and answers"""
NOTHING: Final = "\0"
"""the delimiter of a table of one column: no text has it"""
BACKSLASH: Final = "\\"
NAME: Final = re.compile(r"[^\W_][\w .()-]{0,39}")
"""what a column is called between unusual delimiters"""
MOST: Final = 0.8
"""share of lines in which cells stand in single quotes, if that is how they are quoted"""


class Dialect(NamedTuple):
    """How the cells of a table are told apart."""

    delimiter: str
    """"" : the table has one column"""
    quote: str = '"'
    spaced: bool = False
    """whether blanks stand between a delimiter and the quote of the next cell"""
    escaped: bool = False
    """whether a quote inside a cell in quotes stands after a backslash, and is not written twice"""

    @property
    def rare(self) -> int:
        """How much it differs from what most programs write."""
        return 2 * (self.quote != '"') + self.spaced + self.escaped

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> Any:
        """Return the library's reader of these lines."""
        if self.escaped:  # where databases write \N for a cell without a value
            sign = re.escape(self.delimiter)
            empty = re.compile(rf"(?:(?<={sign})|^)\\N(?={sign}|\s*$)")
            lines = (empty.sub("", line) for line in lines)
        if self.delimiter[1:]:
            single = self._replace(delimiter=UNIT)
            return _Restored(single.reader((line.replace(self.delimiter, UNIT) for line in lines), strict=strict), self)
        return csv.reader(
            lines,
            delimiter=self.delimiter or NOTHING,
            quotechar=self.quote,
            skipinitialspace=self.spaced,
            escapechar=BACKSLASH if self.escaped else None,
            doublequote=not self.escaped,
            strict=strict,
        )

    def plainly(self, line: str) -> list[str]:
        """Return the cells of a line in which quotes are signs like others."""
        cells = line.rstrip("\r\n").split(self.delimiter or NOTHING)
        return [cell.lstrip(" ") for cell in cells] if self.spaced else cells

    def notes(self) -> Iterator[str]:
        """Yield what is unusual about it, for people."""
        if not self.delimiter:
            yield "one column"
        if self.quote != '"':
            yield f"cells in quotes like {self.quote}these{self.quote}"
        if self.spaced:
            yield "blanks before cells are left out"
        if self.escaped:
            yield "a backslash before a quote is no part of the text"


class _Restored:
    """A reader of lines in which one sign stood for a delimiter of several; cells in quotes get it back."""

    def __init__(self, reader: Any, dialect: Dialect) -> None:
        self._reader, self._dialect = reader, dialect

    @property
    def line_num(self) -> int:
        return int(self._reader.line_num)

    def __iter__(self) -> "_Restored":
        return self

    def __next__(self) -> list[str]:
        return [cell.replace(UNIT, self._dialect.delimiter) for cell in next(self._reader)]


def dialect_of(head: Sequence[str], told: str = "") -> Dialect:
    """Return how a table is written.

    It is the dialect by which most lines have as many cells as the header; of equals, the one of most cells.

    Args:
        head: the first lines of the file.
        told: the delimiter, where it is known.
    """
    if not told and _is_one_column(head):
        return Dialect("")
    if not told and (several := next((sign for sign in SEVERAL if _is_unusual(head, sign)), "")):
        return Dialect(several)
    usual = [told] if told else DELIMITERS
    tried = [dialect for delimiter in usual for dialect in _dialects(head, delimiter)]
    tried += [] if told else [Dialect(sign) for sign in (*UNUSUAL, *IN_TEXTS) if _is_unusual(head, sign)]
    scores = {dialect: _score(head, dialect) for dialect in tried}
    best = max(tried, key=lambda dialect: scores[dialect])
    return best if scores[best][1] > 1 else Dialect(told or DELIMITERS[0])


def _dialects(head: Sequence[str], delimiter: str) -> Iterator[Dialect]:
    """Yield the ways to read cells with this delimiter."""
    yield Dialect(delimiter)
    if any(BACKSLASH + '"' in line for line in head) and not _parsed(head, Dialect(delimiter), strict=True):
        yield Dialect(delimiter, escaped=True)
    rows = _parsed(head, Dialect(delimiter))
    if _quoted_late(rows) or _all_spaced(rows):
        yield Dialect(delimiter, spaced=True)
    sign = re.escape(delimiter)
    single = re.compile(rf"(?:^|{sign} ?)'.*'\s*(?:$|{sign})")
    lines = [line for line in head if line.strip()][1:]
    if lines and sum(bool(single.search(line)) for line in lines) >= MOST * len(lines):
        spaced = any(f"{delimiter} '" in line for line in lines)
        yield Dialect(delimiter, "'", spaced)


def _quoted_late(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether a quote stands behind blanks at the start of a cell; a quoted cell may hold `, "` itself."""
    return any(cell[0] == " " and cell.lstrip(" ").startswith('"') for row in rows for cell in row if cell)


def _all_spaced(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether a blank follows each delimiter."""
    cells = [cell for row in rows for cell in row[1:] if cell]
    return bool(cells) and all(cell[0] == " " and cell.strip() for cell in cells)


def _score(head: Sequence[str], dialect: Dialect) -> tuple[int, int, int]:
    rows = _parsed(head, dialect)
    cells = len(rows[header_at(rows)]) if rows else 0
    return (sum(len(row) == cells for row in rows) if cells > 1 else 0, cells, dialect.rare)


def _parsed(head: Sequence[str], dialect: Dialect, *, strict: bool = False) -> list[list[str]]:
    """Return the rows of the first lines; none where quotes say that it is another dialect."""
    reader, rows = dialect.reader(head, strict=strict or dialect.rare > 0), list[list[str]]()
    try:
        rows.extend(row for row in reader if row)
    except csv.Error as error:
        if "unexpected end" not in str(error):  # a cell that goes on below the head
            return []
    return rows


def _is_unusual(head: Sequence[str], sign: str) -> bool:
    """Return whether every line has as many cells by this sign, below names of columns."""
    rows = _parsed(head, Dialect(sign)) if any(sign in line for line in head) else []
    if len(rows) < 2 or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
        return False
    if not all(NAME.fullmatch(cell.strip()) for cell in rows[0]):
        return False
    return sign in UNUSUAL or sign in SEVERAL or _known(rows[0]) > 1


def _is_one_column(head: Sequence[str]) -> bool:
    """Return whether lines are texts below the name of their only column, whatever stands in them."""
    lines = [line.strip() for line in head if line.strip()]
    if len(lines) < 2 or not _known([lines[0].strip("\"'").removesuffix("s")]):
        return False
    parted = [sign for sign in DELIMITERS if any(len(row) > 1 for row in _parsed(head, Dialect(sign)))]
    return bool(parted) and not any(_has_columns(lines, sign) for sign in parted)


def _has_columns(lines: Sequence[str], sign: str) -> bool:
    """Return whether the lines below a first one are cut by a sign as tables are: below names, or all alike."""
    rows = _parsed(lines, Dialect(sign))
    if any(_known(row) > 1 for row in rows[1:]):
        return True
    counts = {line.count(sign) for line in lines[1:]}
    return len(counts) == 1 and counts != {0} and not all(f"{sign} " in line for line in lines[1:])


def _known(cells: Sequence[str]) -> int:
    return len({plain(cell) for cell in cells} & NAMES)
