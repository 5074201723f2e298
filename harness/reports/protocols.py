"""What turns a comparison into a file, a page or a log of another system."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from harness.analysis.result import Table
from harness.types import Record


class Report(Protocol):
    """Turns a table into one file format."""

    @property
    def suffix(self) -> str: ...
    def render(self, table: Table) -> str: ...


@runtime_checkable
class Page(Protocol):
    """A report that shows the examples as well: a file of its own name, made from table and records."""

    @property
    def file(self) -> str: ...
    def page(self, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        """Return the file's text.

        Args:
            table: the comparison.
            arms: the records that it was made from, in the order of its rows.
        """
        ...


class Tracker(Protocol):
    """Tells another system what a run has found; results/ stays the only place that is read."""

    def log(self, folder: Path, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        """Log one experiment; return a line that says where, "" for nowhere.

        Raises:
            StoreError: it cannot be reached or written.
        """
        ...
