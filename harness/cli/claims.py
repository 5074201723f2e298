"""`python -m harness.cli.claims`: what the documents claim against what was measured, from results that are there."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import MarkedYAMLError, YAMLError

from harness.analysis.costs.horizon import Costing
from harness.analysis.guards.registry import sound
from harness.analysis.selection import SelectedRecords
from harness.analysis.table import table_of
from harness.cli import decide, study_tables
from harness.cli.builder import Builder
from harness.cli.command import configured
from harness.cli.config import ROOT, compose, costing, results_of
from harness.cli.folders import STUDIES, result_folders
from harness.cli.tables import chosen_records
from harness.errors import ConfigError, CutleryError, StoreError, joined
from harness.store.files import write_text
from harness.studies import files
from harness.studies.claims import page
from harness.studies.claims.claim import DocumentClaim
from harness.studies.claims.ledger import ClaimsLedger, ledger_of
from harness.studies.claims.sources import Evaluating, Evidence, ExperimentSource, StudySource
from harness.studies.data import Made, StudyData
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.measured import measure

CLAIMS: Final = ROOT / "conf/claim"
FILE: Final = "claims"
ALL: Final = "--all-settings"
"""a ledger also for every folder of other settings, and not only for the defaults of each task and model"""
LEVEL: Final = "the experiment"
PLAIN: Final = 2
"""parts of a folder's name without settings: task and model"""
FLAG_RESAMPLES: Final = 50
"""of the table that is made for its flags alone: they do not depend on resamples"""


def claims(folder: Path = CLAIMS) -> tuple[DocumentClaim, ...]:
    """Read the claims, in the order of their numbers.

    Args:
        folder: with a yaml file per claim.

    Raises:
        ConfigError: lists everything that is wrong, with file and key.
    """
    builder = Builder()
    found: dict[str, DocumentClaim] = {}
    for path in sorted(folder.glob("*.yaml")):
        claim = _claim(path, builder)
        if claim is not None and claim.id in found:
            builder.problems.append(
                f"{path.name}.id is {claim.id}, which another file has as well; give it another one"
            )
        elif claim is not None:
            found[claim.id] = claim
    if builder.problems:
        raise joined(ConfigError, f"claims in {folder.name}", builder.problems)
    if not found:
        raise ConfigError(f"{folder} holds no claim; a claim is a yaml file (docs/CLAIMS.md)")
    return tuple(sorted(found.values(), key=lambda one: one.number))


def _claim(path: Path, builder: Builder) -> DocumentClaim | None:
    """Return the claim of a file, or note what is wrong with it."""
    try:
        node = OmegaConf.to_container(OmegaConf.load(path), resolve=True)
    except (OmegaConfBaseException, YAMLError, OSError) as error:
        builder.problems.append(f"{path.name} cannot be read as yaml: {_place(error)}")
        return None
    built = builder.build(node, path.name)
    if built is None or isinstance(built, DocumentClaim):
        return built
    builder.problems.append(f"{path.name}._target_ is {type(built).__name__}; it must be {DocumentClaim.KEY}")
    return None


def _place(error: Exception) -> str:
    """Return what is wrong with a yaml file, and in which line."""
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return " ".join(str(error).split())


@dataclass(frozen=True, slots=True)
class Written:
    """What the command wrote."""

    ledgers: tuple[ClaimsLedger, ...]
    files: tuple[Path, ...]
    left_out: tuple[str, ...]
    """folders of results with other settings, which have no ledger"""
    broken: tuple[str, ...]
    """a line for each folder that cannot be read"""


def write(root: Path, money: Costing, *, every: bool = False) -> Written:
    """Read all results below `root` and write claims.md, claims.csv and claims.html there.

    Args:
        root: the folder of results.
        money: prices and use.
        every: ledgers also for other settings than the defaults.

    Raises:
        ConfigError: a claim's file is wrong.
        StoreError: there are no results, or the folder cannot be written.
    """
    wanted = claims()
    broken: list[str] = []
    folders = list(_folders(root))
    kept = folders if every else _defaults(root, folders)
    ledgers = tuple(ledger_of(wanted, one) for folder in kept if (one := _evidence(root, folder, money, broken)))
    if not ledgers:
        raise StoreError("; ".join([f"{root}: holds no results", *broken]) + "; run an experiment first")
    left_out = tuple(folder.relative_to(root).as_posix() for folder in folders if folder not in kept)
    paths = []
    for name, text in page.files(ledgers, left_out).items():
        write_text(root / name, text)
        paths.append(root / name)
    return Written(ledgers, tuple(paths), left_out, tuple(broken))


