"""What arms depend on of a task's data: a key for each split and for the documents, made once."""

import typing
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from harness.store.spec import digest
from harness.tasks.task import Task
from harness.types import Split
from pipelines.rag.structure import structure_key

T = TypeVar("T")

_LAST: dict[str, tuple[Task, Any]] = {}
"""Part of a key -> the last task that was asked for it, and what it was."""


def content_key(task: Task, part: Split | Literal["documents"]) -> str:
    """Return the hash of a split's examples as loaded (limit and column mapping included), or of the documents.

    Each part has a key of its own, so that a changed document retrains no closed-book adapter.
    """
    return remembered(task, part, lambda: _digest(task, part))


def remembered(task: Task, part: str, make: Callable[[], T]) -> T:
    """Return a part of a task's keys, made once.

    Hashing 100,000 documents takes seconds and several arms ask for the same key, so that those of the last task are
    remembered: of that very object, as a task that changes another's rows may pass on its `content_key()`.
    """
    last, made = _LAST.get(part, (None, None))
    if last is not task:
        made = make()
        _LAST[part] = (task, made)
    return typing.cast("T", made)


def _digest(task: Task, part: Split | Literal["documents"]) -> str:
    if part != "documents":
        return digest(list(task.examples(part)))
    documents = list(task.documents())
    structure = structure_key(documents)  # passages of plain texts are cut as ever
    return digest({"documents": documents, **structure}) if structure else digest(documents)
