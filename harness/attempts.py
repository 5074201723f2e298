"""What earlier, unfinished attempts at an artifact left in its folder: their number and the time they took."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STARTED: Final = "started.json"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at making an artifact."""

    number: int
    """from 1"""
    earlier_seconds: float
    """that the tries before it took"""


def begin(folder: Path) -> Attempt:
    """Return the attempt that begins now, and leave word of it for the next one.

    Raises:
        OSError: the folder cannot be written.
    """
    attempt = _next(folder)
    entry = {"earlier": attempt.earlier_seconds, "at": time.time(), "attempts": attempt.number}
    (folder / STARTED).write_text(json.dumps(entry), encoding="utf-8")
    return attempt


def end(folder: Path) -> None:
    """Take the word away: the artifact is made."""
    (folder / STARTED).unlink()


def _next(folder: Path) -> Attempt:
    """Work that a killed process did counts: from its start to the last file it wrote."""
    started = folder / STARTED
    if not started.is_file():
        return Attempt(1, 0.0)
    try:
        entry = json.loads(started.read_text(encoding="utf-8"))
        last = max(path.stat().st_mtime for path in folder.rglob("*") if path.is_file())
        seconds = float(entry["earlier"]) + max(0.0, last - float(entry["at"]))
        return Attempt(int(entry.get("attempts", 1)) + 1, seconds)
    except (OSError, ValueError, KeyError, TypeError):
        return Attempt(1, 0.0)