def _folders(root: Path) -> Iterator[Path]:
    """Yield every folder of a task, model and settings that has an experiment or a study."""
    studies = (folder.parent.parent for folder in study_tables.study_folders(root))
    yield from sorted({*result_folders(root), *studies})


def _defaults(root: Path, folders: Sequence[Path]) -> list[Path]:
    """Return the folders without settings; of a task and model that has none of these all of its folders."""
    plain = {folder for folder in folders if len(folder.relative_to(root).parts) <= PLAIN}
    return [folder for folder in folders if folder in plain or folder.parent not in plain]


def _evidence(root: Path, folder: Path, money: Costing, broken: list[str]) -> Evidence | None:
    """Return what a folder holds; None where nothing of it can be read."""
    unreadable: list[str] = []
    chosen = _chosen(folder, unreadable)
    experiment = None if chosen is None else _experiment(folder.relative_to(root), chosen, money)
    studies = dict(_studies(root, folder, unreadable))
    broken += [f"{folder.relative_to(root)}: {line}" for line in unreadable]
    data = experiment.data if experiment is not None else next((one.data for one in studies.values()), None)
    if data is None:
        return None
    settings = "/".join(folder.relative_to(root).parts[PLAIN:])
    evaluating = None if chosen is None else _evaluating(chosen, folder, money)
    cards = {path.stem: path.relative_to(root).as_posix() for path in sorted((folder / decide.GROUP).glob("*.md"))}
    return Evidence(data.task, data.model, settings, experiment, studies, tuple(unreadable), evaluating, cards)


def _chosen(folder: Path, unreadable: list[str]) -> SelectedRecords | None:
    """Return the records of the experiment in a folder; None without any."""
    if not (folder / "records").is_dir():
        return None
    try:
        chosen, left_out = chosen_records(folder)
        unreadable += left_out
        return sound(chosen)
    except CutleryError as error:
        unreadable.append(str(error))
        return None


def _experiment(folder: Path, chosen: SelectedRecords, money: Costing) -> ExperimentSource:
    table = table_of(chosen, resamples=FLAG_RESAMPLES)
    cells = {(LEVEL, row.arm): chosen.arms[row.arm] for row in table.rows}
    data = StudyData(table.task, table.model, None, (Made(LEVEL, LEVEL, 0, {}),), cells, {})
    return ExperimentSource(folder, data, money, len(table.flags))


def _evaluating(chosen: SelectedRecords, folder: Path, money: Costing) -> Evaluating:
    """Return what makes the decision card of the same records, with the answers of a preset."""

    def evaluated(preset: str) -> Evaluation:
        decision = decide.decision_of(compose([f"+{decide.GROUP}={preset}"]), preset)
        return Evaluation(measure(decide.data_from(folder, chosen, (), decision, money), decision), decision)

    return evaluated


def _studies(root: Path, folder: Path, unreadable: list[str]) -> Iterator[tuple[str, StudySource]]:
    for place in sorted((folder / STUDIES).glob(f"*/{files.FILE}")):
        try:
            study, data, table = study_tables.opened(place.parent)
        except CutleryError as error:
            unreadable.append(str(error))
            continue
        yield study.name, StudySource(place.parent.relative_to(root), data, table, study.budget, study.chosen.says)


def main() -> None:
    """Write claims.md, .csv and .html below `results`: every claim of the documents with its verdict.

    Overrides as for the harness (results=results/reference, prices=gcp_2025, horizon.months=24); --all-settings also
    reads results with other settings than the defaults. Exit status 1: some results could not be read.
    """
    every = ALL in sys.argv
    sys.argv = [word for word in sys.argv if word != ALL]
    config = configured("harness.cli.claims", main.__doc__)
    try:
        done = write(results_of(config), costing(config), every=every)
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(page.terminal(done.ledgers, done.left_out))
    print(f"\nWritten to {', '.join(map(str, done.files))}")
    for line in done.broken:
        print(line, file=sys.stderr)
    sys.exit(1 if done.broken else 0)


if __name__ == "__main__":
    main()
