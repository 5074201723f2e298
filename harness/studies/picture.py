"""One picture of a study: every arm under every condition, with intervals, as SVG and PDF files that stand alone."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from harness.analysis.result import Figure, Section
from harness.reports.cells import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Format = Literal["svg", "pdf"]
MARKS: Final = "osD^vPX*"
"""one per arm, so that they can be told apart without colours"""
SALT: Final = "study"
"""of the ids in the file, so that the same numbers give the same bytes"""


def pictured(sections: Sequence[Section]) -> Section | None:
    """Return the section that is drawn: the first with a row per condition and a number per arm."""
    return next((one for one in sections if sum(any(_numbers(row).values()) for row in one.rows) > 1), None)


def drawn(section: Section, title: str, form: Format) -> bytes:
    """Return a picture of a section: one line of marks with whiskers per column.

    Args:
        section: its rows are the conditions, its columns the arms.
        title: of the study.
        form: of the file.
    """
    import matplotlib
    from matplotlib.figure import Figure as Whole

    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": SALT, "font.size": 9}):
        whole = Whole(figsize=(max(5.0, 0.7 * len(section.rows) + 2.0), 4.0), layout="constrained")
        _draw(whole, section, title)
        metadata = {"Date": None} if form == "svg" else {"CreationDate": None, "Producer": None}
        whole.savefig(stream, format=form, metadata=metadata)
    return stream.getvalue()


def _draw(whole: "Drawing", section: Section, title: str) -> None:
    axes = whole.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    names = [printable(str(row[0])) for row in section.rows]
    columns = [place for place in range(1, len(section.columns)) if _in_column(section, place)]
    for order, place in enumerate(columns):
        cells = _in_column(section, place)
        shift = 0.12 * (order - (len(columns) - 1) / 2)
        figures = list(cells.values())
        ends = [[_reach(one, one.low) for one in figures], [_reach(one, one.high) for one in figures]]
        axes.errorbar(
            [at + shift for at in cells],
            [one.value for one in figures],
            yerr=ends,
            fmt=f"{MARKS[order % len(MARKS)]}:",  # dotted: between two conditions nothing was measured
            linewidth=0.8,
            capsize=2,
            label=printable(section.columns[place].name),
        )
    axes.set_xticks(range(len(names)), names, rotation=35, ha="right")
    axes.set_title("\n".join(map(printable, (title, section.title))), fontsize=9)
    axes.legend(frameon=False, fontsize=8)


def _numbers(row: Sequence[object]) -> Mapping[int, bool]:
    return {place: isinstance(cell, Figure) for place, cell in enumerate(row)}


def _in_column(section: Section, place: int) -> dict[int, Figure]:
    """Return the place of a row -> its number in this column."""
    return {at: cell for at, row in enumerate(section.rows) if isinstance(cell := row[place], Figure)}


def _reach(figure: Figure, end: float | None) -> float:
    """Return how far an end of the interval is from the value; 0 where there is none."""
    return 0.0 if end is None else abs(end - figure.value)
