"""Where a reader goes on from a page: anchors of sections, files of the same folder, the documentation."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from harness.analysis.result import Link, Note, Section, Table

ROOT: Final = Path(__file__).resolve().parents[2]
REPORT: Final = "report.html"
ROWS: Final = "report.rows"
"""folder with the texts of a large comparison, which is part of the report"""
DETAILS: Final = "details.md"
ALL_METRICS: Final = "metrics"
"""anchor of the table with every metric"""
REPEAT: Final = "repeat"
"""anchor of the command and of what was run"""
OTHER: Final = "other"
"""anchor of sections that no topic below names"""


@dataclass(frozen=True, slots=True)
class Topic:
    """Sections that a reader looks for under one name."""

    anchor: str
    """in details.md and report.html; never changes"""
    label: str
    """of the link"""
    sections: tuple[str, ...]
    """how their names begin"""


TOPICS: Final = (
    Topic("pairs", "which arms differ", ("certainty",)),
    Topic("factorial", "retrieval × adapter", ("factorial",)),
    Topic("failures", "why answers fail", ("causes", "ceilings")),
    Topic("refusals", "refusals", ("abstention", "risk")),
    Topic("style", "style", ("style",)),
    Topic("slices", "kinds of example", ("slices",)),
    Topic("latency", "latency by stage", ("latency", "stages")),
    Topic("cost", "cost and break-even", ("cost", "break_even", "training_methods")),
)
MORE: Final = Topic(OTHER, "more", ())


def links(table: Table) -> Iterator[tuple[str, str]]:
    """Yield label and anchor of what the details hold."""
    yield "every metric", ALL_METRICS
    found = {topic_of(section).anchor for section in shown(table)}
    yield from ((topic.label, topic.anchor) for topic in (*TOPICS, MORE) if topic.anchor in found)


def shown(table: Table) -> list[Section]:
    """Return the sections for people; the summary is on the first page already."""
    return [section for section in table.printed_sections if section.name != "summary"]


def topics(table: Table) -> Iterator[tuple[Topic, list[Section]]]:
    """Yield each topic that has sections, with them, in the order of reading."""
    for topic in (*TOPICS, MORE):
        if own := [section for section in shown(table) if topic_of(section) is topic]:
            yield topic, own


def slug(name: str) -> str:
    """Return a name as an anchor."""
    return re.sub(r"[^\w-]+", "-", name)


def topic_of(section: Section) -> Topic:
    """Return where a section belongs."""
    return next((topic for topic in TOPICS if section.name.startswith(topic.sections)), MORE)


def linked(table: Table, folder: Path) -> Table:
    """Return the table with links that hold from `folder`; without those whose file is not there.

    From outside this repository none do: the way to it is this machine's, and the page may be shown on another.
    """
    inside = folder.resolve().is_relative_to(ROOT)

    def held(note: Note) -> Note:
        there = (one for one in note.links if inside and _file(one).is_file())
        return replace(note, links=tuple(_relative(one, folder) for one in there))

    sections = tuple(replace(section, notes=tuple(map(held, section.notes))) for section in table.sections)
    return replace(table, notes=tuple(map(held, table.notes)), sections=sections)


def _file(link: Link) -> Path:
    return ROOT / link.target.partition("#")[0]


def _relative(link: Link, folder: Path) -> Link:
    _, hash_sign, anchor = link.target.partition("#")
    return replace(link, target=Path(os.path.relpath(_file(link), folder.resolve())).as_posix() + hash_sign + anchor)
