"""What turns a comparison into files or into a log of another system."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from harness.analysis.result import Table
from harness.types import Record


@runtime_checkable
class Report(Protocol):
    """Turns a table into a file, table{suffix}."""

    @property
    def suffix(self) -> str: ...
    def render(self, table: Table) -> str: ...


@runtime_checkable
class Page(Protocol):
    """Writes a file of its own name, from the table and its records; a report may be one as well."""

    @property
    def file(self) -> str: ...
    def page(self, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        """Return the file's text.

        Args:
            table: the comparison.
            arms: the records that it was made from, in the order of its rows.
        """
        ...


@runtime_checkable
class CardPage(Page, Protocol):
    """A page in which a reader can decide."""

    def card_page(self, table: Table, arms: Mapping[str, Sequence[Record]], decide: Mapping[str, Any]) -> str:
        """Return the file's text.

        Args:
            table: the comparison.
            arms: the records that it was made from, in the order of its rows.
            decide: from `harness.studies.decision.page_data`, or {}.
        """
        ...


@runtime_checkable
class PageInFiles(CardPage, Protocol):
    """A page that has files beside it when it would be too large."""

    @property
    def beside(self) -> str:
        """The folder of these files."""
        ...

    def files(
        self, table: Table, arms: Mapping[str, Sequence[Record]], decide: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Yield name and text of each file as it is made, the page last; arguments as for `card_page`."""
        ...


class Tracker(Protocol):
    """Copies results to another system; results/ stays the only place that is read."""

    def log(self, folder: Path, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        """Log one experiment; return a line that says where, "" for none.

        Raises:
            StoreError: it cannot be reached or written.
        """
        ...


@dataclass(frozen=True)
class NoTracker:
    """The tracker of a run that asks for none: logs nothing and imports nothing."""

    KEY: ClassVar[str] = "harness.trackers.nowhere.Nowhere"

    def log(self, folder: Path, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        return ""
