"""Audit of figures: do the numbers of the references stand in their evidence?

Documents that were anonymised, torn apart by an export or taken from another year read well and hold none of the
answers. Where references have figures that their inputs do not have, some must stand in the evidence that the rows
name; in sound data of every kind that was tried they do in more than half of the rows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from harness.audits import AuditResult
from harness.tasks.loaded import limited
from harness.tasks.overlap import LONGEST, SHOWN
from harness.tasks.task import Task
from harness.text.quantities import Quantity, quantities, same
from harness.types import SPLITS, THE_INPUT, Document, Example

VERSION: Final = 2
ASKED: Final = 300
"""rows of a split that are looked up"""
FEWEST: Final = 20
"""rows with figures; with fewer nothing is flagged, """
PART: Final = 0.1
"""nor where they are a smaller share of the rows"""
HELD: Final = 0.1
"""share of these rows whose evidence must hold a figure of the reference"""
DIGITS: Final = re.compile(r"\d+")
NUMBERED: Final = re.compile(r"^[ \t]*\(?\d{1,2}[.)][ \t]|\b24/7\b", re.MULTILINE)
"""figures that state nothing: those of a numbered list, and a way to say "always" """


def figures_audit(task: Task) -> Iterator[AuditResult]:
    """Look up the figures of the references of all splits; yield nothing where no evidence is known."""
    documents = {own.id: own for own in task.documents()}
    rows = [row for split in SPLITS for row in limited(task.examples(split), ASKED)]
    known = [row for row in rows if row.evidence and row.answerable and row.references]
    asked = [row for row in known if _own_figures(row)]
    missing = [row for row in asked if not _is_held(row, documents)]
    if not asked:
        return
    few = len(asked) >= max(FEWEST, PART * len(known)) and len(asked) - len(missing) < HELD * len(asked)
    details = {"missing": len(missing), "examples": [_shown(row) for row in missing[:SHOWN]]}
    yield AuditResult("figures", len(asked), "references", _flag(missing, len(asked)) if few else "", details=details)


def _flag(missing: Sequence[Example], of: int) -> str:
    first = missing[0]
    return (
        f"of {of:,} references with figures, {len(missing):,} have none that stands in their evidence ({first.id}: "
        f"{_shown(first)['reference']!r}), so that no arm can find them there: anonymised, torn or outdated documents?"
    )


def _shown(row: Example) -> dict[str, str]:
    return {"id": row.id, "reference": " ".join(row.references[0].split())[:LONGEST]}


def _own_figures(row: Example) -> tuple[Quantity, ...]:
    """Return the quantities of the reference; those that the input asks with are none of the answer."""
    reference = NUMBERED.sub(" ", row.references[0])
    if not DIGITS.search(reference):
        return ()
    given = () if row.evidence == THE_INPUT else _read(row.text)
    return tuple(own for own in _read(reference) if not any(same(own, other) for other in given))


def _is_held(row: Example, documents: Mapping[str, Document]) -> bool:
    named = (documents[name] for name in row.evidence if name in documents)
    texts = [row.text] if row.evidence == THE_INPUT else [f"{own.title}\n{own.text}" for own in named]
    if not texts:  # the evidence is not among the documents, which is told elsewhere
        return True
    given = "" if row.evidence == THE_INPUT else row.text
    wanted = set(DIGITS.findall(NUMBERED.sub(" ", row.references[0]))) - set(DIGITS.findall(given))
    if any(wanted & set(DIGITS.findall(text)) for text in texts):
        return True
    return any(same(own, other) for own in _own_figures(row) for text in texts for other in _read(text))


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[Quantity, ...]:
    return tuple(quantities(text))
