"""What a file of examples is: how it is written, in which format, and which column plays which role.

The loader and `make init` ask here, so that they never disagree.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import JOINT, Columns, plain, typed
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.formats.absent import impossible_column, says_none
from harness.tasks.formats.alpaca import ALPACA
from harness.tasks.formats.alternatives import SIGN_NAMES, parted_by, unit_column, unread_inside, with_what_belongs
from harness.tasks.formats.chats import OPENAI, SHAREGPT
from harness.tasks.formats.choices import OPTIONS
from harness.tasks.formats.columns import (
    MADE,
    complements,
    context_column,
    evidence_texts,
    is_shared,
    object_column,
    resolved,
)
from harness.tasks.formats.doubts import doubt_of, doubt_of_rows
from harness.tasks.formats.gathered import RowFormat
from harness.tasks.formats.inner_roles import inner_roles
from harness.tasks.formats.marks import wrong_column
from harness.tasks.formats.natural_questions import NATURAL_QUESTIONS
from harness.tasks.formats.nested import (
    annotated_column,
    are_single,
    inner_objects,
    nested_column,
    unfolded,
)
from harness.tasks.formats.object_cells import opened_rows, said_of
from harness.tasks.formats.one_text import TEXT, one_text
from harness.tasks.formats.rated import rating_of
from harness.tasks.formats.reading import HOTPOT, SQUAD
from harness.tasks.formats.roles import column_names, find_roles
from harness.tasks.formats.system_turn import system_texts
from harness.tasks.formats.transcripts import TRANSCRIPT
from harness.tasks.formats.turn_rows import with_conversations, with_references
from harness.tasks.formats.two_columns import two_columns
from harness.tasks.known_columns import CANDIDATES, COMMON, DEFAULTS, SURE_INPUTS
from harness.tasks.rows import read_rows
from harness.tasks.split_names import split_called
from harness.tasks.suggestions import ask_and_answer

AUTO: Final = "auto"
COLUMNS: Final = "columns"
FORMATS: Final[Mapping[str, RowFormat]] = {
    one.name: one for one in (SHAREGPT, OPENAI, NATURAL_QUESTIONS, SQUAD, HOTPOT, OPTIONS, ALPACA, TRANSCRIPT)
}
"""in the order in which rows are tried"""
CHOICES: Final = (AUTO, COLUMNS, *FORMATS)
"""what task.format can be"""
LOOKED_AT: Final = 1000
"""rows that a format is recognised by"""
NEEDED: Final = ("input", "references")
"""roles that a file must have, unless they are configured as []"""
IDS: Final = ("id", *COMMON["id"])
"""columns that may hold the id of a row of a known format"""


@dataclass(frozen=True)
class Recognised:
    """One file of examples, by its first rows."""

    path: Path
    """of the file"""
    shape: FileShape
    """kind, encoding, delimiter"""
    columns: Columns
    """by which the rows are read once they are converted"""
    format: str
    """a key of FORMATS, columns, text (one column holds all: unusable) or "" (unknown)"""
    roles: Mapping[str, str] = field(default_factory=dict)
    """role -> column, for the format columns"""
    context: str | None = None
    """column with the texts that answer the questions"""
    numbered: bool = False
    """whether the rows have no ids and get their numbers"""
    names: tuple[str, ...] = ()
    """columns of the file"""
    sample: tuple[FileRow, ...] = ()
    """the first rows, at most LOOKED_AT"""
    whole: bool = True
    """whether the sample is all of the file"""
    complaints: Complaints = field(default_factory=Complaints)
    """what is wrong with the rows that were looked at"""
    nested: str | None = None
    """column whose lists of objects are the rows"""
    held: tuple[str, ...] = ()
    """columns whose cells hold objects in print, which are opened"""
    doubt: str = ""
    """why a column that has a name for it is not taken as the input"""
    named: bool = False
    """whether the context only names documents, which the task has"""
    shared: bool = False
    """whether several rows have one text in the context, and no column says what is a group"""
    impossible: str | None = None
    """column that is true where a question has no answer"""
    objects: str | None = None
    """column whose references are objects"""
    configured: Columns = DEFAULTS
    """columns as they are configured"""
    wrong: str | None = None
    """column that is false where the answer of a row is wrong"""
    parted: str = ""
    """sign that may part several answers in a cell"""
    unit: str | None = None
    """column with the unit of the references"""
    marks_none: bool = False
    """whether references say so where a question has no answer: CANNOTANSWER"""
    system: str | None = None
    """column with the system's text before each input"""
    rated: str | None = None
    """field that says how good each of several references is"""
    also: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """role -> columns that play it where the first one is empty"""

    @property
    def rows(self) -> int:
        """Rows that were looked at."""
        return len(self.sample)

    def __str__(self) -> str:
        """What a user must know to see whether it was recognised rightly; empty where nothing was decided."""
        inner = f"the lists {self.nested} are read as rows" if self.nested else ""
        return "; ".join(part for part in (str(self.shape), said_of(self.held), inner, self._made_of_it()) if part)

    def _made_of_it(self) -> str:
        if self.format in FORMATS:
            return ", ".join([FORMATS[self.format].says, *self._unread()])
        if self.format != COLUMNS:
            return ""
        moved = [
            f"{column} is read as {role}"
            for role, column in self.roles.items()
            if column not in getattr(DEFAULTS, role)
        ]
        if self.context:
            made = f"{self.context} is read as evidence" if self.named else ""
            evidence = "" if plain(self.context) in CANDIDATES else " and evidence"
            moved.append(made or f"the texts of {self.context} are read as documents{evidence}")
        moved += [f"where {self.roles[role]} is empty, {listed(names)} is read" for role, names in self.also.items()]
        if self.wrong:
            own = [f"task.columns.{role}=[{typed(self.roles[role])}]" for role in NEEDED if role in self.roles]
            told = " ".join(["task.format=columns", *own, *(["task.columns.id=[]"] if self.numbered else [])])
            moved.append(f"rows whose {self.wrong} says that the answer is wrong are left out ({told} reads all)")
        if self.unit:
            moved.append(f"{self.unit} is read behind it")
        if self.parted:
            text = f"{self.roles['references']} has {self.parted!r} in most cells, and each is read as one answer"
            key = f"task.answers_between={SIGN_NAMES.get(self.parted, repr(self.parted))}"
            moved.append(f"{text}: if it parts several right ones, set {key}")
        if self.impossible:
            moved.append(f"where {self.impossible} is true a question is read as unanswerable")
        return ", ".join([*moved, *self._unread()]) if moved else ""

    @property
    def passed_over(self) -> str:
        """What is not read of a file of which nothing else is to be said; "" where all is read."""
        if self._made_of_it() or self.format != COLUMNS:
            return ""
        texts = [name for name in self._unread_columns() if any(_is_text(row.values.get(name)) for row in self.sample)]
        return f"not read: {listed(texts)}" if texts else ""

    @property
    def problem(self) -> str:
        """What makes the file unusable as it is, and what to do; "" where nothing does."""
        if self.format != TEXT:
            return self.doubt
        return one_text(self.path, self.names, [row.values for row in self.sample])

    def _unread_columns(self) -> list[str]:
        return [name for name in self.names if name not in self.read and not self._says_splits(name)]

    def _unread(self) -> list[str]:
        unread = self._unread_columns()
        own = FORMATS.get(self.format)
        rows = [row.values for row in self.sample]
        unread += own.inner(rows) if own and own.inner else []
        named = [self.roles[role] for role in NEEDED if role in self.roles]
        unread += [] if own else unread_inside(rows, [*named, *filter(None, [self.unit])])
        return [f"not read: {listed(unread)}"] if unread else []

    @cached_property
    def read(self) -> Collection[str]:
        """The columns that are read."""
        named = [
            *self.roles.values(),
            self.context or "",
            self.impossible or "",
            self.wrong or "",
            self.unit or "",
            self.system or "",
            *chain(*self.also.values()),
        ]
        if self.format in FORMATS:
            named += [*IDS, *(name for role in vars(self.columns).values() for name in role)]
        else:
            named += [name for role in vars(self.configured).values() for name in role]
        named = [part for name in named for part in (name, *name.split(JOINT))]
        used = {name if name in self.names else name.partition(".")[0] for name in named} - {""}
        own = FORMATS.get(self.format)
        rows = [row.values for row in self.sample]
        unread = own.unread(self.names, rows, self.configured) if own else self.names
        return used | (set(self.names) - set(unread))

    def _says_splits(self, name: str) -> bool:
        return all(isinstance(cell := row.values.get(name), str | list) and split_called(cell) for row in self.sample)


