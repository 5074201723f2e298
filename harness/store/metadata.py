"""What stands beside an artifact: what it is, how it was made and which files it has. Believed if all of it fits."""

import json
import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from harness.store.files import replaced
from harness.store.spec import canonical, digest, file_sha256

log = logging.getLogger(__name__)

METADATA: Final = "artifact.json"
FORMAT: Final = 1
"""of artifacts; part of every key"""
STARTED: Final = "started.json"
"""in the folder of an artifact under construction: what is to be made, since when"""
UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""what reading a file that anything may have happened to raises"""
CHECKSUM: Final = "sha256"
"""of all other fields; metadata of older versions have none"""


def address(kind: str, spec: Any, form: int = FORMAT) -> str:
    """Return the key of the artifact of this kind, format and specification."""
    return digest({"kind": kind, "format": form, "spec": spec})[:32]


def write(folder: Path, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the metadata of the files in the folder, last of all, and return them.

    Args:
        folder: complete but for them.
        entry: kind, key, spec and what else is to be kept.

    Raises:
        OSError: it cannot be written.
    """
    files = {name: file_sha256(folder / name) for name in sorted(_files(folder))}
    whole = {**entry, "format": FORMAT, "spec": json.loads(canonical(entry["spec"])), "files": files}
    plain: dict[str, Any] = json.loads(json.dumps(whole, allow_nan=False))
    text = json.dumps({**plain, CHECKSUM: digest(plain)}, indent=1, ensure_ascii=False, allow_nan=False)
    with replaced(folder / METADATA) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    return plain


def read(folder: Path, kind: str) -> Mapping[str, Any]:
    """Return the metadata of an artifact whose folder is named by its key, without opening its other files.

    Raises:
        ValueError: they belong to another artifact, were changed, or name files that are not there.
        UNREADABLE: they cannot be read.
    """
    entry = dict(json.loads((folder / METADATA).read_text(encoding="utf-8")))
    checksum, recorded = entry.pop(CHECKSUM, None), (entry["kind"], entry["key"])
    if recorded != (kind, folder.name):
        raise ValueError(f"its {METADATA} is that of {recorded[0]} {str(recorded[1])[:8]}: it was copied or renamed")
    if checksum is not None and checksum != digest(entry):
        raise ValueError(f"its {METADATA} was edited or damaged: the checksum in it does not fit")
    if address(kind, entry["spec"], entry.get("format", FORMAT)) != folder.name:
        raise ValueError(f"its {METADATA} specifies something else: it was copied from another artifact, or edited")
    _check_files(set(entry["files"]), _files(folder), folder)
    return entry


def check_contents(folder: Path, files: Mapping[str, str]) -> None:
    """Compare the files of an artifact with their checksums.

    Raises:
        ValueError: some are not what they were.
        OSError: one cannot be read.
    """
    damaged = [name for name, checksum in files.items() if file_sha256(folder / name) != checksum]
    if damaged:
        raise ValueError(f"{', '.join(damaged)}: damaged or edited")


def _files(folder: Path) -> set[str]:
    """Return the files that an artifact is made of; hidden ones are the file system's or a tool's."""
    own = (METADATA, STARTED)
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.name not in own)
    return {path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)}


def _check_files(listed: set[str], there: set[str], folder: Path) -> None:
    """Look whether all files are there; others (Thumbs.db, desktop.ini) are nobody's: no loader reads them."""
    if there and not listed:
        raise ValueError("its list of files is empty, and it has some")
    if missing := {name for name in listed - there if not name.startswith(".") and "/." not in name}:
        raise ValueError(f"{', '.join(sorted(missing))}: missing")
    if stray := there - listed:
        _say_once(str(folder), ", ".join(sorted(stray)))


@cache
def _say_once(folder: str, names: str) -> None:
    log.warning("%s: %s was not there when it was made, and is not read", folder, names)
