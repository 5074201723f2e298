"""Where results lie: `RESULTS/TASK/MODEL[/SETTINGS]`. What is shipped and what a run makes never share a folder."""

import re
from pathlib import Path
from typing import Final

from harness.store.files import fitting, short_hash

RESERVED: Final = ("index.html", "reference", "runs", "store")
"""names directly under the results that are something else than a task"""
LONGEST_NAME: Final = 120
"""characters of a folder name made from overrides; longer ones, and ambiguous ones, end in a hash"""
STUDIES: Final = "studies"
"""folder beside the table of a task and model, with a folder per study; its experiments have no table of their own"""
_BETWEEN: Final = re.compile(r",(?![^\[\]]{0,200}\])")
"""commas between the settings of a folder's name, and not those of a list"""
_OF_STUDIES: Final = "study."
"""how settings begin that change a study and not the experiment"""
FULL: Final = "full"
"""budget of a study that was run whole"""
SWEEPS: Final = ".sweeps"
"""folder under the results where Hydra keeps what it needs of a sweep (conf/config.yaml); no task's, as it is hidden"""


def without_study_settings(name: str) -> list[str]:
    """Return the settings in a folder's name without those of a study alone (study.budget=quick)."""
    return [line for line in _BETWEEN.split(name) if not line.startswith(_OF_STUDIES)]


def result_folder(results: Path, task: str, model: str, settings: str) -> Path:
    """Return where tables and records go.

    Args:
        results: the folder of all results.
        task: its name.
        model: its name.
        settings: what differs from the defaults, KEY=VALUE with commas between; "" for nothing.
    """
    folder = results / path_part(task) / path_part(model)
    return folder / settings_part(settings) if settings else folder


def settings_part(settings: str) -> str:
    """Return settings, KEY=VALUE with commas between, as the name of a folder; long ones end in a hash of the whole."""
    name = path_part(settings)
    if name != settings or len(name) > LONGEST_NAME:  # a replaced character could have been another one
        name = f"{name[: LONGEST_NAME - 9]}-{short_hash(settings)}"
    return fitting(name, whole=settings)


def result_folders(root: Path) -> list[Path]:
    """Return every folder of results below `root`; without those under a reserved name, hidden ones, and of studies."""
    folders = {path.parent.parent for path in root.rglob("records/*.jsonl")}
    parts = {folder: folder.relative_to(root).parts for folder in sorted(folders)}
    return [
        folder
        for folder, names in parts.items()
        if not is_reserved("".join(names[:1])) and not any(name.startswith(".") for name in names)
        if STUDIES not in names
    ]


def study_folders(root: Path, file: str) -> list[Path]:
    """Return every folder of a study below `root`, found by its file; reserved and hidden ones left out."""
    folders = sorted(path.parent for path in root.rglob(f"{STUDIES}/*/{file}"))
    parts = {folder: folder.relative_to(root).parts for folder in folders}
    return [
        folder
        for folder, names in parts.items()
        if not is_reserved("".join(names[:1])) and not any(name.startswith(".") for name in names)
    ]


def rank_of_study(folder: Path, budget: str) -> tuple[bool, int, str]:
    """Return the key to sort the folders of one study by, where it was run several times: the first one counts.

    A full run before a quick one, then the one with the fewest settings of its own (study.budget=quick is one).

    Args:
        folder: of the study.
        budget: that it was run with; "" where it cannot be read.
    """
    settings = folder.parent.parent.name
    return budget != FULL, len(_BETWEEN.split(settings)) if "=" in settings else 0, folder.as_posix()


def is_reserved(task: str) -> bool:
    """Return whether a task of this name would share its folder with something else."""
    return path_part(task).casefold() in RESERVED


def is_store(store: Path, folder: Path) -> bool:
    """Return whether a folder of results, or the one of its task, is the store."""
    return store.resolve() in (folder.resolve(), folder.parent.resolve())


def path_part(text: str) -> str:
    """Return the text as the name of a file or folder."""
    return fitting(re.sub(r"[^\w.,=\[\]+-]+", "_", text).lstrip(".") or "_", whole=text)
