"""Label sets: answers that people have judged, and the part of a judgement that answers what they were asked."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from harness.errors import DataError
from harness.judges.judge import Judgement, Question
from validation.agreement import Values

Reading = Callable[[Judgement], float | None]


def mean_support(judgement: Judgement) -> float | None:
    """Return the mean support of the assertions; None without any."""
    return judgement.mean_support


def whole_support(judgement: Judgement) -> float | None:
    """Return how far the whole answer is supported, questions included; None without claims.

    The weighted geometric mean of support: one unsupported claim of some length lowers it more than it would
    lower an arithmetic mean; a short one hardly changes it.
    """
    weight = sum(claim.weight for claim in judgement.claims)
    if not weight:
        return None
    return math.exp(sum(claim.weight * math.log(max(claim.support, 1e-9)) for claim in judgement.claims) / weight)


@dataclass(frozen=True)
class LabelSet:
    """Answers that people have judged."""

    name: str
    use: Literal["development", "test"]
    """the judges' weights were fitted on development sets"""
    file: str
    keep: str
    """value of the field `dataset` to keep; "" for every row"""
    figure: Literal["AUROC", "Pearson"]
    reading: Reading
    """the part of a judgement that corresponds to the question that people were asked"""
    bar: float | None = None
    """figure required of `lexical` before it was built; None where none was"""

    @property
    def title(self) -> str:
        """Name and use, as the page says it."""
        return f"{self.name}, {self.use}"

    @property
    def whole(self) -> bool:
        """Whether people judged whole answers, not shares of them."""
        return self.reading is whole_support


SETS: Final = (
    LabelSet("BEGIN", "development", "begin/cases_wow_dev.jsonl", "", "AUROC", whole_support),
    LabelSet("FRANK CNN/DM", "development", "frank/cases_valid.jsonl", "cnndm", "Pearson", mean_support),
    LabelSet("FRANK XSum", "development", "frank/cases_valid.jsonl", "bbc", "Pearson", mean_support),
    LabelSet("BEGIN", "test", "begin/cases_wow_test.jsonl", "", "AUROC", whole_support, 0.945),
    LabelSet("FRANK CNN/DM", "test", "frank/cases_test.jsonl", "cnndm", "Pearson", mean_support, 0.545),
    LabelSet("FRANK XSum", "test", "frank/cases_test.jsonl", "bbc", "Pearson", mean_support),
)
PUBLISHED: Final = {"BERTScore-P": "BertScore P Art", "FactCC": "FactCC", "DAE": "Dep Entail", "QAGS": "QAGS"}
"""column -> key of the scores that FRANK publishes with its labels (against the article)"""


@dataclass(frozen=True)
class Rows:
    """One label set, read."""

    questions: tuple[Question, ...]
    labels: Values
    groups: tuple[str, ...]
    """rows of one group share their source text"""
    systems: tuple[str, ...]
    """what wrote the answers"""
    published: Mapping[str, Values]


def read(labelled: LabelSet, data: Path) -> Rows:
    """Return the rows of a label set.

    Raises:
        DataError: a file is not there.
    """
    cases = [row for row in _lines(data / labelled.file) if labelled.keep in ("", row.get("dataset"))]
    if labelled.file.startswith("begin"):
        evidence = [str(row["source"]) for row in cases]
        labels = [float(row["label"]) for row in cases]
    else:
        texts = {row["id"]: str(row["text"]) for row in _lines(data / "frank" / "documents.jsonl")}
        evidence = [texts[row["doc_ids"][0]] for row in cases]
        labels = [float(row["human_factuality"]) for row in cases]
    scores = [row.get("baseline", {}) for row in cases]
    published = {
        name: np.array([float(row.get(key) or 0.0) for row in scores])
        for name, key in PUBLISHED.items()
        if any(row.get(key) is not None for row in scores)
    }
    questions = tuple(Question(str(row["output"]), (text,)) for row, text in zip(cases, evidence, strict=True))
    systems = tuple(str(row.get("system", "")) for row in cases)
    return Rows(questions, np.array(labels), tuple(evidence), systems, published)


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise DataError(f"{path}: not found; --data names the folder that holds begin/ and frank/ as JSON lines")
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def joined(parts: Sequence[Rows]) -> Rows:
    """Return several label sets as one, without published scores."""
    return Rows(
        tuple(one for part in parts for one in part.questions),
        np.concatenate([part.labels for part in parts]),
        tuple(one for part in parts for one in part.groups),
        tuple(one for part in parts for one in part.systems),
        {},
    )
