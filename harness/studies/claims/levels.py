"""Levels of a study by what they are known by."""

from collections.abc import Mapping
from typing import Final

from harness.studies.data import StudyData
from harness.studies.intervention import Value

SMALLEST, LARGEST = "smallest", "largest"
PICKING: Final = {SMALLEST: min, LARGEST: max}
"""words that stand for a number: the smallest above 0, and the largest, that a level with the other settings has"""


def level_named(data: StudyData, settings: Mapping[str, Value]) -> str | None:
    """Return the first level that has these settings among its own; None without one.

    Args:
        data: of a study, or of an experiment, whose only level has no settings.
        settings: name -> value, compared as texts; smallest and largest are words of PICKING.
    """
    fixed = {key: value for key, value in settings.items() if value not in PICKING}
    fitting = [level for level in data.levels if _has(data.settings(level), fixed)]
    for key, word in settings.items():
        if word in PICKING:
            sizes = {level: size for level in fitting if (size := _size(data.settings(level).get(key))) is not None}
            chosen = PICKING[str(word)](sizes.values(), default=None)
            fitting = [level for level in fitting if sizes.get(level) == chosen] if chosen is not None else []
    return next(iter(fitting), None)


def _has(own: Mapping[str, Value], wanted: Mapping[str, Value]) -> bool:
    return all(key in own and str(own[key]) == str(value) for key, value in wanted.items())


def _size(value: Value | None) -> float | None:
    """Return a number above 0; None for words and for nothing."""
    try:
        size = float(value) if value is not None else 0.0
    except ValueError:
        return None
    return size if size > 0 else None
