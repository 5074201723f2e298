"""Why the rows of a file are no examples, in a sentence with the keys that make them so."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.tasks.columns import Columns
from harness.tasks.formats.chats import OPENAI, SHAREGPT
from harness.tasks.formats.nested import annotated
from harness.tasks.formats.roles import input_doubt
from harness.tasks.formats.row_doubts import row_doubt
from harness.tasks.formats.speakers import speaker_doubt
from harness.tasks.formats.transcripts import transcript_doubt
from harness.tasks.known_columns import DEFAULTS


def doubt_of(
    form: str,
    rows: Sequence[Mapping[str, Any]],
    roles: Mapping[str, str],
    columns: Columns,
    assistant: Collection[str],
    nested: str | None,
) -> str:
    """Return what speaks against the rows of a format, or of none: chats may name nobody who is known to answer."""
    if form in (SHAREGPT.name, OPENAI.name):
        return speaker_doubt(rows, assistant)
    noted = annotated(rows, nested, roles) if form == "" and nested is not None else ""
    return noted or ("" if form else doubt_of_rows(rows, roles, columns, assistant))


def doubt_of_rows(
    rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str], columns: Columns, assistant: Collection[str] = ()
) -> str:
    """Return why the rows of a file are no examples, or why no column is the input; "" where nothing is to be said."""
    is_open = columns.input == DEFAULTS.input
    doubt = row_doubt(rows) or transcript_doubt(rows) or speaker_doubt(rows, assistant) if is_open else ""
    return doubt or ("" if "input" in roles else input_doubt(rows, columns))
