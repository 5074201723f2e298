"""The card of each shipped task: the text file next to this module, with sizes and audits filled in."""

from collections import Counter
from pathlib import Path
from typing import Final

from pocket.tasks import audits, seeds

SPLITS: Final = ("train", "validation", "test")


def write(folder: Path, task: str) -> None:
    """Write CARD.md from the files that are there."""
    text = Path(__file__).with_name(f"{task}.md").read_text(encoding="utf-8")
    (folder / "CARD.md").write_text(text.format(**_measured(folder, task)), encoding="utf-8")


def _measured(folder: Path, task: str) -> dict[str, object]:
    near, tested = audits.near_duplicates(folder)
    guessed, answerable = audits.guessed(folder) if task != "summarization" else (0, 0)
    return {
        "sizes": _sizes(folder),
        "slices": _slices(folder),
        "documents": _lines(folder / "documents.jsonl"),
        "seed": seeds.SHIPPED[task],
        "near": near,
        "tested": tested,
        "guessed": guessed,
        "answerable": answerable,
    }


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0


def _sizes(folder: Path) -> str:
    counts = {split: len(audits.rows(folder, split)) for split in SPLITS}
    head, rule = " | ".join(counts), "---|" * len(counts)
    return f"| {head} |\n|{rule}\n| {' | '.join(map(str, counts.values()))} |"


def _slices(folder: Path) -> str:
    counted = {split: Counter(row["slice"] for row in audits.rows(folder, split)) for split in SPLITS}
    names = sorted({name for counts in counted.values() for name in counts})
    lines = ["| examples | " + " | ".join(SPLITS) + " |", "|---|" + "---|" * len(SPLITS)]
    lines += [f"| {name} | " + " | ".join(str(counted[split][name]) for split in SPLITS) + " |" for name in names]
    return "\n".join(lines)
