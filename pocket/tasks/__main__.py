"""`python -m pocket.tasks`: writes the shipped tasks and probes, with cards and checksums."""

import argparse
from pathlib import Path

from pocket.tasks import cards, probes, qa, summarization, support
from pocket.tasks.files import write_sums

BUILDERS = {"summarization": summarization.build, "qa": qa.build, "support": support.build}


def write_all(root: Path) -> None:
    """Write every task, and the probes, into its folder under root."""
    for task, build in BUILDERS.items():
        build(root / task)
        cards.write(root / task, task)
        write_sums(root / task)
    probes.build(root / probes.FOLDER)
    write_sums(root / probes.FOLDER)


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("datasets"), help="folder of the task folders")
    write_all(parser.parse_args().root)


if __name__ == "__main__":
    main()
