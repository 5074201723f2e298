"""Table and records -> report.html: one file that a reader opens from disk, reads and forwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, get_args

from harness.analysis import failure_causes as causes
from harness.analysis.outcomes import STATES
from harness.analysis.result import Note, Table
from harness.reports.html import assets, script_block, viewer_data
from harness.reports.html.answers import answers
from harness.reports.html.pictures.all import pictures
from harness.reports.html.prices import prices
from harness.reports.html.run_facts import built, commands, environments
from harness.reports.html.scoreboard import scoreboard
from harness.reports.html.shown_sections import shown_sections
from harness.types import Record

JUDGES: Final = ("Judge",)
PLAN: Final = ("Task", "Model", "Seeds", "Training", "Context window", "Leakage", "Fingerprints")
"""how the topics of notes begin that stand in a section of their own"""
GLANCE: Final = "summary"
"""the grid that stands right under the scoreboard"""
PRINTED: Final = (100, 500, 2000)
"""examples on paper, as a reader chooses: about 20, 90 and 350 sheets for five arms with short answers"""


@dataclass(frozen=True)
class Html:
    """The whole result: scoreboard, pictures, grids, every example side by side, and how to run it again.

    Nothing is loaded from elsewhere. The same records give the same bytes.

    Args:
        knowledge: metrics that tell whether an answer is right; the first one measured is the quadrant's x axis.
        adaptation: metrics that tell whether an answer has the wanted form; likewise its y axis.
        pack_above_megabytes: size of the examples' data from which on it is compressed.
    """

    KEY: ClassVar[str] = "harness.reports.html.report.Html"

    knowledge: tuple[str, ...]
    adaptation: tuple[str, ...]
    pack_above_megabytes: float

    file: ClassVar[str] = "report.html"

    def page(self, table: Table, arms: Mapping[str, Sequence[Record]]) -> str:
        examples = next(iter(arms.values()))[0].examples
        data = viewer_data.parts(table, arms)
        made = built(arms)
        decided = causes.deciding_metric([record for group in arms.values() for record in group])
        plain = [note for note in table.notes if not note.warning]
        return assets.page(
            "report.html.jinja",
            script=True,
            table=table,
            warnings=[note for note in table.notes if note.warning],
            notes=[note for note in plain if not note.topic.startswith((*JUDGES, *PLAN))],
            judges=[note for note in plain if note.topic.startswith(JUDGES)],
            plan=[note for note in plain if note.topic.startswith(PLAN)],
            scoreboard=scoreboard(table),
            pictures=pictures(table, arms, self.knowledge, self.adaptation),
            glance=shown_sections([section for section in table.printed_sections if section.name == GLANCE]),
            sections=shown_sections([section for section in table.printed_sections if section.name != GLANCE]),
            more_sections=shown_sections([section for section in table.sections if section.files_only]),
            answers=answers(table, self.knowledge, self.adaptation),
            prices_reading=prices(table).reading(),
            causes=[name for name in get_args(causes.Name) if name != "unknown"],
            built=made,
            built_rows=[tuple(line.values()) for line in made],
            commands=commands(arms),
            environments=environments(arms),
            subtitle=_subtitle(table.notes, len(examples)),
            slices=viewer_data.slices(examples),
            some_unanswerable=not all(example.answerable for example in examples),
            states=STATES,
            decided=decided is not None,
            printed_most=PRINTED,
            data=script_block.block(data, int(self.pack_above_megabytes * 1_000_000)),
        )


def _subtitle(notes: Sequence[Note], examples: int) -> str:
    """What was asked and of which model, as the notes of the table say it."""
    told = {note.topic: note.text for note in notes}
    return " · ".join(filter(None, [told.get("Task", f"{examples:,} examples"), told.get("Model", "")]))
