"""What can be chosen on the command line, for the page of --help."""

from pathlib import Path
from typing import Final

NOT_CHOSEN: Final = ("claim", "decision/criteria")
"""groups and files of conf that nobody chooses: all claims are read at once, and decisions build on the criteria"""


def choices(conf: Path) -> str:
    """Return a line per group of yaml files, with the names of its files.

    Args:
        conf: the folder of the groups.
    """
    groups = [folder for folder in sorted(conf.iterdir()) if folder.is_dir() and folder.name not in NOT_CHOSEN]
    names = {one.name: [file.stem for file in sorted(one.glob("*.yaml")) if _is_chosen(file)] for one in groups}
    return "".join(f"{group}: {', '.join(own)}\n" for group, own in names.items() if own)


def _is_chosen(file: Path) -> bool:
    return f"{file.parent.name}/{file.stem}" not in NOT_CHOSEN
