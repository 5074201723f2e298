"""Multiple choice: a question, its options wherever they stand (`options`), and which of them is right (`rights`).

Without its options such a question cannot be answered, and a number or a letter alone is no reference.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import Columns, typed
from harness.tasks.complaints import BadCellError, counted, listed
from harness.tasks.files.row import FileRow
from harness.tasks.formats.columns import are_groups, evidence_texts, with_context
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.formats.options import (
    LISTS_OF_ANSWERS,
    Option,
    are_answers,
    by_marks,
    by_name,
    inside,
    listed_in,
    option_columns,
    options_of,
    parted_by,
    tidy,
)
from harness.tasks.formats.rights import RIGHT, RightsReading, has_number, reading_of, rights_in, takes_any, words_of
from harness.tasks.known_columns import DEFAULTS, SUPPORTS
from harness.tasks.mapping import content_id
from harness.tasks.values import shown

QUESTIONS: Final = (
    *("question", "query", "prompt", "instruction", "problem", "frage", "pregunta", "domanda", "q", "stem"),
    *("question_stem", "question_text", "fragetext", "ctx", "goal", "input", "sentence", "text"),
)
CONTEXTS: Final = ("context", "passage", "article", "paragraph", "premise")
"""texts that a question is about: they stand above it, as it cannot be understood without"""
EVIDENCE: Final = (*DEFAULTS.evidence, *SUPPORTS)
"""texts that its answer rests on: they are no part of it"""
UNSURE: Final = ("slash", "comma")
"""may stand inside of an option: taken only where what is right is then known in every row"""
ZERO_OR_ONE: Final = "task.options_from=0, or 1, says with which number the options begin"
SEVERAL: Final = {
    "all": "where several options are right an answer must name all of them (task.options_right=any: one of them)",
    "any": "where several options are right an answer may name any of them (task.options_right=all: all of them)",
}
APART: Final = "the right option has a column of its own: it is put among the others in an order that tells nothing"
RIGHT_HOW: Final = tuple(SEVERAL)
"""what task.options_right can be"""


def _asking(columns: Columns) -> Sequence[str]:
    """Return the tidy names of columns that may ask; those that are configured, if any."""
    return QUESTIONS if columns.input == DEFAULTS.input else [tidy(name) for name in columns.input]


def _answering(columns: Columns) -> Sequence[str]:
    return RIGHT if columns.references == DEFAULTS.references else [tidy(name) for name in columns.references]


def _asked(cells: Mapping[str, Any], columns: Columns) -> tuple[str, str]:
    """Return the column that asks, and its text; "" without one."""
    names = (name for name in _asking(columns) if isinstance(cells.get(name), str) and cells[name].strip())
    name = next(names, "")
    return name, str(cells.get(name, ""))


def _fits(values: Mapping[str, Any]) -> bool:
    cells = by_name(values)
    name, asked = _asked(cells, DEFAULTS)
    if not name:
        return False
    if not option_columns(cells):
        own = inside(asked)
        return len(own) > 1 and any(_names_one(cells[column], own) for column in RIGHT if cells.get(column))
    if not are_answers(cells):
        return True
    options, taken = options_of(cells), option_columns(cells)
    texts = {option.text for option in options}
    said = [cells[name] for name in RIGHT if name not in taken and cells.get(name) not in (None, "", [])]
    if taken[0] in LISTS_OF_ANSWERS:  # beside a list of right answers the first of them may stand as a text
        said = [cell for cell in said if cell not in texts]
    return any(option.right is not None for option in options) or any(_names_one(cell, options) for cell in said)


def _names_one(cell: Any, options: Sequence[Option]) -> bool:
    return any(RightsReading(first=first).rights(cell, options) for first in (0, 1))


def _reading(rows: Sequence[Mapping[str, Any]], gathered: Gathered) -> tuple[RightsReading, list[int]]:
    """Return how a file is to be read, by its first rows, and numbers that may count from 0 or from 1.

    Args:
        rows: by tidy names.
        gathered: has what is told.
    """
    own = {name for cells in rows for name in option_columns(cells)}
    columns = [name for name in _answering(gathered.columns) if name not in own]
    between = gathered.options_between or _between(rows, columns)
    with_options = [_with_options(cells, between, gathered.columns) for cells in rows]
    return reading_of(with_options, columns, between, gathered.options_from)


def _between(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return by what options that share a cell are parted, if they do; "" where they do not."""
    shared = [cell for cells in rows if isinstance(cell := listed_in(cells), str)]

    def fits(between: str) -> bool:
        found, _ = reading_of(rows, columns, between, None)
        filled = [cells for cells in rows if cells.get(found.column) not in (None, "", [])]
        return between not in UNSURE or all(rights_in(filled, found))

    return parted_by(shared, fits) if 2 * len(shared) > len(rows) else ""


