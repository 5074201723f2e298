"""`python -m harness.cli.claims`: what the documents claim against what was measured, from results that are there."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import MarkedYAMLError, YAMLError

from harness.analysis.costs.horizon import Costing
from harness.cli import claim_sources
from harness.cli.builder import Builder
from harness.cli.command import configured
from harness.cli.config import ROOT, costing, results_of
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.errors import ConfigError, CutleryError, StoreError, joined
from harness.store.files import write_text
from harness.studies.claims import page
from harness.studies.claims.claim import DocumentClaim
from harness.studies.claims.ledger import ClaimsLedger, ledger_of

CLAIMS: Final = ROOT / "conf/claim"
FILE: Final = "claims"
ALL: Final = "--all-settings"
"""a ledger also for every folder of other settings, and not only for the defaults of each task and model"""


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
    places = claim_sources.places(root)
    kept = places if every else claim_sources.defaults(places)
    found = (claim_sources.evidence(root, place, money, broken) for place in kept)
    ledgers = tuple(ledger_of(wanted, one) for one in found if one is not None)
    if not ledgers:
        raise StoreError("; ".join([f"{root}: holds no results", *broken]) + "; run an experiment first")
    left_out = tuple(place.base.as_posix() for place in places if place not in kept)
    paths = []
    for name, text in page.files(ledgers, left_out).items():
        write_text(root / name, text)
        paths.append(root / name)
    return Written(ledgers, tuple(paths), left_out, tuple(broken))


@quiet_when_reader_goes
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
