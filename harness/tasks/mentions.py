"""What a row says about its evidence, before it is looked up in the documents: ids, titles, texts or offsets."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from harness.tasks.columns import INPUT
from harness.tasks.complaints import BadCellError
from harness.tasks.values import as_id, as_text, shown

DOCUMENT: Final = (
    "document",
    "document_id",
    "doc_id",
    "docid",
    "doc",
    "id",
    "title",
    "source",
    "doc_name",
    "document_name",
)
"""names that a field with the id or title of a document has in common data sets"""
TEXT: Final = ("text", "quote", "passage", "content", "evidence", "span", "answer_text", "evidence_text")
START: Final = ("start", "answer_start", "start_char", "begin", "offset")
END: Final = ("end", "answer_end", "end_char", "stop")


class Mention(NamedTuple):
    """One piece of evidence in the words of the row."""

    name: str = ""
    """an id or a title, or if nothing else is given perhaps a text; "" where only a text is known"""
    text: str = ""
    """what stands in the document; "" where the whole document is meant, or offsets are given"""
    start: int | None = None
    """offset of the first character in the document's text"""
    end: int | None = None
    """offset after the last character"""

    @property
    def words(self) -> str:
        """What a message calls it."""
        return self.text or (self.name if self.start is None else f"{self.name}[{self.start}:{self.end}]")


def as_mentions(value: Any) -> tuple[Mention, ...]:
    """Return the evidence of a cell, each piece once; () for none. `INPUT` must stand alone."""
    found = tuple(dict.fromkeys(_mentions(value)))
    if len(found) > 1 and any(mention.name == INPUT for mention in found):
        raise BadCellError("is mixed", f"{INPUT} must be the only entry, got {shown(value)}")
    return found


def _mentions(value: Any) -> Iterator[Mention]:
    if value is None or value != value or value in ("", []):  # NaN is how pandas writes an empty cell
        return
    if isinstance(value, Mapping):
        for fields in _one_by_one(value):
            yield _of_fields(fields)
    elif isinstance(value, list):
        for item in value:
            yield from _mentions(item)
    else:
        yield Mention(as_id(value))


def _one_by_one(fields: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield one mapping per piece: {"title": [a, b], "start": [1, 2]} holds two."""
    lists = {name: value for name, value in fields.items() if isinstance(value, list)}
    if not lists:
        yield fields
        return
    if len({len(value) for value in lists.values()}) > 1:
        raise BadCellError("has lists of different lengths", shown(dict(fields)))
    for number in range(len(next(iter(lists.values())))):
        yield {name: value[number] if name in lists else value for name, value in fields.items()}


def _of_fields(fields: Mapping[str, Any]) -> Mention:
    document, text, start, end = (_first(fields, names) for names in (DOCUMENT, TEXT, START, END))
    if document is None and text is None:
        raise BadCellError(
            "has the wrong form", f"want an id, a title, a text, or {{document, start, end}}, got {shown(dict(fields))}"
        )
    mention = Mention(
        "" if document is None else as_id(document), "" if text is None else as_text(text), _offset(start), _offset(end)
    )
    if not mention.text and (mention.start is None) != (mention.end is None):
        raise BadCellError("has half of its offsets", f"want start and end, got {shown(dict(fields))}")
    return mention


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((fields[name] for name in names if fields.get(name) not in (None, "")), None)


def _offset(value: Any) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise BadCellError("has a bad offset", f"want a whole number, got {shown(value)}")
    return value
