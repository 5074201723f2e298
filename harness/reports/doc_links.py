"""Links from a table to the documentation, relative to the folder that the table is written to."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from harness.analysis.result import Link, Note, Table

ROOT: Final = Path(__file__).resolve().parents[2]


def linked(table: Table, folder: Path) -> Table:
    """Return the table with links that hold from `folder`; without those whose file is not there."""

    def held(note: Note) -> Note:
        return replace(note, links=tuple(_relative(one, folder) for one in note.links if _file(one).is_file()))

    sections = tuple(replace(section, notes=tuple(map(held, section.notes))) for section in table.sections)
    return replace(table, notes=tuple(map(held, table.notes)), sections=sections)


def _file(link: Link) -> Path:
    return ROOT / link.target.partition("#")[0]


def _relative(link: Link, folder: Path) -> Link:
    _, hash_sign, anchor = link.target.partition("#")
    return replace(link, target=Path(os.path.relpath(_file(link), folder.resolve())).as_posix() + hash_sign + anchor)
