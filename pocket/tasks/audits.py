"""What the cards say about leakage: near-duplicate inputs, and what can be guessed from the question alone."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from harness.tasks.audit import audit
from harness.types import Example


def near_duplicates(folder: Path) -> tuple[int, int]:
    """Return how many test inputs have an equal or near-equal train input, and how many there are."""
    result = audit(_examples(folder, "train"), _examples(folder, "test"))
    return result.exact + result.near, result.test_examples


def guessed(folder: Path) -> tuple[int, int]:
    """Return how many answerable test examples a guesser gets right that sees the question alone.

    It knows from train which value is the most frequent for the kind of fact asked for, and gives that.
    """
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(folder, "train"):
        for label, value in asked(row):
            seen[label][value] += 1
    answerable = [row for row in rows(folder, "test") if row["answerable"]]
    return sum(all(_guess(seen[label]) == value for label, value in asked(row)) for row in answerable), len(answerable)


def rows(folder: Path, split: str) -> list[dict[str, Any]]:
    """Return the rows of a file."""
    return [json.loads(line) for line in (folder / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]


def asked(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (kind of fact, value) for every fact that the row asks for."""
    if not row["answerable"]:
        return []
    if "facts" in row:
        return list(zip(row["fact"], row["facts"], strict=True))
    return [(row["fact"], row["references"][-1])]


def _guess(values: Counter[str]) -> str:
    return values.most_common(1)[0][0] if values else ""


def _examples(folder: Path, split: str) -> list[Example]:
    return [Example(row["id"], row["input"], tuple(row["references"]), ()) for row in rows(folder, split)]