def _is_text(cell: Any) -> bool:
    """Return whether a cell holds more than a word or a number."""
    return isinstance(cell, list | dict) or (isinstance(cell, str) and " " in cell.strip())


def recognise(
    path: Path, columns: Columns = DEFAULTS, wanted: str = AUTO, shape: FileShape | None = None
) -> Recognised:
    """Look at the first rows of a file and say what it is; reads at most LOOKED_AT rows of files that are streamed.

    Args:
        path: of a file with one of the known endings.
        columns: as configured.
        wanted: a format, or "auto".
        shape: what is known of the file beforehand.
    """
    complaints, shape = Complaints(), shape or FileShape()
    rows = example_rows(path, complaints, shape, columns, wanted)
    head = list(itertools.islice(rows, LOOKED_AT + 1))
    return judged(path, head, shape, columns, wanted, complaints)


def example_rows(
    path: Path, complaints: Complaints, shape: FileShape, columns: Columns, wanted: str
) -> Iterator[FileRow]:
    """Return the rows of a file of examples; where each is a turn of a conversation, a row for each conversation."""
    rows = read_rows(path, complaints, shape)
    if wanted != AUTO or columns.references != DEFAULTS.references:
        return rows
    return with_conversations(rows, shape) if columns.input == DEFAULTS.input else with_references(rows, shape)


