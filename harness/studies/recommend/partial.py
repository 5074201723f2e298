"""A study of some arms alone: which arms a criterion reads of it, and which its controls cannot do without.

Arms that can no longer be the best need not be asked. What a study's controls look at must be asked all the same, or
nothing of the study counts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from harness.analysis.roles import Role
from harness.studies.control_needs import Asked, needs_of
from harness.studies.decision.study_readings import StudyFigure, StudyMean, has_settings
from harness.studies.intervention import Condition
from harness.studies.study import Study


def with_needed(
    arms: Collection[str], study: Study, asked: Asked, roles: Mapping[str, Role], seconds: Mapping[str, float]
) -> frozenset[str]:
    """Return these arms, and for each thing that a control looks at and that none of them shows the cheapest that does.

    Args:
        arms: that are to be asked.
        study: with its budget.
        asked: which of all arms are asked under each of its conditions.
        roles: of all arms that it can ask.
        seconds: that each of them takes.
    """
    found, conditions = set(arms), study.conditions()
    for need in (need for control in study.controls for need in needs_of(control, conditions)):
        able = need.met_by(asked, roles)
        if able and not found & set(able):
            found.add(min(able, key=lambda arm: seconds.get(arm, 0.0)))
    return frozenset(found)


def read_of(readings: Iterable[Any], study: str, conditions: Sequence[Condition]) -> frozenset[str] | None:
    """Return the arms that a criterion reads of a study; None for all that it asks, an empty set where it reads none.

    Args:
        readings: of the criterion.
        study: its name.
        conditions: that it has with its budget.
    """
    own = [one for one in readings if isinstance(one, StudyMean | StudyFigure) and one.study == study]
    found = [_asked_under(_wanted(one), conditions) for one in own]
    if any(arms is None for arms in found):
        return None
    return frozenset().union(*(arms for arms in found if arms is not None))


def _wanted(reading: StudyMean | StudyFigure) -> list[Mapping[str, Any]]:
    minus = reading.minus if isinstance(reading, StudyMean) else {}
    return [reading.where, *([minus] if minus else [])]


def _asked_under(wanted: Sequence[Mapping[str, Any]], conditions: Sequence[Condition]) -> frozenset[str] | None:
    """Return the arms that are asked under all of the wanted settings; None for all arms."""
    found: list[frozenset[str] | None] = []
    for where in wanted:
        matching = [one for one in conditions if has_settings(one.settings, where)]
        whole = any(not one.arms for one in matching)
        found.append(None if whole else frozenset(arm for one in matching for arm in one.arms))
    limited = [arms for arms in found if arms is not None]
    return frozenset.intersection(*limited) if limited else None
