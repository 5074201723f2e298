"""Guards of a comparison, from its records alone. A new one is a function in a file here and a line below.

A guard flags what a reader must act on; it refuses a record only where its own numbers cannot be right.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.adapters import adapter_guards, foreign_adapters
from harness.analysis.guards.answers import answer_guards
from harness.analysis.guards.bounds import bound_guards
from harness.analysis.guards.code import code_guards
from harness.analysis.guards.engines import other_engines
from harness.analysis.guards.prompts import prompt_guards, unread_passages
from harness.analysis.guards.questions import other_questions
from harness.analysis.guards.retrieval import retrieval_guards
from harness.analysis.guards.scores import score_guards
from harness.analysis.guards.seeds import seed_guards
from harness.analysis.guards.shortened import shortening_guards
from harness.analysis.guards.twins import twin_guards
from harness.analysis.result import Note
from harness.analysis.selection import SelectedRecords
from harness.errors import DataError
from harness.store.records.last_run import Refusal

REFUSING: Final[tuple[Callable[[SelectedRecords], Iterable[Refusal]], ...]] = (
    other_questions,
    other_engines,
    foreign_adapters,
    unread_passages,
)
FLAGGING: Final[tuple[Callable[[ComparisonData], Iterable[Note]], ...]] = (
    twin_guards,
    prompt_guards,
    retrieval_guards,
    adapter_guards,
    seed_guards,
    answer_guards,
    score_guards,
    bound_guards,
    code_guards,
    shortening_guards,
)


def sound(chosen: SelectedRecords) -> SelectedRecords:
    """Return the records without those that cannot be right; these are named among the refused.

    Raises:
        DataError: none is left.
    """
    refused: dict[int, Refusal] = {}
    by_cell = {record.cell: record for group in chosen.arms.values() for record in group}
    for refuse in REFUSING:
        for one in refuse(chosen):
            refused.setdefault(id(by_cell[one.cell]), one)
    if not refused:
        return chosen
    kept = {arm: tuple(one for one in group if id(one) not in refused) for arm, group in chosen.arms.items()}
    if not any(kept.values()):
        reasons = "; ".join(f"{one.cell.arm}, seed {one.cell.seed}: {one.reason}" for one in refused.values())
        raise DataError(f"no record to make a table of ({reasons})")
    arms = {arm: group for arm, group in kept.items() if group}
    return replace(chosen, arms=arms, refused=(*chosen.refused, *refused.values()))


def flags(source: ComparisonData) -> tuple[Note, ...]:
    """Return what the guards say of a comparison."""
    return tuple(dict.fromkeys(note for guard in FLAGGING for note in guard(source)))
