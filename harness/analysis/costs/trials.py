"""Which of the trainings and indexes that the store holds besides were trials for an arm's sake.

The arms of one kind share them: whoever tried ranks for a closed-book adapter tried them for qlora and for hybrid.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from harness.analysis.costs.making import IN_PLACE
from harness.analysis.costs.usage import Usage
from harness.store.trials import ADAPTER, training_of
from harness.types import Record, Trial

SEARCHED: Final = frozenset({"index", "lexical"})
"""what an arm has that looks for its passages; the controls draw them, or are given them"""


def tried(used: Usage, record: Record, found: Sequence[Trial]) -> Usage:
    """Return what an arm used with what was tried for it.

    Args:
        used: without trials.
        record: of the arm; one without resources tells of no kind, and has no trials.
        found: trainings and indexes that no arm of the table uses.
    """
    kinds = _kinds(record)
    return replace(used, trials=tuple(one for one in found if one.kind in kinds))


def _kinds(record: Record) -> set[str]:
    """The kinds of what was tried: all steps of an index for an arm that searches, adapters trained as its own was."""
    made = {one.kind for one in record.resources}
    kinds = set(IN_PLACE) if made & SEARCHED else set()
    if ADAPTER in made:
        kinds.add(training_of(record.spec.get("cell", {}).get("answers", {}).get("adapter") or {}))
    return kinds
