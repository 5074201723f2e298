"""Records of studies to their tables, without model, GPU or network; `make tables` makes all of them again."""

from collections.abc import Iterable
from pathlib import Path

from harness.analysis.selftest import check_statistics
from harness.cli import folders
from harness.cli.builder import Builder
from harness.errors import StoreError
from harness.store.files import replacing, write_text
from harness.studies import files, page, picture, table_file
from harness.studies.data import StudyData
from harness.studies.files import StudyFile
from harness.studies.study import Study
from harness.studies.table import StudyTable, study_table


def made(folder: Path) -> StudyTable:
    """Return the table of the study in a folder, from its records alone.

    Raises:
        CutleryError: as `opened`.
    """
    return read(folder)[0]


def read(folder: Path) -> tuple[StudyTable, StudyData]:
    """Return the table of the study in a folder, and the records that it was made from; raises as `opened`."""
    _, data, table = opened(folder)
    return table, data


def opened(folder: Path) -> tuple[Study, StudyData, StudyTable]:
    """Return the study in a folder, the records of its conditions, and the table that is made from them.

    Raises:
        MetricError: the statistics fail their known answers.
        StoreError: the study's file is missing or damaged, or of a study that this version cannot build.
        DataError: no record has a value to read.
    """
    check_statistics()
    file = files.read(folder)
    builder = Builder()
    study = builder.build(file.study, "study")
    if builder.problems or not isinstance(study, Study):
        why = "; ".join(builder.problems) or "it names no study"
        raise StoreError(f"{folder / files.FILE}: its study cannot be built ({why}); run the study again")
    data, unreadable = files.load(folder, file, study.metric)
    return study, data, study_table(study, data, file.planned, unreadable)


def shown(folder: Path) -> tuple[StudyFile, StudyData, StudyTable]:
    """Return what was run, its records without the answers, and its table: as it was written, if that still fits.

    Raises:
        CutleryError: as `opened`.
    """
    file = files.read(folder)
    table = table_file.read(folder, file)
    if table is None:
        _, data, table = opened(folder)
        return file, data, table
    data, unreadable = files.load_scores(folder, file)
    if unreadable:  # a record was damaged after the table was made
        return file, data, opened(folder)[2]
    return file, data, table


def write(folder: Path) -> StudyTable:
    """Write the table of the study in a folder, from its records alone, and return it.

    Raises:
        CutleryError: as `made`; or the folder cannot be written.
    """
    table = made(folder)
    for name, text in page.files(table).items():
        write_text(folder / name, text)
    table_file.write(table, folder)
    _write_pictures(table, folder)
    return table


def _write_pictures(table: StudyTable, folder: Path) -> None:
    """Write picture.svg and picture.pdf; a table without numbers has none, and an old one must not stay beside it."""
    forms: tuple[picture.Format, ...] = ("svg", "pdf")
    section = picture.pictured(table.sections)
    for form in forms:
        path = folder / f"picture.{form}"
        if section is None:
            path.unlink(missing_ok=True)
            continue
        with replacing(path) as unfinished:
            unfinished.write_bytes(picture.drawn(section, table.title, form))


def on_screen(table: StudyTable, folder: Path) -> str:
    """Return what a command prints of a study's table."""
    return f"{page.terminal(table).rstrip()}\n\nWritten to {folder}/table.*"


def study_folders(root: Path) -> list[Path]:
    """Return every folder with a study below `root`, as `result_folders` does those with an experiment."""
    return folders.study_folders(root, files.FILE)


def in_order(places: Iterable[Path]) -> list[Path]:
    """Return those of some folders that hold a study, the one that counts first (`folders.rank_of_study`).

    Claims and decision cards take the same one of a study that was run at both budgets.
    """
    return sorted(filter(is_study, places), key=lambda one: folders.rank_of_study(one, _budget(one)))


def _budget(folder: Path) -> str:
    """Return the budget of the study in a folder; "" where its file cannot be read."""
    try:
        return files.read(folder).budget
    except StoreError:
        return ""


def is_study(folder: Path) -> bool:
    """Return whether a folder holds a study and not an experiment."""
    return (folder / files.FILE).is_file()
