"""Rows as they are read by columns, whatever the format of their file is."""

import itertools
from collections.abc import Iterable, Iterator

from harness.tasks.columns import plain
from harness.tasks.complaints import BadCellError, Complaints
from harness.tasks.files.row import FileRow
from harness.tasks.formats.absent import with_answerable, without_marks, without_no_answers
from harness.tasks.formats.alternatives import in_parts, with_unit
from harness.tasks.formats.columns import with_context, with_json, with_printed_lists
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.marks import left_out
from harness.tasks.formats.nested import unfolded
from harness.tasks.formats.object_cells import with_objects
from harness.tasks.formats.printed import opened
from harness.tasks.formats.rated import with_best
from harness.tasks.formats.recognition import FORMATS, IDS, Recognised
from harness.tasks.formats.system_turn import with_system
from harness.tasks.formats.thoughts import without_thoughts


def converted(
    rows: Iterable[FileRow], known: Recognised, gathered: Gathered, complaints: Complaints
) -> Iterator[FileRow]:
    """Yield the rows of a file with the columns that are called as in `known.columns`, whatever its format is."""
    if known.problem:
        complaints.add((str(known.path), "text"), f"{known.path}: {known.problem}")
        return
    rows = (with_objects(row if known.shape.typed else opened(row), known.held) for row in rows)
    rows = (without_marks(row, known.read, known.shape.typed, gathered) for row in rows)
    rows = unfolded(rows, known.nested) if known.nested else rows
    if known.format in FORMATS:
        yield from _formatted(rows, known, gathered, complaints)
    else:
        yield from _in_columns(rows, known, gathered)


def _in_columns(rows: Iterable[FileRow], known: Recognised, gathered: Gathered) -> Iterator[FileRow]:
    if known.numbered and known.format:
        gathered.decided("rows are numbered, as no column is called id", 0)
    title = next((name for name in known.names if plain(name) == "title"), "")
    for row in rows:
        if left_out(row, known.wrong, gathered):
            continue
        if known.unit:
            row = with_unit(row, known.unit)
        if known.marks_none:
            row = without_no_answers(row, known.roles["references"], known.columns.answerable[0], gathered)
        if known.system:
            row = with_system(row, known.system, known.columns, gathered)
        if known.context:
            row = with_context(row, known.context, title, known.columns.evidence[0], gathered, shared=known.shared)
        if known.objects:
            row = with_json(row, known.objects, gathered)
        if known.impossible:
            row = with_answerable(row, known.impossible, known.columns.answerable[0])
        row = row if known.shape.typed else with_printed_lists(row, known.roles, gathered)
        yield _with_answers(row, known, gathered)


def _with_answers(row: FileRow, known: Recognised, gathered: Gathered) -> FileRow:
    """Return the row with its best answers, apart if they share a cell, and without thoughts of a model before them."""
    if known.rated:
        row = with_best(row, known.roles["references"], known.rated, gathered)
    if gathered.answers_between:
        row = in_parts(row, known.columns.references, gathered.answers_between, gathered)
    return without_thoughts(row, known.columns.references, gathered)


def _formatted(
    rows: Iterable[FileRow], known: Recognised, gathered: Gathered, complaints: Complaints
) -> Iterator[FileRow]:
    own, counted = FORMATS[known.format], itertools.count(1)
    if own.look and (problem := own.look([row.values for row in known.sample], gathered)):
        complaints.add((str(known.path), known.format), f"{known.path}: {problem}")
        return
    for row in rows:
        if left_out(row, known.wrong, gathered):
            continue
        try:
            for made in own.convert(row, gathered):
                number = next(counted)
                name = next((made.values[name] for name in IDS if made.values.get(name) not in (None, "")), None)
                values = {**made.values, "id": f"{known.path.stem}-{number}" if name is None else name}
                yield _with_answers(made._replace(number=number, values=values), known, gathered)
        except BadCellError as error:
            complaints.add((str(known.path), known.format, error.kind), f"{row.place}: {error}")