def _with_options(cells: Mapping[str, Any], between: str, columns: Columns) -> Mapping[str, Any]:
    """Return the cells of a row with the options that its question holds, where it has no others."""
    if option_columns(cells):
        return cells
    return {**cells, "options": by_marks(_asked(cells, columns)[1])}


def _look(rows: Sequence[Mapping[str, Any]], gathered: Gathered) -> str:
    """Find out from the first rows of a file how it names its options.

    Args:
        rows: as they were read.
        gathered: gets what was found.

    Returns:
        What can be read in two ways, and the key that says which is meant; "" where nothing can.
    """
    cells = [by_name(values) for values in rows]
    gathered.choices, doubtful = _reading(cells, gathered)
    gathered.shared = are_groups([text for row in cells for text in _above(row)])
    if gathered.options_from is None:
        gathered.options_from = gathered.choices.first
    gathered.supports = _supports(rows, gathered.columns)
    if gathered.choices.between:
        gathered.decided(
            f"options that share a cell are parted by {gathered.choices.between} (task.options_between)", 0
        )
    if not doubtful:
        return ""
    numbers = f"{_written(gathered.choices.column, rows)} gives the right options as numbers"
    return (
        f"{numbers} ({listed(map(str, doubtful))}) that are never 0 and never that of the last option, so that they "
        f"may count from 0 or from 1; {ZERO_OR_ONE}"
    )


def _supports(rows: Sequence[Mapping[str, Any]], columns: Columns) -> str:
    """Return the column with the texts that the answers rest on, unless evidence was configured; "" without one."""
    if columns.evidence != DEFAULTS.evidence:
        return ""
    known = {tidy(name): name for values in reversed(rows) for name in reversed(list(values))}
    return next((known[name] for name in EVIDENCE if name in known and evidence_texts(rows, known[name])), "")


