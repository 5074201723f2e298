"""Components that were told something which is no part of what they are."""

import copy
from typing import Any, TypeVar

Told = TypeVar("Told")


def told(component: Told, **facts: Any) -> Told:
    """Return a copy of a frozen component with other values of these attributes.

    A class variable is no part of a specification: facts of the task, told this way, change no key.
    """
    same = copy.copy(component)
    for name, fact in facts.items():
        object.__setattr__(same, name, fact)
    return same