def judged(
    path: Path,
    head: Sequence[FileRow],
    shape: FileShape,
    columns: Columns,
    wanted: str,
    complaints: Complaints,
    *,
    has_documents: bool = False,
) -> Recognised:
    """Return what the first rows of a file are; `has_documents`: whether the task has documents of its own."""
    sample, held = opened_rows(head[:LOOKED_AT], columns, typed=shape.typed, guess=wanted == AUTO)
    whole = len(head) <= LOOKED_AT
    form, roles, nested = _with_pair(sample, columns, wanted)
    inside = None if nested is None else _inner_form(sample, nested, columns, wanted, roles)
    if nested is not None and inside is not None:
        sample, (form, roles) = list(unfolded(sample, nested)), inside
    values = [row.values for row in sample]
    names, guesses = tuple(column_names(values)), form == COLUMNS and wanted == AUTO
    roles = with_what_belongs(values, roles, columns) if guesses else roles
    context = _context(values, roles, columns, has_documents=has_documents) if guesses else None
    is_told = not guesses or "answerable" in roles or columns.answerable != DEFAULTS.answerable
    impossible = None if is_told else impossible_column(values)
    numbered = wanted == AUTO and "id" not in roles and columns.id == DEFAULTS.id and form not in FORMATS
    also = complements(values, columns, roles) if guesses else {}
    made = {role: names for role, names in MADE.items() if role == "input" or getattr(columns, role)}
    own = replace(columns, **made) if form in FORMATS else resolved(columns, roles, also, numbered)
    if context and context in own.group and own.evidence[:1] == (context,):
        own = replace(own, evidence=DEFAULTS.evidence)  # the texts of one column are its groups and its documents
    return Recognised(
        *(path, shape, own, form, roles, context, numbered, names, tuple(sample), whole, complaints),
        nested=nested if inside else None,
        held=held,
        doubt=doubt_of(form, values, roles, columns, shape.assistant, None if inside else nested)
        if wanted == AUTO
        else "",
        named=has_documents,
        shared=bool(context) and not has_documents and "group" not in roles and is_shared(values, str(context)),
        impossible=impossible,
        objects=object_column(values, roles, columns) if form == COLUMNS else None,
        configured=columns,
        also=also,
        wrong=wrong_column(values, roles if form == COLUMNS else None) if form and wanted == AUTO else None,
        unit=unit_column(values, roles.get("references", "")) if guesses else None,
        system=system_texts(values, roles) if guesses else None,
        rated=rating_of(values, roles.get("references", "")) if form == COLUMNS and wanted == AUTO else None,
        parted=parted_by(values, roles.get("references", "")) if guesses else "",
        marks_none=not is_told and impossible is None and says_none(values, roles.get("references", "")),
    )


def _with_pair(sample: Sequence[FileRow], columns: Columns, wanted: str) -> tuple[str, dict[str, str], str | None]:
    """Return format, roles and the column with lists of rows, if any; two columns that surely ask and answer are it."""
    rows = [row.values for row in sample]
    form, roles = _form(rows, columns, wanted)
    nested = nested_column(rows) if form == "" else None
    if form == "" and nested is None and wanted == AUTO and (pair := _pair(sample, roles, columns)):
        return COLUMNS, {**roles, **pair}, None
    return form, roles, nested


