"""Scores as JSON: a number where there is nothing else to say, else a list of value, reason, note and details."""

import dataclasses
import json
from typing import Any

from harness.types import Score


def written(score: Score) -> float | list[Any] | None:
    """Return what a record holds of a score."""
    if score.details:
        return [score.value, score.reason, score.note, dict(score.details)]
    if score.note:
        return [score.value, score.reason, score.note]
    return [score.value, score.reason] if score.reason else score.value


def read(example_id: str, metric: str, value: Any, form: int) -> Score:
    """Return the score that `written` was given, or an older version (format `form` of records) wrote."""
    if not isinstance(value, list):
        return Score(example_id, metric, value)
    score = Score(example_id, metric, *value)
    details = _details(score.note) if form == 1 else {}
    return dataclasses.replace(score, note="", details=details) if details else score


def _details(note: str) -> dict[str, float]:
    """The details that format 1 wrote as JSON into a note; {} for a note in words."""
    try:
        details = json.loads(note) if note.startswith("{") else {}
    except ValueError:
        return {}
    return dict(details)
