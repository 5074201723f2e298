"""Plain data without places of this machine: records and tables are committed and shared.

What lies in the project is named relative to it; of every other absolute path the last name alone is kept.
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
USUAL: Final = frozenset({"home", "root", "tmp", "Users"})
_PART: Final = r"[^\s/'\"`,;:()<>\[\]{}|]+"


def portable(value: Any) -> Any:
    """Return JSON data in which no text names an absolute path of this machine; keys stay as they are."""
    if isinstance(value, str):
        return _relative(value) if "/" in value else value
    if isinstance(value, Mapping):
        return {key: portable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [portable(item) for item in value]
    return value


def _relative(text: str) -> str:
    setting, equals, place = ("", "", text) if text.startswith("/") else text.partition("=")
    if place and not place.strip("/"):
        return text  # a slash alone names nothing of this machine
    if place.startswith("/") and not place.startswith(f"{ROOT}/") and os.path.exists(place):
        return f"{setting}{equals}{Path(place).name}"  # it may hold spaces; a path within a sentence ends at the first
    return _absolute().sub(lambda found: found["name"] or "", text)


@cache
def _absolute() -> re.Pattern[str]:
    """Return what finds the project's own folder, and paths that begin with a folder at the top of this machine.

    Not every slash begins one: "and/or", "https://data/v1" and "/no_think" stay as they are.
    """
    top = "|".join(map(re.escape, sorted(USUAL | {entry.name for entry in os.scandir("/") if entry.is_dir()})))
    begin = r"(?:(?<=//)|(?<![\w./~}-]))"
    return re.compile(rf"{begin}(?:{re.escape(str(ROOT))}/|/(?:{top})/(?:{_PART}/)*(?P<name>{_PART})?)")
