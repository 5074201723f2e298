"""What an audit found. An audit looks at one run's own data, artifacts and answers and takes nothing for granted.

It either passes, flags something that a reader must act on ("!" in tables, exit status 1 with `strict=true`), or
refuses the cell by raising an `ArmError`. Records keep what audits found under the fact `audits`; docs/GUARDS.md lists
all of them.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, TypeVar

from harness.types import Record

T = TypeVar("T")

FACT: Final = "audits"
"""Name of the fact that holds them in a record, as plain JSON."""


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What one audit found."""

    name: str
    """one or two words for people, e.g. "replay"; the topic of its note under a table"""
    checked: int
    """how many things it looked at; 0: there was nothing to look at"""
    unit: str
    """what these are, in the plural: "answers", "documents" """
    flag: str = ""
    """what is wrong, its likely cause and what to do, in a sentence; "" when it passed"""
    seconds: float = 0.0
    """wall time"""
    details: Mapping[str, Any] = field(default_factory=dict)
    """figures and examples for the record, plain JSON"""


@contextmanager
def clocked(results: list[AuditResult]) -> Iterator[list[AuditResult]]:
    """Give a list for what an audit finds; what was added gets the seconds that passed and is added to `results`."""
    own: list[AuditResult] = []
    begun = time.perf_counter()
    yield own
    results.extend(replace(result, seconds=time.perf_counter() - begun) for result in own)


def spread(items: Sequence[T], count: int) -> list[T]:
    """Return at most `count` evenly spaced items, the same each time: what an audit samples."""
    taken = min(count, len(items))
    return [items[at * len(items) // taken] for at in range(taken)]


def as_facts(results: Sequence[AuditResult]) -> list[dict[str, Any]]:
    """Return the results as records keep them."""
    return [{**asdict(result), "details": dict(result.details)} for result in results]


def of_record(record: Record) -> tuple[AuditResult, ...]:
    """Return what the audits behind a record found; none for older records."""
    known = {each.name for each in fields(AuditResult)}  # a newer version may keep more
    return tuple(
        AuditResult(**{name: value for name, value in fact.items() if name in known})
        for fact in record.facts.get(FACT, ())
    )
