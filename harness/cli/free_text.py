"""Text on the command line arrives as it was typed.

Hydra reads commas, colons, brackets and quotes as its own, and 5, null or true as no text. An instruction is text all
the same, and so is the name of a folder: what Hydra would take for something else is put into the quotes that it
leaves alone. What is quoted already, and a sweep that names its values in quotes, stays. Of a list, such as one of
columns, each name is put into quotes where it needs them.
"""

import logging
import re
import shlex
from collections.abc import Sequence
from typing import Any, Final

log = logging.getLogger(__name__)

TEXTS: Final = ("instruction", "passages_heading", "input_heading", "query_prefix", "document_prefix", "refusal")
"""last parts of the keys that take any text; a comma in one is no sweep"""
NAMES: Final = re.compile(
    r"\A(?:results|store|task\.id|task\.splits\.\w+"
    r"|.*\.(?:dir|name|path|documents_file|revision|(?:documents_)?sheet|(?:options|answers)_between))"
)
"""keys of folders, files, sheets, names and signs; without text they are null, and several of them are a sweep"""
COLUMNS: Final = re.compile(r"\A(?:.+\.)?(?:document_)?columns\.\w+")
"""keys of lists of columns, whose names may be numbers"""
_OVERRIDE: Final = re.compile(r"\A(?P<key>\+{0,2}[\w./@-]+)=(?P<value>.+)", re.DOTALL)
_QUOTES: Final = "\"'"
SWEEPING: Final = frozenset({"-m", "--multirun", "hydra.mode=MULTIRUN"})


def as_text(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a command line, with text put into quotes where Hydra needs them."""
    sweeping = not SWEEPING.isdisjoint(arguments)
    return [_as_text(line, sweeping) for line in arguments]


def quoted(text: str) -> str:
    """Return text in double quotes, in which Hydra reads nothing but interpolations; a backslash counts at quotes."""
    escaped = re.sub(r'(\\*)"', lambda found: found[1] * 2 + '\\"', text)
    return '"{}"'.format(re.sub(r"\\+$", lambda found: found[0] * 2, escaped))


def how_to_quote(key: str, value: str) -> str:
    """Return how a shell and Hydra are told a value with characters that Hydra reads as its own."""
    bare = value.strip(f"{_QUOTES} ")
    names = _elements(bare) or ([bare] if COLUMNS.fullmatch(key.lstrip("+")) else [])
    written = f"[{','.join(quoted(name.strip(_QUOTES)) for name in names)}]" if names else quoted(bare)
    return f"Text with special characters is set in two pairs of quotes: {shlex.quote(f'{key}={written}')}"


def as_list(key: str, value: str) -> str:
    """Return the override that sets a list where a text was given for it, in quotes where the shell needs them."""
    names = _elements(value) or [quoted(value) if re.search(r"""[][,(){}"':]""", value) else value]
    line = f"{key}=[{','.join(names)}]"
    return line if re.fullmatch(r"[\w.=,[\]-]+", line) else shlex.quote(line)


def _as_list(key: str, value: str) -> str:
    """Return an override with a list in which names have quotes where Hydra needs them; "" if it needs none."""
    names = _elements(value)
    needs = [name for name in names if not _is_text(f"x={name}", name)]
    if not needs or not (COLUMNS.fullmatch(key.lstrip("+")) or _read(f"{key}={value}") is None):
        return ""
    return f"{key}=[{','.join(quoted(name) if name in needs else name for name in names)}]"


def _elements(value: str) -> list[str]:
    """Return the elements of a list in brackets; none where it is no list, or holds lists and mappings.

    A comma inside of quotes or brackets parts nothing.
    """
    if not (value.startswith("[") and value.endswith("]")):
        return []
    names, depth, mark = [""], 0, ""
    for character in value[1:-1]:
        if mark or (character in _QUOTES and not names[-1].strip()):
            mark = "" if character == mark else mark or character
        else:
            depth += (character in "([") - (character in ")]")
        if depth < 0:
            return []
        names = [*names, ""] if character == "," and not mark and not depth else [*names[:-1], names[-1] + character]
    bare = [name.strip() for name in names]
    return bare if not mark and not depth and all(name and name[0] not in "[{" for name in bare) else []


def _as_text(line: str, sweeping: bool) -> str:
    parts = _OVERRIDE.fullmatch(line)
    if parts is None:
        return line
    key, value = parts["key"], parts["value"]
    plain = key.lstrip("+")
    if value.startswith("[") and (written := _as_list(key, value)):
        return written
    if plain.rpartition(".")[2] in TEXTS and "." in plain:
        keep = _is_text(line, value) or (sweeping and _sweeps_quoted(line))
        if not keep and sweeping and "," in value:
            log.warning("%s is one text, commas and all; the values of a sweep have quotes of their own", key)
    else:
        keep = NAMES.fullmatch(plain) is None or not _is_name(line, sweeping)
    return line if keep else f"{key}={quoted(value)}"


def _is_text(line: str, value: str) -> bool:
    """Whether Hydra reads this very text, or what the user has put into quotes."""
    from hydra.core.override_parser.types import QuotedString

    read = _read(line)
    return read is not None and (isinstance(read._value, QuotedString) or read._value == value)


def _sweeps_quoted(line: str) -> bool:
    """Whether the values of a sweep are told apart by quotes, or by a function of Hydra's."""
    from hydra.core.override_parser.types import ChoiceSweep, QuotedString

    read = _read(line)
    if read is None or not read.is_sweep_override():
        return False
    choices = read._value
    simple = isinstance(choices, ChoiceSweep) and choices.simple_form
    return not simple or all(isinstance(one, QuotedString) for one in choices.list)


def _is_name(line: str, sweeping: bool) -> bool:
    """Whether Hydra would take a name for a number, for a sweep that nobody asked for, or not at all."""
    read = _read(line)
    if read is None:
        return True
    return isinstance(read._value, bool | int | float) or (read.is_sweep_override() and not sweeping)


def _read(line: str) -> Any:
    """Return what Hydra reads in a line; None where it finds no sense in it."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(line)
    except HydraException:
        return None
