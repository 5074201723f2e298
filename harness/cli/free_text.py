"""Text on the command line arrives as it was typed.

Hydra reads commas, colons, brackets and quotes as its own, and 5, null or true as no text. An instruction is text all
the same, and so is the name of a folder: what Hydra would take for something else is put into the quotes that it
leaves alone. What is quoted already, and a sweep that names its values in quotes, stays.
"""

import logging
import re
from collections.abc import Sequence
from typing import Any, Final

log = logging.getLogger(__name__)

TEXTS: Final = ("instruction", "passages_heading", "input_heading", "query_prefix", "document_prefix", "refusal")
"""last parts of the keys that take any text; a comma in one is no sweep"""
NAMES: Final = re.compile(
    r"\A(?:results|store|task\.id|task\.splits\.\w+|.*\.(?:dir|name|path|documents_file|revision))"
)
"""keys of folders, files and names; without text they are null, and several of them are a sweep"""
_OVERRIDE: Final = re.compile(r"\A(?P<key>\+{0,2}[\w./@-]+)=(?P<value>.+)", re.DOTALL)
SWEEPING: Final = frozenset({"-m", "--multirun", "hydra.mode=MULTIRUN"})


def as_text(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a command line, with text put into quotes where Hydra needs them."""
    sweeping = not SWEEPING.isdisjoint(arguments)
    return [_as_text(line, sweeping) for line in arguments]


def quoted(text: str) -> str:
    """Return text in double quotes, in which Hydra reads nothing but interpolations; a backslash counts at quotes."""
    escaped = re.sub(r'(\\*)"', lambda found: found[1] * 2 + '\\"', text)
    return '"{}"'.format(re.sub(r"\\+$", lambda found: found[0] * 2, escaped))


def _as_text(line: str, sweeping: bool) -> str:
    parts = _OVERRIDE.fullmatch(line)
    if parts is None:
        return line
    key, value = parts["key"], parts["value"]
    plain = key.lstrip("+")
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