def _written(column: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the name of a column as the file has it."""
    return next((name for values in rows for name in values if tidy(name) == column), column)


def _convert(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    reading, own = gathered.choices, by_name(row.values)
    cells = _with_options(own, reading.between, gathered.columns)
    name, asked = _asked(cells, gathered.columns)
    options = options_of(cells, reading.between)
    count = sum(bool(option.text) for option in options)
    if not name or count < 2:
        got = f"got {counted(count, 'option')}; the columns are {listed(row.values)}"
        raise BadCellError("is no multiple choice", f"want a question and two options at least, {got}{_apart(cells)}")
    rights = _rights(cells, options, row, gathered)
    before = _above(cells)
    for column in (tidied for tidied in CONTEXTS if isinstance(cells.get(tidied), str) and cells[tidied] in before):
        gathered.decided(f"the text of {_written(column, [row.values])} stands above its question")
    below = [str(option) for option in options if option.text] if option_columns(own) else []
    parts = [*before, asked.strip(), *(["\n".join(below)] if below else [])]
    values = {**row.values, "input": "\n\n".join(parts), "references": _references(rights, options, cells, gathered)}
    if before and gathered.shared and cells.keys().isdisjoint(DEFAULTS.group):
        gathered.decided("questions on one text are a group, which stays in one split")
        values["group"] = content_id("", before[0])
    yield _with_support(row._replace(values=values), gathered)


def _with_support(row: FileRow, gathered: Gathered) -> FileRow:
    """Return the row with the text that its answer rests on as evidence, where the file has such a column."""
    if not gathered.supports:
        return row
    use = "documents and evidence" if gathered.keep else "evidence, which is looked for in the documents"
    gathered.decided(f"the texts of {gathered.supports} are read as {use}", 0)
    return with_context(row, gathered.supports, "", gathered.columns.evidence[0], gathered)


def _above(cells: Mapping[str, Any]) -> list[str]:
    """Return the texts that a question is about."""
    return [text for name in CONTEXTS if isinstance(text := cells.get(name), str) and len(text.split()) > 1]


def _apart(cells: Mapping[str, Any]) -> str:
    """Return the key that helps where options share a cell that nothing parts."""
    cell = listed_in(cells)
    if not isinstance(cell, str):
        return ""
    return f"; if several share {shown(cell)}, task.options_between=SIGN says what stands between them"


def _rights(cells: Mapping[str, Any], options: Sequence[Option], row: FileRow, gathered: Gathered) -> Sequence[Option]:
    """Return the right options of a row."""
    reading = gathered.choices
    flagged = any(option.right is not None for option in options)
    cell = None if flagged else cells.get(reading.column)
    if cell in (None, "", []) and not flagged:
        raise BadCellError("does not say which option is right", _unnamed(cells, row, reading, gathered))
    column = _written(reading.column, [row.values])
    if rights := reading.rights(cell, options):
        _say(column, reading, cell, options, gathered)
        return rights
    names = listed(repr(str(option)) for option in options if option.text)
    first = 0 if reading.first is None else reading.first
    from_where = (
        f" (numbers count from {first}; {ZERO_OR_ONE})" if any(map(has_number, words_of(cell, options))) else ""
    )
    raise BadCellError(
        f"has a bad {column}", f"want a label, text or number of one of {names}, got {shown(cell)}{from_where}"
    )


def _unnamed(cells: Mapping[str, Any], row: FileRow, reading: RightsReading, gathered: Gathered) -> str:
    """Return what a row lacks that names no right option, and what helps."""
    empty = [name for name, cell in row.values.items() if tidy(name) in RIGHT and cell in (None, "", [])]
    if empty and not reading.column:
        withheld = "no row of this file says it, so that its answers are withheld"
        return f"{empty[0]} is empty; {withheld}: task.splits.test=null carves test from train"
    if reading.column:
        return f"{_written(reading.column, [row.values])} is empty: write the right option, or leave the row out"
    options = options_of(cells, reading.between)
    taken = {*option_columns(cells), _asked(cells, gathered.columns)[0]}
    others = [name for name in row.values if tidy(name) not in taken]
    likely = [name for name in others if row.values[name] not in (None, "") and _names_one(row.values[name], options)]
    named = f"task.format=choices task.columns.references=[{typed((likely or ['COLUMN'])[0])}]"
    return f"want a column such as answer or label, or {named}; got {listed(row.values)}"


def _say(column: str, reading: RightsReading, cell: Any, options: Sequence[Option], gathered: Gathered) -> None:
    """Count by what a row names its right option."""
    if any(option.right is not None for option in options):
        gathered.decided(
            APART if any(option.column for option in options) else "the options say which of them is right"
        )
    elif way := reading.way(cell, options):
        gathered.decided(f"{column} names the right option {way}")
    else:
        first = 0 if reading.first is None else reading.first
        gathered.decided(f"numbers in {column} count the options from {first}")


def _references(
    rights: Sequence[Option], options: Sequence[Option], cells: Mapping[str, Any], gathered: Gathered
) -> list[str]:
    """Return what answers rightly: the text, the label, or both; of several right options all of them, or any."""
    how = "any" if len(rights) == 1 or _is_any(cells, gathered) else "all"
    if len(rights) > 1:
        gathered.decided(SEVERAL[how])
    if how == "all":
        texts, labels = [option.text for option in rights], [option.label for option in rights]
        both = "\n".join(map(str, rights))
        return [", ".join(texts), ", ".join(labels), both, " and ".join(texts), " and ".join(labels)]
    taken = {option.text.casefold() for option in options if option not in rights}
    names = [name for option in rights for name in (option.text, option.label, str(option))]
    return [name for name in dict.fromkeys(names) if name.casefold() not in taken]


def _is_any(cells: Mapping[str, Any], gathered: Gathered) -> bool:
    if gathered.options_right is not None:
        return gathered.options_right == "any"
    return takes_any(cells.get(gathered.choices.column))


def _reads(rows: Sequence[Mapping[str, Any]], columns: Columns) -> Collection[str]:
    """Return the columns of these rows that are read."""
    cells = [by_name(values) for values in rows]
    gathered = Gathered(columns=columns)
    reading, _ = _reading(cells, gathered)
    own = {name for row in cells for name in (*option_columns(row), _asked(row, columns)[0])}
    tidied = {*own, *CONTEXTS, reading.column, tidy(_supports(rows, columns))}
    return {name for values in rows for name in values if tidy(name) in tidied}


OPTIONS: Final = RowFormat(
    "choices",
    "multiple choice: the options stand below the question; the right one's text or label is right",
    _fits,
    _convert,
    frozenset(),
    look=_look,
    columns_of=_reads,
)
