"""The parts of a result table: plain frozen data that every report format reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from harness.analysis.metric_facts import BESIDE
from harness.analysis.roles import BARE, Role

SIGNIFICANT: Final = 0.05
"""adjusted p below which a difference is marked"""
PLAN: Final = ("Task", "Data", "Model", "Seeds", "Training", "Context window", "Leakage", "Fingerprints")
"""how the topics of notes begin that say what was run; reports show them apart from those that say how to read"""


@dataclass(frozen=True, slots=True)
class Column:
    """One metric."""

    metric: str
    """its name"""
    unit: str
    """what the numbers are"""
    higher_is_better: bool | None
    """None: a description, no judgement"""
    worst: float | None
    """what a failed prediction gets"""
    aggregate: str = ""
    """what its numbers are where they are no mean of the answers' scores: `harness.metrics.metric.Aggregate`"""
    references: "Figure | None" = None
    """what the references get by the same metric and judge (`harness.analysis.ceilings`); None where not measured"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One arm minus another, over the examples where both have a value."""

    mean: float
    low: float | None
    """None when there are too few examples to tell"""
    high: float | None
    n: int
    """examples compared"""
    p: float
    """two-sided; of the sign-flip permutation test with one seed"""
    p_adjusted: float
    """adjusted by Holm's method over the comparisons shown together on this metric"""

    @property
    def significant(self) -> bool:
        """True when the difference is marked in tables: p is small, and the interval excludes 0."""
        if self.low is None or self.high is None or self.low <= 0.0 <= self.high:
            return False
        return self.p_adjusted < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class ArmComparison:
    """Two arms on one metric."""

    first: str
    """one arm"""
    second: str
    """the other"""
    metric: str
    """what they are compared on"""
    higher_is_better: bool | None
    """None: neither is better"""
    difference: Difference | None
    """first minus second; None where one of them has no value"""
    wins: int
    """examples on which the first is better (higher, where the metric has no better side)"""
    ties: int
    """examples on which both have the same value"""
    losses: int
    """examples on which the second is better"""
    family: int
    """comparisons that p was adjusted for"""
    with_control: bool
    """one of the two is a control"""
    detectable: float | None
    """smallest difference that a test of this pair alone detects with 80 % power at α .05"""
    needed: float | None
    """examples needed to detect this difference, if it is the true one, with 80 % power at α .05 / family; infinite
    where only more seeds would help, or where there is no difference"""


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One arm's result on one metric."""

    mean: float | None
    """None: the metric has no value for this arm; `why` gives the reason"""
    low: float | None
    """lower end of the 95 % interval; None with too few examples"""
    high: float | None
    """upper end"""
    n: int
    """examples with a value"""
    unjudged: int
    """predictions that the judge could not judge"""
    why: str
    """why there is no mean; "" if there is one"""
    difference: Difference | None
    """to the table's base; None for the base itself and where one of the two has no value"""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One arm."""

    arm: str
    """its name"""
    seeds: tuple[int, ...]
    """seeds that were run; an example's value is its mean over them"""
    n: int
    """examples"""
    answers: int
    """predictions: examples × seeds"""
    failed: int
    """predictions with an error, without text or cut off"""
    cut_off: int
    """of these, the ones that reached the token limit"""
    abstained: int
    """predictions that refuse to answer"""
    not_recognised: int
    """predictions that may refuse, in a language whose refusals are not recognised"""
    passages_dropped: int
    """retrieved passages that did not fit into the context window"""
    inputs_cut: int
    """predictions whose input was shortened to fit"""
    quantisation: str
    """of the model's weights; "" when not recorded"""
    fingerprints: tuple[str, ...]
    """one per seed"""
    entries: tuple[TableEntry, ...]
    """one per column of the table"""
    role: Role = BARE
    """what the arm is made of"""
    brought: bool = False
    """its adapter was trained elsewhere (adapter.path): no seed of this run can move it"""


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the documentation."""

    label: str
    """what is shown"""
    target: str
    """file in the repository and heading, FILE#ANCHOR; made relative to the table's folder"""


Level = Literal["act", "warning", "note"]
"""act: a guard or audit tripped, and the numbers may be wrong until somebody has looked; warning: what a reader must
know before relying on the numbers; note: how to read them"""
MARKS: Final[dict[Level, str]] = {"act": "!", "warning": "⚠", "note": ""}
"""in front of a topic, in every format"""


@dataclass(frozen=True, slots=True)
class Note:
    """A line under the table."""

    topic: str
    """one or two words"""
    text: str
    """plain text"""
    level: Level = "note"
    """how much it matters"""
    links: tuple[Link, ...] = ()
    """behind the text, where a format has links"""

    @property
    def warning(self) -> bool:
        """True for what comes before the notes on reading: warnings, and what must be acted on."""
        return self.level != "note"

    @property
    def mark(self) -> str:
        """The sign in front of the topic; "" for a note on reading."""
        return MARKS[self.level]

    def __str__(self) -> str:
        return f"{self.mark} {self.topic}: {self.text}".lstrip()


