"""What an arm is made of, by its record: the order of a table and the factorial follow from it and not from names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.types import Record

CONTROL_RETRIEVERS: Final = "pipelines.rag.controls."
"""how the class names of the retrievers begin that search nothing: oracle and random passages"""


@dataclass(frozen=True, slots=True)
class Role:
    """The parts of one arm. Roles sort from the simplest to the most complex, controls last."""

    retrieves: bool = False
    """its model is shown passages"""
    adapted: bool = False
    """its model has an adapter, wherever it was trained"""
    trained_on_passages: bool = False
    """the adapter saw retrieved passages in training"""
    control: bool = False
    """never timed, and never a choice in use: its passages are the right ones, or random ones"""
    few_shot: bool = False
    """its model is shown training pairs, which are no evidence; then `retrieves` is False"""
    whole_base: bool = False
    """it searches nothing: its passages are the whole knowledge base, or as much of it as the window holds"""

    @property
    def plain(self) -> bool:
        """True for the bare model: instruction and input alone, and no adapter."""
        return not (self.shown or self.adapted or self.control)

    @property
    def shown(self) -> bool:
        """True where prompts hold passages or pairs."""
        return self.retrieves or self.few_shot

    @property
    def rank(self) -> tuple[bool, ...]:
        """The key to sort by: bare model, few-shot, retriever, long context, adapters in that order, controls."""
        kind = (self.retrieves, self.few_shot, self.whole_base)
        return self.control, self.trained_on_passages, self.adapted, *kind


BARE: Final = Role()
"""neither retriever nor adapter"""


def role_of(record: Record) -> Role:
    """Return the role of a record's arm.

    Newer records hold it as the fact `role`. For older ones it is read from the specification of a composed arm, and
    for an arm of a class of your own from what its preparation noted: the facts `retrieves` and `training`.
    """
    facts = record.facts
    if "role" in facts:
        return Role(**facts["role"])
    arm = parts_of(record)
    retriever = arm.get("retriever") or {}
    return Role(
        retrieves=bool(retriever or facts.get("retrieves", facts.get("retrieval"))),
        adapted=bool(arm.get("adapter")) or "training" in facts,
        trained_on_passages=arm.get("training_passages") is not None,
        control=str(retriever.get("class", "")).startswith(CONTROL_RETRIEVERS),
    )


def parts_of(record: Record) -> Mapping[str, Any]:
    """Return the specification of a composed arm, part by part; empty for an arm of a class of your own."""
    composed = record.spec.get("cell", {}).get("answers", {}).get("arm")
    return composed if isinstance(composed, Mapping) else {}


def ordered_roles(arms: Mapping[str, Sequence[Record]]) -> dict[str, Role]:
    """Return arm -> role, in the order of a table's rows: by role, arms of one role by name."""
    roles = {arm: role_of(records[0]) for arm, records in arms.items()}
    return dict(sorted(roles.items(), key=lambda item: (item[1].rank, item[0])))


def reference_arm(roles: Mapping[str, Role]) -> str | None:
    """Return the arm that all others are compared with: the first bare model in the order; None without one."""
    return next((arm for arm, role in roles.items() if role.plain), None)
