"""Which documents may be searched, by their metadata. Others are really absent: neither cut nor embedded nor counted.

So k passages come back whenever so many are allowed, and words that only forbidden documents use weigh nothing; each
filter has an index of its own, in the store by its documents.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from harness.tasks.columns import near_names
from harness.tasks.complaints import counted
from harness.types import Document
from pipelines.rag.metadata_values import date_of, is_missing, number_of

COMPARED: Final = re.compile(r"(>=|<=|>|<)\s*(.*)", re.DOTALL)
NAMED: Final = 3
"""documents that a remark names"""


class Bound(NamedTuple):
    """One bound of a value: `>=2024-01-01`."""

    sign: str
    limit: str

    def holds(self, value: str) -> bool:
        """Return whether a value keeps the bound: numbers by size, dates by time; a mixture never does."""
        order = _order(value, self.limit)
        return order is not None and order in {">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0)}[self.sign]


def _order(value: str, bound: str) -> int | None:
    """Return whether a value is below (-1), at (0) or above (1) a bound; None if they cannot be compared."""
    number, limit = number_of(value), number_of(bound)
    if number is not None and limit is not None:
        return (number > limit) - (number < limit)
    date, day = date_of(value), date_of(bound)
    if date is None or day is None:
        return None
    if len(date) < len(day) and date == day[: len(date)]:
        return None  # May 2024 is neither before nor after 2024-05-15: some of its days are
    date = date[: len(day)]  # compared as far as the bound goes: 2024-05-01 is not after 2024
    return (date > day) - (date < day)


def allowed(documents: Sequence[Document], allow: Mapping[str, Any] | None) -> Sequence[Document]:
    """Return the documents that a filter leaves.

    Args:
        documents: the knowledge base.
        allow: key -> a value, or a list of which one must be there; bounds (">=2024-01-01", "<10") must all hold. Every
            key must fit, a document without the key does not. None: all.
    """
    if not allow:
        return documents
    rules = {key: _rules(wanted) for key, wanted in allow.items()}
    return [document for document in documents if _fits(document, rules)]


def unreadable(documents: Sequence[Document], allow: Mapping[str, Any] | None) -> Mapping[str, Sequence[str]]:
    """Return, per key with bounds, which documents have a value there that cannot be compared with them.

    Args:
        documents: the knowledge base.
        allow: as `allowed` takes it.

    Returns:
        Key -> the documents' ids, each with its value; keys without such documents are left out.
    """
    found: dict[str, list[str]] = {}
    for key, (_, bounds) in ((key, _rules(wanted)) for key, wanted in (allow or {}).items()):
        for document in documents if bounds else ():
            own = [value for name, value in document.metadata if name == key and not is_missing(value)]
            if own and all(_is_odd(value, bounds) for value in own):
                found.setdefault(key, []).append(f"{document.id} has {own[0]!r}")
    return found


def _is_odd(value: str, bounds: Sequence[Bound]) -> bool:
    return any(_order(value, bound.limit) is None for bound in bounds)


def allow_remarks(documents: Sequence[Document], allow: Mapping[str, Any] | None) -> Sequence[str]:
    """Return how many documents a filter leaves, and which it leaves out since their values cannot be compared."""
    if not allow:
        return []
    left = f"retriever.allow leaves {len(allowed(documents, allow)):,} of {len(documents):,} documents"
    return [left, *allow_cautions(documents, allow)]


def allow_cautions(documents: Sequence[Document], allow: Mapping[str, Any] | None) -> Sequence[str]:
    """Return which documents a filter leaves out since their values cannot be compared with its bounds."""
    lines = []
    for key, odd in unreadable(documents, allow).items():
        some = ", ".join(odd[:NAMED]) + (", …" if len(odd) > NAMED else "")
        have, are = ("has", "is") if len(odd) == 1 else ("have", "are")
        text = f"{counted(len(odd), 'document')} {have} a {key} that cannot be compared with the bound"
        text += f" and {are} left out ({some})"
        lines.append(f"retriever.allow: {text}; dates such as 2024-05-01 are read for sure")
    return lines


def allow_problems(allow: Mapping[str, Any] | None) -> list[str]:
    """Return what is wrong with a filter by itself."""
    return [f"allow.{key}: got {wanted!r}, {want}" for key, wanted in (allow or {}).items() if (want := _fault(wanted))]


def _fault(wanted: Any) -> str:
    values = wanted if isinstance(wanted, list | tuple) else [wanted]
    if not values or any(isinstance(value, list | dict) or value in (None, "") for value in values):
        return "use a value, a list of values, or bounds such as '>=2024-01-01'"
    bounds = [bound.limit for bound in _rules(wanted)[1]]
    sound = all(_order(limit, limit) == 0 for limit in bounds)
    return "" if sound else "use a number or a date such as 2024-05-01 as a bound"


def refusal(documents: Sequence[Document], allow: Mapping[str, Any] | None) -> str:
    """Return why a filter makes no sense for these documents, "" if it does."""
    if not allow or not documents:
        return ""
    values: dict[str, set[str]] = {}
    for document in documents:
        for key, value in document.metadata:
            values.setdefault(key, set()).add(value)
    if unknown := [key for key in allow if key not in values]:
        return f"retriever.allow: no document has metadata {unknown[0]!r}; {_meant(unknown[0], list(values))}"
    seen = "; ".join(f"{key} goes from {min(values[key])!r} to {max(values[key])!r}" for key in allow)
    some = bool(allowed(documents, allow))
    return "" if some else f"retriever.allow: none of {len(documents):,} documents fits {dict(allow)}; {seen}"


def _meant(key: str, known: Sequence[str]) -> str:
    """Return which keys there are, the nearest of them first."""
    near = near_names([key], known)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    there = f"they have {', '.join(known)}" if known else "they have none"
    return f"{meant}{there} (task.document_columns.metadata)"


Rules = tuple[frozenset[str], tuple[Bound, ...]]


def _rules(wanted: Any) -> Rules:
    values = [_text(value) for value in (wanted if isinstance(wanted, list | tuple) else [wanted])]
    bounds = tuple(Bound(*match.groups()) for value in values if (match := COMPARED.fullmatch(value)))
    return frozenset(value for value in values if not COMPARED.fullmatch(value)), bounds


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fits(document: Document, rules: Mapping[str, Rules]) -> bool:
    def fits(key: str, values: frozenset[str], bounds: tuple[Bound, ...]) -> bool:
        own = [value for name, value in document.metadata if name == key and not (bounds and is_missing(value))]
        return any((not values or value in values) and all(bound.holds(value) for bound in bounds) for value in own)

    return all(fits(key, *rule) for key, rule in rules.items())
