"""A large comparison: what the list, its filters and its order need is in the page, texts are in files beside it.

A browser does not let a page from disk read files, but it runs scripts: each file calls one function of the page with
its rows, gzipped. The page knows a short hash of every file's content, so that it refuses files of another report.
`script/25-side.js` reads them; the two change together.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from harness.analysis import failure_causes as causes
from harness.analysis.outcomes import STATES
from harness.analysis.result import Table
from harness.reports.html.viewer_data import DataBlock, Packed, head_and_rows, json_text, separator
from harness.reports.html.viewer_rows import CAUSE, SCORES, STATE, TEXT, Texts, ViewerRow, ViewerRows
from harness.types import Record

FUNCTION: Final = "cutleryRows"
"""that the page offers to its files"""
CAUSES: Final = ("", *get_args(causes.Name))
HASH_LENGTH: Final = 12
TYPICAL: Final = 0.9
"""share of examples that the height of a row is made for"""


def side_files(
    table: Table, arms: Mapping[str, Sequence[Record]], folder: str, rows_in_file: int, page_data: DataBlock
) -> Iterator[tuple[str, str]]:
    """Yield name and text of each file beside the page; once all are taken, `page_data` is complete.

    Args:
        table: the comparison.
        arms: its records.
        folder: of the files, beside the page.
        rows_in_file: examples of each; no more texts are in memory at once.
        page_data: gets what the page itself holds.
    """
    head, rows = head_and_rows(table, arms)
    page_data.add(head)
    facts: dict[str, Any] = {"folder": folder, "rows": rows_in_file, "hashes": [], "states": STATES, "causes": CAUSES}
    for start in range(0, len(rows.examples), rows_in_file):
        part = _SidePart(rows, range(start, min(start + rows_in_file, len(rows.examples))))
        facts.setdefault("typical", part.typical_length())
        yield _file(folder, part, facts["hashes"])
        for number, row in part.rows.items():
            page_data.add(f"{separator(number)}{json_text(_without_texts(row))}")
    page_data.add(f'],"side":{json_text(facts)}}}')


class _SidePart:
    """What one file holds.

    Args:
        rows: all of the comparison.
        numbers: of the examples in the file.
    """

    def __init__(self, rows: ViewerRows, numbers: Sequence[int]) -> None:
        texts = Texts()
        self.rows = {number: rows.row(number, texts) for number in numbers}
        self.documents = rows.documents(texts, numbers)
        self.texts = list(texts.numbers)

    def content(self) -> str:
        return json_text({"rows": list(self.rows.values()), "documents": self.documents, "texts": self.texts})

    def typical_length(self) -> int:
        """Return the characters of the longest text in a row, for the share of rows that is typical."""
        lengths = sorted(map(self._longest, self.rows.values()))
        return lengths[int(TYPICAL * len(lengths))]

    def _longest(self, row: ViewerRow) -> int:
        _, given, *_, answers = row
        asked = len(self.texts[given]) if isinstance(given, int) else sum(len(text) for _, text in given)
        return max(asked, *(len(self.texts[arm[0][TEXT]]) for arm in answers))


def _file(folder: str, part: _SidePart, hashes: list[str]) -> tuple[str, str]:
    """Return name and text of the next file; its hash is added to those of the others."""
    content, packed = part.content(), Packed()
    packed.add(content)
    hashes.append(hashlib.sha256(content.encode()).hexdigest()[:HASH_LENGTH])
    name = f"rows-{len(hashes):04}.js"
    return f"{folder}/{name}", f'{FUNCTION}("{name}","{hashes[-1]}","{packed.text()}");\n'


def _without_texts(row: ViewerRow) -> ViewerRow:
    """Return what a page needs of an example to list, filter and sort it."""
    example_id, _, _, _, answerable, slice_name, _, group, answers = row
    return [example_id, answerable, slice_name, group, [[_outcome(one) for one in arm] for arm in answers]]


def _outcome(answer: ViewerRow) -> list[Any]:
    numbers = [score[0] if isinstance(score, list) else score for score in answer[SCORES]]
    return [STATES.index(answer[STATE]), numbers, CAUSES.index(answer[CAUSE])]
