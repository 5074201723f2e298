"""`python -m pocket.tasks`: writes shipped tasks and probes with cards and checksums, further documents, a handbook."""

import argparse
from pathlib import Path

from harness.tasks.knowledge.beside import FURTHER
from pocket.tasks import cards, handbook, more_documents, probes, qa, summarization, support
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
    parser.add_argument(
        "--more-documents",
        type=int,
        metavar="TIMES",
        help="write documents_more.jsonl of qa and support alone: with it they have so many times as many documents",
    )
    parser.add_argument(
        "--handbook",
        type=Path,
        metavar="DIR",
        help="write the data of docs/TUTORIAL.md alone",
    )
    asked = parser.parse_args()
    if asked.handbook is not None:
        pages, answers = handbook.write(asked.handbook)
        print(f"{asked.handbook}: {pages} pages, {answers} answers")
        return
    if asked.more_documents is None:
        write_all(asked.root)
        return
    if asked.more_documents < 2:
        parser.error(f"--more-documents is {asked.more_documents}; it must be 2 or more times the shipped documents")
    for task in more_documents.COUNTS:
        count = more_documents.write(asked.root / task, task, asked.more_documents)
        print(f"{asked.root / task / FURTHER}.jsonl: {count:,} documents")


if __name__ == "__main__":
    main()
