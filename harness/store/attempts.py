"""What earlier, unfinished attempts at an artifact left in its folder: their number and the time they took."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

STARTED: Final = "started.json"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at making an artifact."""

    number: int
    """from 1"""
    earlier_seconds: float
    """that the tries before it took"""


def begin(folder: Path, spec: Any) -> Attempt:
    """Return the attempt that begins now, and leave word of it for the next one.

    Args:
        folder: in which the artifact is made.
        spec: of the artifact, as JSON data: it tells what was tried even if it never ends.

    Raises:
        OSError: the folder cannot be written.
    """
    attempt = _next(folder)
    entry = {"earlier": attempt.earlier_seconds, "at": time.time(), "attempts": attempt.number, "spec": spec}
    (folder / STARTED).write_text(json.dumps(entry), encoding="utf-8")
    return attempt


def end(folder: Path) -> None:
    """Take the word away: the artifact is made."""
    (folder / STARTED).unlink()


def unfinished(folder: Path) -> tuple[Mapping[str, Any], float] | None:
    """Return what the attempts in this folder were to make, and the seconds they took; None where nothing tells."""
    try:
        entry = _word(folder)
        return dict(entry["spec"]), _seconds(entry, folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _next(folder: Path) -> Attempt:
    if not (folder / STARTED).is_file():
        return Attempt(1, 0.0)
    try:
        entry = _word(folder)
        return Attempt(int(entry.get("attempts", 1)) + 1, _seconds(entry, folder))
    except (OSError, ValueError, KeyError, TypeError):
        return Attempt(1, 0.0)


def _word(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / STARTED).read_text(encoding="utf-8")))


def _seconds(entry: Mapping[str, Any], folder: Path) -> float:
    """Work that a killed process did counts: from its start to the last file it wrote."""
    last = max(path.stat().st_mtime for path in folder.rglob("*") if path.is_file())
    return float(entry["earlier"]) + max(0.0, last - float(entry["at"]))
