"""The exception tree. Every message gives the key or path, what was got and what would be right.

CutleryError            anything that a user can correct; shown without a traceback
├── ConfigError         a yaml value or an override is wrong
├── DataError           a task file is missing, unreadable or inconsistent
├── StoreError          an artifact cannot be written, read or trusted
├── ArmError            an arm could not be prepared, or a guard refused it
├── JudgeError          a judge cannot be reached or used
└── MetricError         a metric fails its known answers
"""

from collections.abc import Sequence


class CutleryError(Exception):
    """Something the user can correct; the command line and notebooks show it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class ConfigError(CutleryError):
    """A configuration value is wrong; the message names the key, the value and what would be right."""


class DataError(CutleryError):
    """Task data is missing, unreadable or inconsistent; the message names file and line."""


class StoreError(CutleryError):
    """An artifact cannot be written, read or trusted."""


class ArmError(CutleryError):
    """An arm cannot be prepared, or a guard refused its cell."""


class JudgeError(CutleryError):
    """A judge cannot be reached or used at all (single failures become unjudged scores)."""


class MetricError(CutleryError):
    """A metric fails its known answers; nothing is scored with it."""


def joined(kind: type[CutleryError], headline: str, problems: Sequence[str]) -> CutleryError:
    """One error that lists all problems, so that a user can correct them in one go.

    Args:
        kind: the class to make.
        headline: what was being checked, without a final colon.
        problems: one line each.
    """
    if len(problems) == 1:
        return kind(f"{headline}: {problems[0]}")
    lines = "\n".join(f"  - {problem}" for problem in problems)
    return kind(f"{headline}: {len(problems)} problems\n{lines}")