def _context(
    rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str], columns: Columns, *, has_documents: bool
) -> str | None:
    """Return the column of texts that answers rest on; None without one."""
    named = roles.get("evidence", "")
    if named and not has_documents and evidence_texts(rows, named):
        return named
    looked_for = "evidence" not in roles and columns.evidence == DEFAULTS.evidence
    return context_column(rows, roles, has_documents=has_documents) if looked_for else None


def _pair(sample: Sequence[FileRow], roles: Mapping[str, str], columns: Columns) -> dict[str, str]:
    """Return the two columns that ask and answer, by role, where no name says so and nothing speaks against it."""
    rows = [row.values for row in sample]
    told = (columns.input, columns.references) != (DEFAULTS.input, DEFAULTS.references)
    if told or doubt_of_rows(rows, roles, columns):
        return {}
    others = {name for role, name in roles.items() if role not in NEEDED}
    return two_columns(rows, [name for name in column_names(rows) if name not in others])


def _inner_form(
    sample: Sequence[FileRow], column: str, columns: Columns, wanted: str, outer: Mapping[str, str]
) -> tuple[str, dict[str, str]] | None:
    """Return the format and the roles of the objects in a column; None where they are no examples themselves.

    Snippets, reviews and turns have texts, but no answers: beside an answer of their row they are not what asks. One
    row alone that plays no role (`outer`) only holds the others.
    """
    alone, values = inner_objects(sample, column), [row.values for row in sample]
    form, roles = _form([row.values for row in unfolded(sample, column, alone=True)], columns, wanted)
    if annotated_column(values, column, outer):
        return None
    if form == COLUMNS:
        return (form, roles) if _play_both(alone, roles, columns) else None
    if form:
        return (form, roles) if wanted != AUTO or form not in FORMATS or _fit(alone, FORMATS[form]) else None
    single = are_single(values, column)
    is_envelope = len(sample) == 1 and outer.keys().isdisjoint(NEEDED)
    return (form, roles) if not single and (is_envelope or ask_and_answer(alone)) else None


def _play_both(alone: Sequence[Mapping[str, Any]], roles: Mapping[str, str], columns: Columns) -> bool:
    """Return whether the needed roles that are not configured are played by columns of these rows."""
    names = set(column_names(alone))
    open_ = [role for role in NEEDED if getattr(columns, role) == getattr(DEFAULTS, role)]
    found = {role: roles[role].partition(".")[0] for role in open_}
    asks = columns.references or "input" not in found or plain(found["input"]) in (*DEFAULTS.input, *SURE_INPUTS)
    return bool(asks) and names.issuperset(found.values())


def _form(rows: Sequence[Mapping[str, Any]], columns: Columns, wanted: str) -> tuple[str, dict[str, str]]:
    """Return the format, and the roles of columns where the format is columns."""
    if wanted in FORMATS:
        return wanted, {}
    roles, needed = find_roles(rows, columns, guess=False), {role for role in NEEDED if getattr(columns, role)}
    if wanted == AUTO and "input" in roles:  # of an object what asks in it is shown
        roles["input"] = inner_roles(rows, columns, roles).get("input", roles["input"])
    if wanted == COLUMNS or (needed <= roles.keys() and not _is_alpaca(rows, columns)):
        return COLUMNS, roles
    if (columns.input, columns.references) == (DEFAULTS.input, DEFAULTS.references):
        known = next((name for name, one in FORMATS.items() if _fit(rows, one)), None)
        if known:
            return known, {}
    elif (columns.input, columns.references) == (DEFAULTS.input, ()) and _fit(rows, SQUAD):
        return SQUAD.name, {}
    roles = find_roles(rows, columns, guess=True)
    if "references" not in roles and [plain(name) for name in column_names(rows) if name not in ("id",)] == [TEXT]:
        return TEXT, {}
    return COLUMNS if needed <= roles.keys() else "", roles


def _is_alpaca(rows: Sequence[Mapping[str, Any]], columns: Columns) -> bool:
    """Return whether rows with an input and a reference have an instruction besides."""
    by_default = (columns.input, columns.references) == (DEFAULTS.input, DEFAULTS.references)
    return by_default and _fit(rows, ALPACA) and not any(_fit(rows, one) for one in (SHAREGPT, OPENAI))


def _fit(rows: Sequence[Mapping[str, Any]], one: RowFormat) -> bool:
    """Return whether most rows look like the format."""
    return bool(rows) and sum(map(one.fits, rows)) * 2 > len(rows)
