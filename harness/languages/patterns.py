"""What declining looks like in each language, read from the yaml files beside this one.

A new language is a new file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from harness.errors import ConfigError

FOLDER: Final = Path(__file__).parent
PART: Final = re.compile(r"%(\w+)%")


@dataclass(frozen=True)
class Patterns:
    """One kind of pattern for all languages together, as one expression each."""

    declining: re.Pattern[str]
    filler: re.Pattern[str]
    lead_in: re.Pattern[str]


@cache
def languages() -> Mapping[str, str]:
    """Return the languages that have patterns: code -> name."""
    return {code: str(content["language"]) for code, content in _files().items()}


@cache
def patterns() -> Patterns:
    """Return the patterns of all languages: an answer's language need not be known.

    Raises:
        ConfigError: a pattern is no regular expression, or names a part that is not there.
    """
    return Patterns(*(_one_of(kind) for kind in ("declining", "filler", "lead_in")))


@cache
def _files() -> Mapping[str, Mapping[str, Any]]:
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("??.yaml"))}


def _one_of(kind: str) -> re.Pattern[str]:
    found = [one for code, content in _files().items() for one in _written_out(code, kind, content)]
    return re.compile("|".join(f"(?:{pattern})" for pattern in found))


def _written_out(code: str, kind: str, content: Mapping[str, Any]) -> Sequence[str]:
    parts = content.get("parts", {})
    try:
        whole = [PART.sub(lambda name: parts[name[1]], pattern) for pattern in content[kind]]
        for pattern in whole:
            re.compile(pattern)
    except (KeyError, re.error) as error:
        raise ConfigError(f"{FOLDER / code}.yaml: {kind}: {error}; a pattern is a regular expression") from error
    return whole
