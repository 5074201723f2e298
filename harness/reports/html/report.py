"""Table and records -> report.html: one file that a reader opens from disk, reads and forwards.

Texts of a large comparison are in a folder beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, get_args

from markupsafe import Markup

from harness.analysis import failure_causes as causes
from harness.analysis.outcomes import STATES
from harness.analysis.result import PLAN, Figure, Note, Section, SectionColumn, Table
from harness.reports.cells import TextCell, section_blocks
from harness.reports.first_page import first_page, time_and_price
from harness.reports.html import assets, viewer_data
from harness.reports.html.pictures.coverage import coverage
from harness.reports.html.pictures.money import cost_over_months, quality_cost
from harness.reports.html.pictures.pareto import quality_latency
from harness.reports.html.pictures.picture import Picture
from harness.reports.html.pictures.quadrant import quadrant
from harness.reports.html.pictures.stages import stages
from harness.reports.html.pictures.times import times
from harness.reports.html.pictures.training import training
from harness.reports.html.scoreboard import scoreboard
from harness.reports.html.side_files import side_files
from harness.reports.links import REPORT, ROWS, topics
from harness.reports.run_facts import built, commands, environments
from harness.types import Record

JUDGES: Final = ("Judge",)
PRINTED: Final = (100, 500, 2000)
"""examples on paper, as a reader chooses: about 20, 90 and 350 sheets for five arms with short answers"""

PACK_DRAWS_ABOVE: Final = 100_000
"""characters of resamples from which on they are compressed: to less than half"""


@dataclass(frozen=True)
class Html:
    """The whole result: answer, scoreboard, pictures, sections, every example side by side, and how to run it again.

    Nothing is loaded from elsewhere. The same records give the same bytes.

    Args:
        knowledge: metrics for the x axis of the picture of knowledge and adaptation, and for quality against time and
            cost; the first one measured is taken.
        adaptation: metrics for its y axis; likewise.
        pack_above_megabytes: size of the examples' data from which on it is compressed.
        rows_in_page: most examples whose texts are in the page; texts of more are in files beside it.
        rows_in_file: examples of each of these files.
    """

    KEY: ClassVar[str] = "harness.reports.html.report.Html"

    knowledge: tuple[str, ...]
    adaptation: tuple[str, ...]
    pack_above_megabytes: float
    rows_in_page: int
    rows_in_file: int

    file: ClassVar[str] = REPORT
    beside: ClassVar[str] = ROWS

    def page(self, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        return self.card_page(table, arms, {})

    def card_page(self, table: Table, arms: Mapping[str, Sequence[Record]], decide: Mapping[str, Any]) -> str:
        """Return the page with a section in which a reader decides, and with all texts in it, however many.

        Args:
            table: the comparison.
            arms: the records that it was made from, in the order of its rows.
            decide: from `harness.studies.decision.page_data`; {}: no such section; with `problem` alone: why not.
        """
        data = viewer_data.block(viewer_data.parts(table, arms), self._pack_above)
        return self._page(table, arms, decide, data)

    def files(
        self, table: Table, arms: Mapping[str, Sequence[Record]], decide: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Yield name and text of each file beside the page, if the comparison is large, and the page last."""
        if len(next(iter(arms.values()))[0].examples) <= self.rows_in_page:
            yield self.file, self.card_page(table, arms, decide)
            return
        data = viewer_data.DataBlock(self._pack_above)
        yield from side_files(table, arms, self.beside, self.rows_in_file, data)
        yield self.file, self._page(table, arms, decide, data.element(), loads=True)

    @property
    def _pack_above(self) -> int:
        return int(self.pack_above_megabytes * 1_000_000)

    def _page(
        self,
        table: Table,
        arms: Mapping[str, Sequence[Record]],
        decide: Mapping[str, Any],
        data: Markup,
        *,
        loads: bool = False,
    ) -> str:
        examples = next(iter(arms.values()))[0].examples
        made = built(arms)
        decided = causes.deciding_metric([record for group in arms.values() for record in group])
        plain = [note for note in table.notes if not note.warning]
        first = first_page(table)
        return assets.page(
            "report.html.jinja",
            script=True,
            loads=loads,
            table=table,
            first=first,
            notes=[note for note in plain if not note.topic.startswith((*JUDGES, *PLAN))],
            judges=[note for note in plain if note.topic.startswith(JUDGES)],
            plan=[note for note in plain if note.topic.startswith(PLAN)],
            scoreboard=scoreboard(table, table.shown, list(time_and_price(table))),
            every_metric=scoreboard(table, range(len(table.columns))),
            pictures=list(pictures(table, arms, self.knowledge, self.adaptation)),
            topics=[(topic.anchor, shown_sections(own)) for topic, own in topics(table)],
            more_sections=shown_sections([section for section in table.sections if section.files_only]),
            causes=[name for name in get_args(causes.Name) if name != "unknown"],
            built=made,
            built_rows=[tuple(line.values()) for line in made],
            commands=commands(arms),
            environments=environments(arms),
            slices=viewer_data.slices(examples),
            some_unanswerable=not all(example.answerable for example in examples),
            states=STATES,
            decided=decided is not None,
            printed_most=PRINTED,
            data=data,
            decide=decide,
            decide_data=deciding(decide),
        )


def deciding(decide: Mapping[str, Any]) -> Markup:
    """Return the element that holds what the section Decide computes from; nothing without it."""
    if not decide.get("arms"):
        return Markup()
    return viewer_data.block([viewer_data.json_text(decide)], PACK_DRAWS_ABOVE, "decide-data")


def pictures(
    table: Table, arms: Mapping[str, Sequence[Record]], knowledge: Sequence[str], adaptation: Sequence[str]
) -> Iterator[Picture]:
    """Yield the pictures whose data are there, in the order of reading."""
    yield from quadrant(table, arms, knowledge, adaptation)
    yield from quality_cost(table, knowledge)
    taken = times(arms)
    if taken is not None:
        yield from quality_latency(table, taken, knowledge)
    yield from cost_over_months(table)
    if taken is not None:
        yield stages(taken)
    yield from coverage(table, arms, knowledge)
    yield from training(table, arms)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """One section."""

    name: str
    title: str
    headings: tuple[tuple[str, str], ...]
    """name and unit"""
    rows: tuple[tuple[TextCell, ...], ...]
    numeric: tuple[bool, ...]
    """columns that are set flush right"""
    notes: tuple[Note, ...]


def shown_sections(sections: Sequence[Section]) -> list[ShownSection]:
    """Return what the template shows; an empty one is left out."""
    return [_shown(section) for section in sections if section.rows or section.notes]


def _shown(section: Section) -> ShownSection:
    rows = tuple(row for block in section_blocks(section, width=10**9) for row in block.rows)
    numeric = tuple(
        any(isinstance(row[place], Figure) for row in section.rows) for place in range(len(section.columns))
    )
    headings = tuple((column.name, _unit(column)) for column in section.columns)
    return ShownSection(section.name, section.title, headings, rows, numeric, section.notes)


def _unit(column: SectionColumn) -> str:
    """The unit, unless the heading names it already: "p50, ms", "USD per 1,000 answers"."""
    return "" if column.unit in (part.strip(",") for part in column.name.split()) else column.unit
