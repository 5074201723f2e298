"""Arms by what they are made of, so that a claim speaks of retrieval and tuning and not of names in a folder."""

from collections.abc import Mapping, Sequence
from typing import Final

from harness.analysis.roles import Role

ROLES: Final[Mapping[str, Role]] = {
    "base": Role(),
    "few_shot": Role(few_shot=True),
    "rag": Role(retrieves=True),
    "long_context": Role(retrieves=True, whole_base=True),
    "qlora": Role(adapted=True),
    "hybrid": Role(retrieves=True, adapted=True),
    "raft": Role(retrieves=True, adapted=True, trained_on_passages=True),
}
"""word of a claim -> what such an arm is made of; the words are the names of the shipped arms"""
BEST_OF: Final = "best of "


def arm_named(word: str, roles: Mapping[str, Role]) -> str | None:
    """Return the arm that a word stands for; None where no such arm was run.

    Args:
        word: of ROLES, or the name of an arm. The arm of that very name is taken where there are several of its role.
        roles: arm -> what it is made of, in the order of a table's rows.
    """
    wanted = ROLES.get(word)
    if wanted is None or roles.get(word) == wanted:
        return word if word in roles else None
    return next((arm for arm, role in roles.items() if role == wanted), None)


def words_of(arm: str) -> Sequence[str]:
    """Return the words of an arm of a claim: of "best of rag, few_shot" two."""
    return [word.strip() for word in arm.removeprefix(BEST_OF).split(",")]


def column_named(word: str, roles: Mapping[str, Role]) -> str:
    """Return a text of a table, with the name of the arm where it stands for one."""
    return (arm_named(word, roles) or word) if word in ROLES else word
