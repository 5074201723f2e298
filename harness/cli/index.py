"""`python -m harness.cli.index`: every report.html and results/index.html, from records alone."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from harness.analysis.costs.horizon import Costing
from harness.analysis.sweeps import SweepExperiment, settings_of
from harness.cli import decide_page, study_tables
from harness.cli.command import configured
from harness.cli.config import costing, reports, results_of
from harness.cli.folders import result_folders
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.tables import Compared, compared, put
from harness.errors import CutleryError, StoreError
from harness.reports.html.index_page import StudyLine, index_page
from harness.reports.protocols import Page
from harness.store.files import write_text
from harness.types import Record

FILE = "index.html"
CLAIMS = "claims.html"
"""written by `make claims`; linked where it is"""


def write(
    root: Path, pages: Sequence[Page], money: Costing | None = None, overrides: Sequence[str] = ()
) -> tuple[Path, Sequence[str]]:
    """Write the pages of every experiment below `root`, then `root`/index.html.

    Args:
        root: the folder of results.
        pages: made of each experiment.
        money: prices and use.
        overrides: KEY=VALUE of the command, for the decisions that pages start from.

    Returns:
        The index, and a line for each record or folder of records that cannot be shown.

    Raises:
        StoreError: no folder holds records that can be shown.
    """
    broken: list[str] = []
    experiments, studies = list(_experiments(root, pages, money, overrides, broken)), list(_studies(root, broken))
    if not experiments and not studies:
        raise StoreError("; ".join([f"{root}: holds no records to show", *broken]) + "; run an experiment first")
    write_text(root / FILE, index_page(experiments, studies, claims=(root / CLAIMS).is_file()))
    return root / FILE, broken


def _experiments(
    root: Path, pages: Iterable[Page], money: Costing | None, overrides: Sequence[str], broken: list[str]
) -> Iterator[SweepExperiment]:
    for folder in result_folders(root):
        try:
            result = compared(folder, money)
            broken += [f"{folder}: {line}" for line in result.left_out]
            card = _card(folder, result, overrides)
            put(folder, pages, result, overrides, card)
        except CutleryError as error:
            broken.append(f"{folder}: {error}")
            continue
        below = folder.relative_to(root)
        newest = next(iter(result.arms.values()))[0]
        yield SweepExperiment(
            folder=below,
            settings=settings_of(below),
            table=result.table,
            config=newest.spec.get("config", {}),
            limit=newest.facts.get("limit"),
            asked=tuple(example.id for example in newest.examples),
            groups=tuple(example.group for example in newest.examples),
            values={
                (arm, column.metric): _values(records, column.metric)
                for arm, records in result.arms.items()
                for column in result.table.columns
            },
            answers={arm: _answers(records) for arm, records in result.arms.items()},
            advice=card.advice,
        )


def _card(folder: Path, result: Compared, overrides: Sequence[str]) -> decide_page.PageCard:
    """Return what pages decide from, which is worked out once."""
    if result.chosen is None:
        return decide_page.PageCard({})
    return decide_page.page_card(folder, result.chosen, result.costing, overrides)


def _studies(root: Path, broken: list[str]) -> Iterator[StudyLine]:
    for folder in study_tables.study_folders(root):
        try:
            table = study_tables.write(folder)
        except CutleryError as error:
            broken.append(f"{folder}: {error}")
            continue
        flags = sum(note.level == "act" for note in table.notes)
        yield StudyLine(table.title, folder.relative_to(root), table.words, flags)


def _answers(records: Sequence[Record]) -> str:
    """Return what the arm's answers depend on, over its seeds; "" where a record does not say."""
    specs = [record.spec.get("cell", {}).get("answers") for record in records]
    return json.dumps(specs, sort_keys=True) if all(specs) else ""


def _values(records: Sequence[Record], metric: str) -> Sequence[float]:
    """Return one value per example: the mean over its seeds, NaN for none."""
    values: dict[str, list[float]] = {example.id: [] for example in records[0].examples}
    for record in records:
        for score in record.scores:
            if score.metric == metric and score.value is not None:
                values[score.example_id].append(score.value)
    return [sum(own) / len(own) if own else float("nan") for own in values.values()]


@quiet_when_reader_goes
def main() -> None:
    """Write reports and index below `results`; overrides as for the harness (results=DIR)."""
    config = configured("harness.cli.index", main.__doc__)
    try:
        pages = [report for report in reports(config) if isinstance(report, Page)]
        path, broken = write(results_of(config), pages, costing(config), sys.argv[1:])
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    for line in broken:
        print(line, file=sys.stderr)
    print(path)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
