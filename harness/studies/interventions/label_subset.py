"""Fewer labelled pairs to train on: nested random subsets of train."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import ClassVar, Final, Literal

from harness.studies.changed import ChangedTask
from harness.studies.intervention import Value
from harness.tasks.loaded import limited
from harness.tasks.task import Task
from harness.types import Document, Example

ALL: Final = "all"


@dataclass(frozen=True)
class LabelSubset:
    """Train on a random part of the labelled pairs; the smaller part of one draw is inside its larger ones.

    Documents, validation and test stay. With equal epochs a small part is also trained for few steps, and starves;
    with equal steps its rows are repeated until they are as many as all pairs.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.label_subset.LabelSubset"

    pairs: int | Literal["all"]
    """how many; more than there are means all"""
    draw: int
    """which subset; several show how much its choice matters"""
    steps: Literal["equal epochs", "equal steps"]
    """equal epochs: as many passes over few rows as over many; equal steps: as many steps"""
    knowledge: Literal["held", "shrinks"]
    """where documents are made of train pairs: held keeps all, shrinks those of the subset. Other documents stay"""
    answers: Literal["own", "shuffled"]
    """shuffled: each pair gets another pair's answer, a control: what is then learnt is no content"""
    asked: Literal["test", "train"]
    """train: pairs that were trained on are asked instead of test, to see how far they were only memorised"""

    def problems(self) -> Sequence[str]:
        return [f"pairs is {self.pairs}; it must be 0 or more, or all"] if self.pairs != ALL and self.pairs < 0 else []

    @property
    def label(self) -> str:
        parts = [f"{self.pairs} pairs"]
        parts += [self.steps] if self.steps != "equal epochs" else []
        parts += ["knowledge shrinks"] if self.knowledge != "held" else []
        parts += ["answers shuffled"] if self.answers != "own" else []
        return ", ".join([*parts, *(["asked what was trained"] if self.asked != "test" else [])])

    @property
    def settings(self) -> Mapping[str, Value]:
        return {
            "pairs": self.pairs, "steps": self.steps, "knowledge": self.knowledge, "answers": self.answers,
            "asked": self.asked,
        }  # fmt: skip

    def refuses(self, task: Task) -> str:
        pairs = len(task.examples("train"))
        if pairs >= 2:
            return ""
        return (
            f"there are {pairs} labelled pairs in train, and a subset is drawn from two at least; name a file of pairs "
            "(columns input and references) by task.splits.train=FILE"
        )

    def apply(self, task: Task) -> Task:
        train = task.examples("train")
        kept = nested_subset(train, self.pairs, self.draw)
        rows = shuffled_answers(kept, self.draw) if self.answers == "shuffled" else kept
        trained = repeated(rows, len(train)) if self.steps == "equal steps" else rows
        documents = _knowledge(task.documents(), kept) if self.knowledge == "shrinks" else None
        changed = ChangedTask(task, {"train": tuple(trained)}, documents, change=self.label)
        if self.asked == "test":
            return changed
        sample = limited(kept, len(task.examples("test")))
        return replace(changed, splits={**changed.splits, "test": tuple(sample)}, trained_on=changed)


def nested_subset(train: Sequence[Example], pairs: int | Literal["all"], draw: int) -> list[Example]:
    """Return so many rows, in their order; those of a smaller number are among those of a larger."""
    if pairs == ALL or pairs >= len(train):
        return list(train)
    order = list(range(len(train)))
    random.Random(f"labels/{draw}").shuffle(order)  # text seeds are hashed: the same on every machine
    return [train[at] for at in sorted(order[:pairs])]


def repeated(rows: Sequence[Example], wanted: int) -> list[Example]:
    """Return so many rows by taking the given ones again and again; each repetition has an id of its own."""
    if not rows:
        return []
    rounds = (number // len(rows) for number in range(wanted))
    again = zip(rounds, islice(cycle(rows), wanted), strict=True)
    return [replace(row, id=f"{row.id}~{number}") if number else row for number, row in again]


def shuffled_answers(rows: Sequence[Example], draw: int) -> list[Example]:
    """Return the rows, each with the answer of another: in a drawn order, answers move on by one row."""
    order = list(range(len(rows)))
    random.Random(f"shuffled/{draw}").shuffle(order)
    donor = dict(zip(order, order[1:] + order[:1], strict=True))
    return [
        replace(row, references=rows[donor[at]].references, answerable=rows[donor[at]].answerable, facts=())
        for at, row in enumerate(rows)
    ]


def _knowledge(documents: Sequence[Document], kept: Sequence[Example]) -> tuple[Document, ...]:
    """Return the documents without the exemplars of pairs that were left out."""
    ids = {example.id for example in kept}
    return tuple(one for one in documents if not one.example_id or one.example_id in ids)
