"""What all tasks made of rows share: examples up to the limit, documents, and what is wrong with the data."""

import random
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeVar

from harness.store.spec import FORMERLY
from harness.tasks.columns import Columns, DocumentColumns
from harness.tasks.data import TaskData
from harness.tasks.task import CutAway
from harness.types import Document, Example, Split

T = TypeVar("T")

SEED: Final = 20_260
"""of a limit, and the default of what is carved: two runs must have the same examples"""


@dataclass(frozen=True)
class LoadedTask(ABC):
    """The part of a task that does not depend on the source of its rows."""

    name: str = field(compare=False)
    """in tables and folder names"""
    instruction: str
    """what the model should do, the same for every arm; "" where every conversation says so by its own system turn"""
    max_new_tokens: int
    """longest answer"""
    cut: CutAway | bool | None = field(metadata={FORMERLY: "cut_long_input"})
    """what is cut away of an input that is too long for the model: its start, middle or end; null: nothing, a question
    fails. Of a conversation the oldest turns go first. Kept as keys have it: True for end, False for null"""
    columns: Columns
    """names of the columns of examples"""
    document_columns: DocumentColumns
    """names of the columns of documents; text: [] if examples hold none"""
    limit: int | None
    """largest number of examples of each split; documents are never limited"""
    test_share: float = field(default=0.2, kw_only=True, compare=False)
    """part of train that becomes test where the data have none; keys depend on it where it is used"""
    validation_share: float = field(default=0.1, kw_only=True, compare=False)
    """part of train that becomes validation where the data have none; 0: there is none"""
    split_seed: int = field(default=SEED, kw_only=True, compare=False)
    """which rows these are"""

    def __post_init__(self) -> None:
        as_ever: Mapping[object, bool] = {"end": True, None: False}
        object.__setattr__(self, "cut", as_ever.get(self.cut, self.cut))

    @property
    @abstractmethod
    def _label(self) -> str:
        """Name of the task in messages."""

    @cached_property
    @abstractmethod
    def _data(self) -> TaskData:
        """Everything that was read; read once."""

    @cached_property
    @abstractmethod
    def _content_key(self) -> str:
        """The sha256 of the data; computed once."""

    def content_key(self) -> str:
        return self._content_key

    def examples(self, split: Split) -> Sequence[Example]:
        self._data.demand(self._label)
        return self._limited[split]

    def documents(self) -> Sequence[Document]:
        self._data.demand(self._label)
        return self._data.documents

    def problems(self) -> Sequence[str]:
        return [*self._setting_problems(), *self._data.problems]

    @property
    def data(self) -> TaskData:
        """Everything that was read, before any limit and whatever is wrong with it."""
        return self._data

    def remarks(self) -> Sequence[str]:
        """Return what was recognised, decided or left out of the data, one line each."""
        return self._data.remarks

    def shares(self, splits: Collection[Split] = ("test", "validation")) -> dict[Split, float]:
        """Return the part of train that each of these splits gets where the data have none, test first."""
        wanted: dict[Split, float] = {"test": self.test_share, "validation": self.validation_share}
        return {split: share for split, share in wanted.items() if split in splits}

    @cached_property
    def _limited(self) -> Mapping[Split, Sequence[Example]]:
        return {split: limited(examples, self.limit) for split, examples in self._data.splits.items()}

    def _all_examples(self) -> Sequence[Example]:
        """Return everything that was read, before any limit; one that brings nothing where nothing was read."""
        examples = [example for own in self._data.splits.values() for example in own]
        return examples or [Example("", "", (), ())]

    def _setting_problems(self) -> list[str]:
        problems = []
        if not self.instruction.strip() and not all(map(brings_system_turn, self._all_examples())):
            problems.append("instruction is empty: say in a sentence what the model should do")
        if self.max_new_tokens < 1:
            problems.append(f"max_new_tokens is {self.max_new_tokens}: want 1 or more")
        if self.limit is not None and self.limit < 1:
            problems.append(f"limit is {self.limit}: want 1 or more, or null for all examples")
        for split, share in self.shares().items():
            if not 0 <= share < 1:
                problems.append(f"{split}_share is {share}: want a share of train from 0 to below 1, such as 0.1")
        if sum(self.shares().values()) >= 1:
            problems.append("test_share and validation_share leave nothing of train: want less than 1 in all")
        return problems


def brings_system_turn(example: Example) -> bool:
    """Return whether an input says itself what the model should do: a conversation with a system turn."""
    return not isinstance(example.input, str) and any(turn.role == "system" for turn in example.input)


def limited(items: Sequence[T], limit: int | None) -> Sequence[T]:
    """Return at most `limit` items in their order; a smaller limit draws a subset of what a larger one draws."""
    if limit is None or limit >= len(items):
        return items
    return [items[index] for index in sorted(_shuffled(len(items))[: max(limit, 0)])]


def carved(items: Sequence[T], shares: Mapping[Split, float], rest: Split) -> dict[Split, list[T]]:
    """Distribute items, each to one split, in their order.

    Args:
        items: to distribute.
        shares: part of the items that each split gets; it gets at least one item.
        rest: the split that gets what is left.
    """
    order = _shuffled(len(items))
    drawn: dict[Split, list[T]] = {}
    for split, share in shares.items():
        count = max(1, round(share * len(items)))
        drawn[split] = [items[index] for index in sorted(order[:count])]
        order = order[count:]
    return {rest: [items[index] for index in sorted(order)], **drawn}


def _shuffled(count: int) -> list[int]:
    order = list(range(count))
    random.Random(SEED).shuffle(order)
    return order
