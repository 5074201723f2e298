"""The patterns of refusals in each language, read from languages/*.yaml. A new language is a new file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from harness.errors import ConfigError

FOLDER: Final = Path(__file__).parent / "languages"
NOTHING: Final = r"(?!)"
"""matches nowhere"""
PART: Final = re.compile(r"%(\w+)%")


@dataclass(frozen=True)
class Patterns:
    """The patterns of some languages together, one expression for each kind."""

    declining: re.Pattern[str]
    """a clause that holds this refuses"""
    filler: re.Pattern[str]
    """a clause that holds this states nothing"""
    lead_in: re.Pattern[str]
    """how a refusing clause may begin, before a comma"""
    closing: re.Pattern[str]
    """a clause that holds this states nothing after a refusal: a farewell, a signature"""
    stating: re.Pattern[str]
    """words that make even a short exclamation a statement"""
    telling: re.Pattern[str]
    """announces a statement: only what follows counts"""
    framing: re.Pattern[str]
    """begins or ends a clause and only gives the source of a statement"""
    only: re.Pattern[str]
    """negations that negate nothing ("not only")"""
    others: re.Pattern[str]
    """a clause that holds this reports what others said, knew or heard"""


@cache
def languages() -> Mapping[str, str]:
    """Return the languages that have patterns: code -> name."""
    return {code: str(content["language"]) for code, content in _files().items()}


def patterns(text: str) -> Patterns:
    """Return the patterns of all languages that `text`, in lower case, may be in by its characters.

    Raises:
        ConfigError: a pattern is not a regular expression, or names an unknown part.
    """
    return _patterns(tuple(code for code, written in _characters().items() if written.search(text)))


@cache
def _patterns(codes: tuple[str, ...]) -> Patterns:
    return Patterns(*(_one_of(field.name, codes) for field in fields(Patterns)))


@cache
def _characters() -> Mapping[str, re.Pattern[str]]:
    return {code: re.compile(str(content["characters"])) for code, content in _files().items()}


@cache
def variants() -> Mapping[int, str]:
    """Return variants of characters that the patterns do not use, as a table for str.translate."""
    pairs = [pair for content in _files().values() for line in content.get("variants", ()) for pair in _pairs(line)]
    return {ord(written): known for written, known in pairs}


@cache
def _files() -> Mapping[str, Mapping[str, Any]]:
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("??.yaml"))}


def _pairs(line: str) -> list[tuple[str, str]]:
    return list(zip(line[::2], line[1::2], strict=True))


def _one_of(kind: str, codes: tuple[str, ...]) -> re.Pattern[str]:
    written = [pattern for code in codes for pattern in _written_out(code, kind, _files()[code])]
    return re.compile("|".join(f"(?:{pattern})" for pattern in written) or NOTHING)


def _written_out(code: str, kind: str, content: Mapping[str, Any]) -> Sequence[str]:
    parts: dict[str, str] = {}
    try:
        for name, part in content.get("parts", {}).items():
            parts[name] = _filled_in(part, parts)
        whole = [_filled_in(pattern, parts) for pattern in content[kind]]
        for pattern in whole:
            re.compile(pattern)
    except (KeyError, re.error) as error:
        raise ConfigError(f"{FOLDER / code}.yaml: {kind}: {error}; a pattern is a regular expression") from error
    return whole


def _filled_in(pattern: str, parts: Mapping[str, str]) -> str:
    return PART.sub(lambda name: parts[name[1]], pattern)
