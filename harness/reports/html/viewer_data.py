"""The JSON that the viewer reads, and the script element that holds it: no text twice.

`script/20-data.js` reads it; the two change together.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from harness.analysis import failure_causes as causes
from harness.analysis.metric_facts import RIGHT_FROM
from harness.analysis.result import Table
from harness.reports.html.viewer_rows import Texts, ViewerRows
from harness.types import Example, Record


def parts(table: Table, arms: Mapping[str, Sequence[Record]]) -> Iterator[str]:
    """Yield the pieces of one JSON text: a head, a row per example with the answers of every arm, documents, texts."""
    texts = Texts()
    head, rows = head_and_rows(table, arms)
    yield head
    for number in range(len(rows.examples)):
        yield f"{separator(number)}{json_text(rows.row(number, texts))}"
    documents = json_text(rows.documents(texts))
    yield f'],"documents":{documents},"texts":{json_text(list(texts.numbers))}}}'


def separator(number: int) -> str:
    """Return what stands before a row."""
    return ",\n" if number else ""


def slices(examples: Sequence[Example]) -> list[str]:
    """Return the slices in the order that the page numbers them by."""
    return sorted({example.slice for example in examples if example.slice})


def head_and_rows(table: Table, arms: Mapping[str, Sequence[Record]]) -> tuple[str, ViewerRows]:
    """Return the beginning of the JSON text, to which rows follow, and the rows."""
    decides = causes.deciding_metric([record for group in arms.values() for record in group])
    rows = ViewerRows(arms, [column.metric for column in table.columns], decides or "")
    return f'{{"head":{json_text(_head(table, arms, decides))},"rows":[', rows


def _head(table: Table, arms: Mapping[str, Sequence[Record]], decides: str | None) -> dict[str, Any]:
    return {
        "title": table.title,
        "arms": [{"name": name, "seeds": [record.cell.seed for record in group]} for name, group in arms.items()],
        "metrics": [
            {"name": column.metric, "unit": column.unit, "higher": column.higher_is_better} for column in table.columns
        ],
        "measured": [
            [int(row.entries[place].mean is not None) for row in table.rows] for place in range(len(table.columns))
        ],
        "decides": None if decides is None else {"name": decides, "at": RIGHT_FROM[decides]},
        "slices": slices(next(iter(arms.values()))[0].examples),
    }


ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
GZIP: Final = 16 + zlib.MAX_WBITS
LEVEL: Final = 6


class DataBlock:
    """A script element that holds a JSON text, made of parts as they come: a large text is never there as a whole.

    Args:
        pack_above: characters from which on the text is gzipped (a browser of 2023 or later unpacks it).
        name: id of the element.
    """

    def __init__(self, pack_above: int, name: str = "data") -> None:
        self.pack_above, self.name = pack_above, name
        self.plain, self.length = list[str](), 0
        self.packed: Packed | None = None

    def add(self, part: str) -> None:
        """Add the next part of the text."""
        if self.packed is not None:
            self.packed.add(part)
            return
        self.plain.append(part)
        self.length += len(part)
        if self.length > self.pack_above:
            self.packed = Packed()
            self.packed.add("".join(self.plain))
            self.plain.clear()

    def element(self) -> Markup:
        """Return the element; nothing can be added any more."""
        if self.packed is None:
            return self._element("application/json", "".join(self.plain).translate(ESCAPES))
        return self._element("application/octet-stream", self.packed.text())

    def _element(self, kind: str, text: str) -> Markup:
        return Markup(f'<script type="{kind}" id="{self.name}">{text}</script>')


class Packed:
    """A text, gzipped as it comes, in base64."""

    def __init__(self) -> None:
        # zlib writes no time into the head, so bytes stay the same
        self.packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        self.done = list[bytes]()

    def add(self, part: str) -> None:
        self.done.append(self.packer.compress(part.encode()))

    def text(self) -> str:
        """Return the packed text; nothing can be added any more."""
        return base64.b64encode(b"".join([*self.done, self.packer.flush()])).decode()


def block(parts: Iterable[str], pack_above: int, name: str = "data") -> Markup:
    """Return the script element that holds the JSON text made of `parts`; arguments as for `DataBlock`."""
    made = DataBlock(pack_above, name)
    for part in parts:
        made.add(part)
    return made.element()


def json_text(value: Any) -> str:
    """Return compact JSON; half a surrogate pair, which a model can produce, stays an escape."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text
