"""What every report for people shows first, the same in Markdown, in a terminal and in the browser.

The answer in sentences, warnings, one table with the metrics that decide, latency and price, and where to read more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.answer_prices import currency
from harness.analysis.answers import AnswerLine, answers
from harness.analysis.notes.scoreboard_footnotes import footnotes
from harness.analysis.numbers import decimals_for, listed, number
from harness.analysis.result import Figure, Note, Table, warning
from harness.analysis.sections.cost import UNCHECKED
from harness.reports.cells import NOTHING, REFERENCES, Block, Strip, TextCell, cut, metric_cells, printable, with_last
from harness.reports.links import links, topic_of

WHOLE: Final = 100.0
"""milliseconds from which on a p95 is shown without decimals"""


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The first page, without any format."""

    title: str
    subtitle: str
    """what was asked, of which model, with how many seeds"""
    answers: tuple[AnswerLine, ...]
    warnings: tuple[Note, ...]
    strips: tuple[Strip, ...]
    """the scoreboard by columns: arms, failures, metrics, time and price"""
    footnotes: tuple[str, ...]
    """one line each"""
    links: tuple[tuple[str, str], ...]
    """label and anchor of each topic that the details have"""

    def blocks(self, width: int) -> list[Block]:
        """Return the scoreboard, cut into blocks of at most `width` columns of a terminal."""
        arms, *others = self.strips
        return cut(arms, [[strip] for strip in others], width)


def first_page(table: Table) -> FirstPage:
    """Return the first page of a comparison."""
    places = table.shown
    return FirstPage(
        title=table.title,
        subtitle=_subtitle(table),
        answers=tuple(answers(table)),
        warnings=tuple(warnings(table)),
        strips=tuple(_strips(table, places)),
        footnotes=tuple(footnotes(table, places, [heading for heading, _ in time_and_price(table)])),
        links=tuple(links(table)),
    )


def warnings(table: Table) -> Iterator[Note]:
    """Yield what a reader must know before believing the numbers: what must be acted on first, wherever it stands."""
    yield from table.flags
    yield from (note for note in table.notes if note.level == "warning")
    cost = table.section("cost")
    if cost is not None and any(heading.endswith("/1,000") for heading, _ in time_and_price(table)):
        yield from (note for note in cost.notes if note.topic == UNCHECKED)
    trained = [row.arm for row in table.rows if row.role.adapted and not row.brought and len(row.seeds) == 1]
    if trained:
        text = f"another training run may move {listed(trained)}; seed=0,1,2 measures by how much"
        yield warning("One seed", text)
    sections = [one for one in table.printed_sections if any(note.level == "warning" for note in one.notes)]
    topics = dict.fromkeys(topic_of(section).label for section in sections)
    if topics:
        yield warning("More warnings", f"under {listed([f'“{topic}”' for topic in topics])}")


def _subtitle(table: Table) -> str:
    """The notes on task and model, without what the title says."""
    texts = {note.topic: note.text for note in table.notes}
    task = texts.get("Task", f"{table.rows[0].n:,} examples")
    task = task.removeprefix(f"{table.task}, ").removesuffix(" (all of it)")
    model = texts.get("Model", "").removeprefix(f"{table.model}, ")
    fewest, *_, most = sorted([len(row.seeds) for row in table.rows] * 2)
    several = str(most) if fewest == most else f"{fewest} to {most}"
    seeds = "one training seed" if most == 1 else f"{several} training seeds"
    return " · ".join(filter(None, [task, model, seeds]))


def _strips(table: Table, places: Sequence[int]) -> Iterator[Strip]:
    arms = [TextCell(printable(row.arm)) for row in table.rows]
    failed = [TextCell(f"{row.failed:,}") for row in table.rows]
    last = [metric_cells(table, place).references for place in places]
    strips = [("failed", failed), *(_metric(table, place) for place in places), *time_and_price(table)]
    if any(cell.text != NOTHING for cell in last):
        arms, strips = [*arms, TextCell(REFERENCES)], with_last(strips, [TextCell(NOTHING), *last])
    yield "arm", arms
    yield from strips


def _metric(table: Table, place: int) -> Strip:
    """Mean and interval, with a star where it differs from base."""
    cells = metric_cells(table, place)
    differences = [row.entries[place].difference for row in table.rows]
    verdicts = [cell.verdict for cell in cells.differences] or [""] * len(table.rows)
    stars = ["*" if difference is not None and difference.significant else "" for difference in differences]
    values = zip(cells.values, stars, verdicts, strict=True)
    return cells.heading, [TextCell(f"{cell.text}{star}", verdict) for cell, star, verdict in values]


def time_and_price(table: Table) -> Iterator[Strip]:
    """Yield p95 and price, each where it was measured: the last two columns of the section `summary`."""
    section = table.section("summary")
    if section is None or len(section.columns) < 2:
        return
    late, paid = (section.figures(column.name) for column in section.columns[-2:])
    if late:
        decimals = 0 if min(figure.value for figure in late.values()) >= WHOLE else 1
        yield "p95, ms", _numbers(table, late, decimals)
    if paid:
        digits = section.columns[-1].decimals
        digits = decimals_for([figure.value for figure in paid.values()]) if digits is None else digits
        yield f"{currency(table)}/1,000", _numbers(table, paid, digits)


def _numbers(table: Table, figures: Mapping[str, Figure], decimals: int) -> list[TextCell]:
    texts = {arm: number(figure.value, decimals, ",") for arm, figure in figures.items()}
    return [TextCell(texts.get(row.arm, NOTHING)) for row in table.rows]
