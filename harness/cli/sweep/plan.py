"""What a command line with -m asks for: its jobs, in the order of their numbers, their folder, and what runs them.

The jobs are known before any is begun, so that one that never began can be named.
"""

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import OmegaConf

from harness.cli.builder import Builder
from harness.cli.config import ROOT, Composed, compose, results_of
from harness.cli.folders import SWEEPS
from harness.cli.free_text import SWEEPING, quoted
from harness.cli.global_state import apart_from_the_running_job
from harness.cli.hydra_versions import VERSION_BASE
from harness.cli.measured import LAUNCHER
from harness.cli.old_names import key_of
from harness.cli.sweep.command import JobCommand
from harness.cli.sweep.launcher import Launcher, OneByOne
from harness.errors import ConfigError, joined

FOLDER: Final = "hydra.sweep.dir"
_OTHER_USES: Final = ("--cfg", "-c", "--help", "-h", "--hydra-help", "--info", "-i", "--version", "--shell-completion")
"""flags of Hydra with which nothing is run"""
_SWEEPER: Final = ("hydra/sweeper", "hydra.sweeper")


@dataclass(frozen=True, slots=True)
class PlannedSweep:
    """The jobs of one command line."""

    arguments: tuple[str, ...]
    """for Hydra, with the folder"""
    overrides: tuple[str, ...]
    """of the command line, each KEY=VALUE"""
    jobs: tuple[tuple[str, ...], ...]
    """what is set for each; none where a sweeper chooses them as it goes"""
    folder: Path
    """for their files; absolute"""
    launcher: Launcher | None
    """what runs them; None: Hydra"""
    name: str
    """of what runs them"""

    @property
    def commands(self) -> list[JobCommand]:
        """The jobs as commands of their own."""
        return [JobCommand(number, job, self.folder, Path.cwd()) for number, job in enumerate(self.jobs)]


def planned(arguments: Sequence[str]) -> PlannedSweep | None:
    """Return the sweep that a command line asks for; None where it asks for something else.

    Raises:
        ConfigError: the launcher cannot be used, or its settings are wrong.
        HydraException, OmegaConfBaseException: an override is wrong.
    """
    if SWEEPING.isdisjoint(arguments) or any(line.split("=")[0] in _OTHER_USES for line in arguments):
        return None
    overrides = [line for line in arguments if not line.startswith("-")]
    parsed = _parsed(overrides)
    fixed = [line for line, read in zip(overrides, parsed, strict=True) if not read.is_sweep_override()]
    config = compose([line for line in fixed if not _is_hydras(line)])
    folder = _folder(fixed, config)
    own = [read for line, read in zip(overrides, parsed, strict=True) if not _is_hydras(line)]
    adaptive = any(line.startswith(_SWEEPER) for line in overrides)
    jobs = () if adaptive else tuple(_jobs(own))
    launcher = _launcher(config)
    if launcher is not None:
        jobs = tuple(_without_launcher(job) for job in jobs)
        extra = [line for line in overrides if _is_hydras(line) and not line.startswith(("hydra.sweep", "hydra.mode"))]
        jobs = tuple((*job, *extra) for job in jobs)
    given = [line for line in arguments if key_of(line) != FOLDER]
    name = "hydra" if launcher is None else launcher.name
    sweep = PlannedSweep((*given, f"{FOLDER}={quoted(str(folder))}"), tuple(overrides), jobs, folder, launcher, name)
    if any(read.is_sweep_override() and _node(line) == LAUNCHER for line, read in zip(overrides, parsed, strict=True)):
        raise ConfigError(f"{LAUNCHER}: several are named; one runs all jobs of a sweep")
    _check(sweep, config, adaptive=adaptive)
    return sweep


def refuse_alone(arguments: Sequence[str]) -> None:
    """Raise ConfigError for a launcher where there is no sweep."""
    for line in arguments:
        if _node(line) == LAUNCHER and line.partition("=")[2] != "none":
            raise ConfigError(f"{line} runs the jobs of a sweep, and this is one experiment; make sweep {line} …")


def _parsed(overrides: Sequence[str]) -> list[Override]:
    with apart_from_the_running_job(), initialize_config_dir(str(ROOT / "conf"), **VERSION_BASE):
        loader = GlobalHydra.instance().config_loader()  # glob(…) asks it for the files of a group
        return list(OverridesParser.create(config_loader=loader).parse_overrides(list(overrides)))


def _is_hydras(line: str) -> bool:
    return key_of(line).startswith(("hydra.", "hydra/"))


def _node(line: str) -> str:
    """Return the node of the configuration that an override changes."""
    return key_of(line).split(".")[0]


def _jobs(overrides: Sequence[Override]) -> Iterator[tuple[str, ...]]:
    """Yield what is set for each job, as Hydra's own sweeper would."""
    lines: dict[str, list[str]] = {}
    for read in overrides:
        key = read.get_key_element()
        values = read.sweep_string_iterator() if read.is_sweep_override() else [read.get_value_element_as_str()]
        lines[key] = [f"{key}={value}" for value in values]
    yield from itertools.product(*lines.values())


def _folder(fixed: Sequence[str], config: Composed) -> Path:
    """Return the folder that the user named, or one of this process alone: sweeps can run side by side."""
    for line in fixed:
        if key_of(line) == FOLDER:
            return Path(line.partition("=")[2].strip("\"' ")).expanduser().absolute()
    name = f"sweep-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    return (results_of(config) / SWEEPS / name).absolute()


def _launcher(config: Composed) -> Launcher | None:
    node = OmegaConf.to_container(config[LAUNCHER], resolve=True)
    builder = Builder()
    built = builder.build(node, LAUNCHER)
    builder.raise_problems()
    if built is None or isinstance(built, OneByOne):
        return None
    if not isinstance(built, Launcher):
        raise ConfigError(f"{LAUNCHER}: _target_ is {type(built).__name__}, which is not one of that kind")
    return built


def _without_launcher(job: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in job if _node(line) != LAUNCHER)


def _check(sweep: PlannedSweep, config: Composed, *, adaptive: bool) -> None:
    """Raise ConfigError with all that speaks against running these jobs by the launcher."""
    if sweep.launcher is None:
        return
    problems = list(sweep.launcher.refuses(sweep.commands))
    if adaptive:
        problems.append("a sweeper that chooses jobs as it goes needs one of Hydra's launchers: hydra/launcher=…")
    if (why := sweep.launcher.disturbs) and any(_times(job, config) for job in sweep.jobs):
        problems.append(
            f"{why}, and timing measures how fast answers come, so that they would disturb each other; add timing=off, "
            "and run the sweep once more without launcher= when it has ended: only the timing is missing then"
        )
    if problems:
        raise joined(ConfigError, f"{LAUNCHER}={sweep.name}", problems)


def _times(job: Sequence[str], config: Composed) -> bool:
    """Return whether a job has a timing pass."""
    chosen = {key_of(line): line.partition("=")[2] for line in job}
    if chosen.get("dry_run") == "true" or chosen.get("timing.examples") == "0":
        return False
    return chosen["timing"] != "off" if "timing" in chosen else bool(config.timing.examples)
