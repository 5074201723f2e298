"""The Protocol of a task: what is asked, what is known, and which answers are right."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

from harness.types import Document, Example, Split

CutAway = Literal["start", "middle", "end"]
"""The part of an input that is left out where the input is too long for the model."""


@runtime_checkable
class Task(Protocol):
    """Instruction, examples and documents. Reads lazily; nothing heavy in the constructor."""

    @property
    def name(self) -> str: ...
    @property
    def instruction(self) -> str: ...
    @property
    def max_new_tokens(self) -> int: ...
    @property
    def cut(self) -> CutAway | bool | None:
        """What is cut away of an input that is too long; True means the end; None or False: nothing, it fails."""
        ...

    def examples(self, split: Split) -> Sequence[Example]: ...
    def documents(self) -> Sequence[Document]: ...
    def problems(self) -> Sequence[str]:
        """Return everything that is wrong with the data, one line each with file and line; empty when sound."""
        ...

    def remarks(self) -> Sequence[str]:
        """Return what was recognised, carved and counted, one line each: no fault, but a user should know it."""
        ...

    def content_key(self) -> str:
        """Return the sha256 of the data that the task reads (not of paths)."""
        ...

    def provenance(self) -> Mapping[str, Any]:
        """Return where the data came from: files with sha256, or hub id and resolved revision."""
        ...


@runtime_checkable
class TrainedApart(Protocol):
    """A task whose adapters were trained on another state of its data: answers come later than training."""

    @property
    def training(self) -> Task:
        """The task with the training rows, and the documents that passages in them are taken from."""
        ...


def training_task(task: Task) -> Task:
    """Return what adapters are trained on: the task itself, unless it says otherwise."""
    return task.training if isinstance(task, TrainedApart) else task
