"""What a control looks at: the conditions, and the kinds of arms, without which it fails whatever the answers are.

Known before anything is run: a plan says which control could not be answered, and `make recommend` adds the arms.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from harness.analysis.numbers import listed
from harness.analysis.roles import Role
from harness.studies.intervention import Condition, Value

ArmKind = Literal["any", "plain", "retrieves", "adapted"]
"""attribute of a role that an arm must have; any: every arm will do"""
KINDS: Final[tuple[ArmKind, ...]] = ("plain", "retrieves", "adapted")
WHO: Final[Mapping[ArmKind, str]] = {
    "any": "an arm",
    "plain": "the bare model (base)",
    "retrieves": "an arm that retrieves (rag)",
    "adapted": "a trained arm (qlora)",
}
Asked = Mapping[str, Collection[str]]
"""name of a condition -> arms that are asked under it"""


@dataclass(frozen=True, slots=True)
class ControlNeed:
    """One arm that must be asked under several conditions."""

    kind: ArmKind
    under: tuple[tuple[str, ...], ...]
    """names of conditions: of each group at least one; an empty group cannot be met, as there is no such condition"""

    def met_by(self, asked: Asked, roles: Mapping[str, Role]) -> list[str]:
        """Return the arms that are asked as it needs.

        Args:
            asked: of the study.
            roles: arm -> what it is made of, of those that are looked at.
        """
        return [arm for arm, role in roles.items() if self._fits(role) and self._all(asked, arm)]

    def _fits(self, role: Role) -> bool:
        return self.kind == "any" or (getattr(role, self.kind) and not role.control)

    def _all(self, asked: Asked, arm: str) -> bool:
        return all(any(arm in asked.get(name, ()) for name in group) for group in self.under)


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """A control that would fail, and why."""

    control: str
    """its title"""
    need: ControlNeed
    text: str
    """in a sentence"""


def needs_of(control: Any, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
    """Return what a control needs; of one that does not say an arm of each kind, under whatever condition."""
    if hasattr(control, "needs"):
        own: Sequence[ControlNeed] = control.needs(conditions)
        return own
    return [ControlNeed(kind, (tuple(one.name for one in conditions),)) for kind in KINDS]


def unmet_needs(
    controls: Sequence[Any], conditions: Sequence[Condition], asked: Asked, roles: Mapping[str, Role]
) -> Iterator[UnmetNeed]:
    """Yield what controls need and would not get.

    Args:
        controls: of a study.
        conditions: all that it has with its budget.
        asked: which arms would be asked.
        roles: of the arms that would be asked.
    """
    for control in controls:
        title = getattr(control, "title", type(control).__name__)
        for need in needs_of(control, conditions):
            if not need.met_by(asked, roles):
                yield UnmetNeed(title, need, f"{title}: {_said(need, conditions)}")


def under(conditions: Sequence[Condition], *wanted: Mapping[str, Value]) -> tuple[tuple[str, ...], ...]:
    """Return for each of these settings the conditions of the first level that has them, over its draws."""
    return tuple(_first_level(conditions, settings) for settings in wanted)


def _first_level(conditions: Sequence[Condition], settings: Mapping[str, Value]) -> tuple[str, ...]:
    level = next((one.level for one in conditions if settings.items() <= one.settings.items()), None)
    return tuple(one.name for one in conditions if one.level == level)


def _said(need: ControlNeed, conditions: Sequence[Condition]) -> str:
    if not all(need.under):
        return "no condition of this budget is what it looks at"
    names = " and ".join(group[0] + (" or another" if len(group) > 1 else "") for group in need.under)
    return f"{_who(need, conditions)} must be asked under {names}, and none is"


def _who(need: ControlNeed, conditions: Sequence[Condition]) -> str:
    """Return the arms that alone are asked where it looks, or what they must be."""
    arms_of = {one.name: one.arms for one in conditions}
    limited = [
        [arm for name in group for arm in arms_of[name]]
        for group in need.under
        if all(arms_of.get(name) for name in group)
    ]
    named = [arm for arm in dict.fromkeys(limited[0]) if all(arm in own for own in limited)] if limited else []
    if not named or (need.kind != "any" and len(named) > 1):
        return WHO[need.kind] + (f", of {listed(named, 'or')}," if named else "")
    return listed(named, "or")
