"""Keys of what an arm reads from a task: parts apart, so that a changed document retrains no closed-book adapter."""

from typing import Literal

from harness.store.spec import digest
from harness.tasks.task import Task
from harness.types import Split

_KEYS: dict[tuple[str, str], str] = {}


def examples_key(task: Task, split: Split) -> str:
    """Return the hash of the examples of a split, as loaded (limit and column mapping included)."""
    return _memoised(task, split)


def documents_key(task: Task) -> str:
    """Return the hash of the knowledge base."""
    return _memoised(task, "documents")


def _memoised(task: Task, part: Split | Literal["documents"]) -> str:
    """Hashing 100,000 documents takes seconds; several arms ask for the same key."""
    address = (task.content_key(), part)
    if address not in _KEYS:
        items = task.documents() if part == "documents" else task.examples(part)
        _KEYS[address] = digest(list(items))
    return _KEYS[address]