def warning(topic: str, text: str) -> Note:
    """Return a note that a reader must know before relying on the numbers."""
    return Note(topic, text, "warning")


def act(topic: str, text: str) -> Note:
    """Return a note that a guard tripped; with strict=true it fails the command.

    Args:
        topic: what was guarded.
        text: what is wrong, its likely cause and what to do.
    """
    return Note(topic, text, "act")


def by_level(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return the notes that must be acted on first, then warnings, then the others; each in their order."""
    return tuple(sorted(notes, key=lambda note: list(MARKS).index(note.level)))


@dataclass(frozen=True, slots=True)
class SectionColumn:
    """One column of a section."""

    name: str
    """its heading"""
    unit: str = ""
    """of its numbers"""
    decimals: int | None = None
    """None: as many as its numbers need"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a section, with its uncertainty."""

    value: float
    low: float | None = None
    """lower end of the 95 % interval; None without one"""
    high: float | None = None
    """upper end"""
    n: int | None = None
    """samples it was computed from; None where that does not apply"""
    significant: bool = False
    """marked with a star"""
    open_high: bool = False
    """the interval has no upper end: high is the largest value that was seen, and printed as >high"""

    @classmethod
    def of(cls, mean: float | None, low: float | None, high: float | None, n: int) -> "Figure | None":
        """Return a mean with its interval; None without a mean."""
        return None if mean is None else cls(mean, low, high, n)


SectionCell = Figure | str | None
"""A number, a text, or None (printed as a dash)."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table below the scoreboard. Its maker decides what it says, the reports how it looks."""

    name: str
    """one word in lower case, for files and links"""
    title: str
    """one line for people"""
    columns: tuple[SectionColumn, ...]
    """the first one names the rows"""
    rows: tuple[tuple[SectionCell, ...], ...]
    """one cell per column; the first is a text"""
    notes: tuple[Note, ...] = ()
    """printed below it; what must be acted on first, then warnings"""
    files_only: bool = False
    """True: written to files for machines; too long to be printed"""
    basis: str = ""
    """name of the column that totals elsewhere are computed from; "" without one"""

    def figures(self, column: str) -> dict[str, Figure]:
        """Return name of the row -> number in this column; without rows that have none there."""
        places = [place for place, one in enumerate(self.columns) if one.name == column]
        return {str(row[0]): cell for row in self.rows for place in places if isinstance(cell := row[place], Figure)}


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody may want of an arm."""

    name: str
    """facts or style; "": right answers, labels, or likeness to references, as the metric has it"""
    metrics: tuple[str, ...]
    """that measure it, best first"""


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison: arms × metrics."""

    title: str
    task: str
    model: str
    base: str | None
    """the arm that the others are compared with: neither retriever nor adapter; None: there are no differences"""
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[Note, ...]
    """what must be acted on first, then warnings"""
    sections: tuple[Section, ...] = ()
    """shown below the scoreboard, in this order"""
    comparisons: tuple[ArmComparison, ...] = ()
    """every two arms on every metric; `harness.analysis.contrasts.verdicts` puts them into words"""
    deciding: tuple[int, ...] = ()
    """places of the columns that decide between arms, in the order of their weight (`harness.analysis.headline`)"""
    needs: tuple[Need, ...] = ()
    """that the first page answers, right content first"""

    @property
    def controls(self) -> frozenset[str]:
        """The arms that serve as bounds: the best and the worst that retrieval can give. They cannot be deployed."""
        return frozenset(row.arm for row in self.rows if row.role.control)

    @property
    def shown(self) -> tuple[int, ...]:
        """Places of the columns of the first page: those that decide, and beside some of them what explains it."""
        names = {column.metric: place for place, column in enumerate(self.columns)}
        explained = [(place, names.get(BESIDE.get(self.columns[place].metric, ""))) for place in self.deciding]
        with_values = [(place, at) if at is not None and self._has_values(at) else (place,) for place, at in explained]
        return tuple(dict.fromkeys(place for group in with_values for place in group))

    def _has_values(self, place: int) -> bool:
        return any(row.entries[place].mean is not None for row in self.rows)

    @property
    def has_references(self) -> bool:
        """Whether any column says what the references get."""
        return any(column.references is not None for column in self.columns)

    def section(self, name: str) -> Section | None:
        """Return the section of that name; None without one."""
        return next((section for section in self.sections if section.name == name), None)

    @property
    def flags(self) -> tuple[Note, ...]:
        """What must be acted on: of the table and its sections, each once."""
        notes = [*self.notes, *(note for section in self.sections for note in section.notes)]
        return tuple(dict.fromkeys(note for note in notes if note.level == "act"))

    @property
    def printed_sections(self) -> tuple[Section, ...]:
        """The sections that people are shown."""
        return tuple(section for section in self.sections if not section.files_only)
