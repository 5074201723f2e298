"""Published texts of one content in two styles, read from a folder: the style scale is checked on them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from harness.errors import DataError
from harness.metrics.style.anchors import Anchors, anchors
from harness.metrics.style.profile import profiles
from harness.text.sentences import sentences

DOCTOR: Final = re.compile(r"(?m)^\s*Doctor\s*:\s*(.*)$")
Row = Mapping[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Pair:
    """One content in two styles."""

    reference: str
    generic: str
    topic: str


@dataclass(frozen=True)
class Check:
    """Rows to fit, and rows that are held out."""

    name: str
    fitted: tuple[Pair, ...]
    held_out: tuple[Pair, ...]

    def anchors(self, most: int | None = None) -> Anchors:
        """Return the ends of the scale, from at most so many of the rows to fit."""
        rows = self.fitted[:most]
        generic = [row.generic for row in rows]
        return anchors([row.reference for row in rows], generic, generic, [row.topic for row in rows], "as described")


def lines(path: Path) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises:
        DataError: it does not exist.
    """
    if not path.is_file():
        raise DataError(f"{path}: not found")
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def dstc9(data: Path) -> list[Check]:
    """Agents' replies against the FAQ entries that they answer from; and from hotels to restaurants."""
    faq = {row["id"]: row["text"] for row in lines(data / "dstc9_support" / "documents.jsonl")}

    def pairs(split: str, domain: str = "") -> tuple[Pair, ...]:
        rows = lines(data / "dstc9_support" / f"{split}.jsonl")
        return tuple(_pair(row, faq[row["doc_ids"][0]]) for row in rows if domain in ("", row["intent"]))

    return [
        Check("DSTC9: replies, FAQ entries", pairs("train"), pairs("test")),
        Check("DSTC9: fitted on hotels, read on restaurants", pairs("train", "hotel"), pairs("test", "restaurant")),
    ]


def mts(data: Path) -> list[Check]:
    """Clinical notes against the doctor's own words of the same visit."""

    def pairs(split: str) -> tuple[Pair, ...]:
        rows = ((row, " ".join(DOCTOR.findall(row["input"]))) for row in lines(data / "mts_dialog" / f"{split}.jsonl"))
        return tuple(_pair(row, words) for row, words in rows if words.strip())

    return [Check("MTS-Dialog: notes, doctor's words", pairs("train"), pairs("test"))]


def scitldr(data: Path) -> list[Check]:
    """One-sentence summaries against the first sentence of the abstract."""

    def pairs(split: str) -> tuple[Pair, ...]:
        return tuple(_pair(row, sentences(row["input"])[0]) for row in lines(data / "scitldr" / f"{split}.jsonl"))

    return [Check("SciTLDR: summaries, first sentences", pairs("train") + pairs("validation"), pairs("test"))]


def bitext(data: Path) -> list[Check]:
    """Long replies against policy notes; only half of the notes are fitted, the other half are read."""
    rows = {row["id"]: row["text"] for row in lines(data / "bitext_support" / "documents.jsonl")}
    names = sorted(rows)
    return [
        Check(
            f"Bitext: replies, policy notes ({half} half)",
            tuple(_noted(lines(data / "bitext_support" / "train.jsonl"), rows, names[start::2])),
            tuple(_noted(lines(data / "bitext_support" / "test.jsonl"), rows, names[1 - start :: 2])),
        )
        for start, half in enumerate(("first", "second"))
    ]


CHECKS: Final[Sequence[Callable[[Path], list[Check]]]] = (dstc9, mts, scitldr, bitext)


MOST_OTHERS: Final = 100
"""texts of one other style that are read"""


def other_styles(data: Path, checks: Iterable[Check]) -> Mapping[str, Sequence[str]]:
    """Return held-out references of each set, and texts of further sets, by name: styles that are no end of a scale.

    Raises:
        DataError: a file does not exist.
    """
    found: dict[str, list[str]] = {}
    for check in checks:
        found.setdefault(_set_of(check), [row.reference for row in check.held_out])
    found["PubMedQA"] = [row["reference"] for row in lines(data / "pubmedqa" / "test.jsonl")]
    found["BEGIN"] = [row["output"] for row in lines(data / "begin" / "cases_wow_dev.jsonl")]
    for row in lines(data / "frank" / "cases_valid.jsonl"):
        found.setdefault("FRANK CNN/DM" if row["dataset"] == "cnndm" else "FRANK XSum", []).append(row["output"])
    for row in lines(data / "stel" / "cases.jsonl"):
        found.setdefault(f"STEL {row['style']}", []).append(row["anchor_1"])
    return {name: drawn(list(dict.fromkeys(texts)), MOST_OTHERS) for name, texts in found.items()}


def _set_of(check: Check) -> str:
    """Return the name of the set that a check belongs to."""
    return check.name.split(":")[0]


def drawn(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most so many of the items, the same ones every time."""
    return [items[number] for number in np.random.default_rng(0).permutation(len(items))[:most]]


def _pair(row: Row, generic: str) -> Pair:
    return Pair(row["reference"], generic, generic)


def _noted(found: Iterable[Row], notes: Mapping[str, str], kept: Sequence[str]) -> Iterator[Pair]:
    """Every reply; one whose note is of the other half is paired with a note of this half."""
    for number, row in enumerate(found):
        own = row["doc_ids"][0]
        yield Pair(row["reference"], notes[own if own in kept else kept[number % len(kept)]], own)


TINY: Final = 1e-9


def likeness(first: str, other: str, one: str, another: str) -> float:
    """Return how alike two differences are: first against other, and one against another.

    Positive when `one` is to `another` as `first` is to `other`. Each count enters by its relative difference.
    """
    a, b, c, d = profiles([first, other, one, another])
    return float(((a - b) / (abs(a) + abs(b) + TINY)) @ ((c - d) / (abs(c) + abs(d) + TINY)))


def share_right(scores: list[float]) -> float:
    """Return the share of positive scores; a tie counts half."""
    return float(np.mean([0.5 if score == 0 else float(score > 0) for score in scores]))
