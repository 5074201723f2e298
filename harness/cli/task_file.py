"""The file of a task that `make init` writes: its name, and whether it may be written over."""

import re
from pathlib import Path
from typing import Final

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from harness.cli.folders import RESERVED, path_part
from harness.store.spec import digest
from harness.tasks.split_names import split_called

MARK: Final = "# Written by `make init"
"""how such a file begins"""
SEAL: Final = "# Unchanged, what follows has the key "


def default_name(place: Path) -> str:
    """Return the name of a task from its folder or file; train.jsonl is called by its folder."""
    own = place.parent if place.is_file() and split_called(place.stem) else place
    name = re.sub(r"\W+", "_", own.stem if own.is_file() else own.name).strip("_").lower() or "own"
    return f"task_{name}" if bad_name(name) else name


def bad_name(name: str) -> str:
    """Return what is wrong with the name of a task; "" for a good one. Hydra reads 2024 and null as no text."""
    if name != path_part(name) or name in RESERVED or re.search(r"[,=\[\]+]", name):
        return f"want letters, digits, _ and - (and none of {', '.join(RESERVED)})"
    try:
        plain = isinstance(OverridesParser.create().parse_override(f"task={name}").value(), str)
    except HydraException:
        plain = False
    return "" if plain else f"the command line does not read it as a text; say task_{name}"


def sealed(text: str, place: Path) -> str:
    """Return a yaml with the comment that says where it is from and whether it was edited since."""
    return f"{_first(place)}\n{SEAL}{digest(text)[:16]}\n{text}"


def not_ours(text: str, place: Path) -> str:
    """Return why a yaml must not be written over for these data; "" if it may."""
    first, _, rest = text.partition("\n")
    seal, _, body = rest.partition("\n")
    if not first.startswith(MARK):
        return "was not made by make init"
    if first != _first(place):
        return f"is of other data ({first.removeprefix(MARK).partition('`')[0].strip()})"
    return "" if seal == f"{SEAL}{digest(body)[:16]}" else "was edited since"


def is_of(text: str, place: Path) -> bool:
    """Return whether a yaml was made by make init of these data, edited since or not."""
    return text.partition("\n")[0] == _first(place)


def _first(place: Path) -> str:
    return f"{MARK} dir={place}`; edit it freely: what was edited is not written over."
