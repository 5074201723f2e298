"""docs/guards.csv and the part of docs/GUARDS.md that is made of it: `python -m tests.mutations.report`."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mutations.campaign import MISSED, RUNNING, TESTED, Outcome

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs/guards.csv"
PAGE = ROOT / "docs/GUARDS.md"
BEGIN, END = "<!-- mutations: written by make test-mutations -->", "<!-- end of mutations -->"
COLUMNS = ("id", "category", "broken", "where", "noticed", "how")

Row = dict[str, str]


def write(outcomes: Sequence[Outcome]) -> None:
    """Write both files."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(vars(one) for one in outcomes)
    write_page()


def write_page() -> None:
    """Put the table into the page, between its two marks; without them, at its end."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        part = f"{BEGIN}\n{rendered(list(csv.DictReader(file)))}\n{END}"
    page = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else "# Guards\n"
    before, begun, rest = page.partition(BEGIN)
    after = rest.partition(END)[2] if begun else "\n"
    before = before if begun else f"{before.rstrip()}\n\n"
    PAGE.write_text(f"{before}{part}{after}", encoding="utf-8")


def rendered(rows: Sequence[Row]) -> str:
    """Return the counts, what was missed, and all mutations by category, as Markdown."""
    return "\n".join([*_counts(rows), "", *_list(rows, MISSED), *_list(rows, TESTED), *_list(rows, RUNNING)]).rstrip()


def _counts(rows: Sequence[Row]) -> Iterator[str]:
    yield f"| category | mutations | {RUNNING} | {TESTED} | {MISSED} |"
    yield "|---|---|---|---|---|"
    groups = {name: [row for row in rows if row["category"] == name] for name in (row["category"] for row in rows)}
    for name, own in [*groups.items(), ("all", rows)]:
        counts = Counter(row["noticed"] for row in own)
        shown = [f"{counts[kind]} ({counts[kind] / len(own):.0%})" for kind in (RUNNING, TESTED, MISSED)]
        yield f"| {name} | {len(own)} | {' | '.join(shown)} |"


def _list(rows: Sequence[Row], kind: str) -> Iterator[str]:
    chosen = [row for row in rows if row["noticed"] == kind]
    yield f"**{kind.capitalize()}: {len(chosen)}**"
    yield ""
    if chosen:
        yield "| what was broken | how it was noticed |" if kind != MISSED else "| what was broken | where |"
        yield "|---|---|"
    for row in chosen:
        yield f"| {_cell(row['broken'])} | {_cell(row['where' if kind == MISSED else 'how'])} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    write_page()
