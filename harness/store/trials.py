"""What the store holds besides an experiment: trainings of the same model, indexes of the same documents.

The store cannot tell a trial of a sweep from an experiment of its own, so this counts and judges nothing. What was
deleted, or made in another store, it cannot count.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from harness.store.spec import digest
from harness.store.store import Entry, Store
from harness.types import Trial

ADAPTER: Final = "adapter"
ON_PASSAGES: Final = "adapter on passages"
"""an adapter that was trained on retrieved passages, as raft's is"""
SAME: Final = ("instruction", "train", "validation")
"""what an adapter's specification shares with every other training on the same task; the weights beside it"""
MADE_FROM: Final = {"passages": "documents", "embeddings": "passages", "index": "embeddings", "lexical": "passages"}
"""step of indexing -> what its specification says it was made from; every step stands behind its origin"""


def trials(store: Store, used: Iterable[tuple[str, str]]) -> tuple[Trial, ...]:
    """Return what the store holds of the same model and task, and of the same documents, as these artifacts.

    They themselves are among it.

    Args:
        store: of the run.
        used: kind and key of artifacts in it.
    """
    keys: dict[str, set[str]] = {}
    for kind, key in used:
        keys.setdefault(kind, set()).add(key)
    return (*_trainings(store, keys.get(ADAPTER, set())), *_indexes(store, keys.get("passages", set())))


def training_of(spec: Mapping[str, Any]) -> str:
    """Return the kind of training that an adapter's specification asks for: the arms of one kind try the same."""
    return ADAPTER if spec.get("passages") is None else ON_PASSAGES


def again(found: Iterable[Trial]) -> list[tuple[str, str]]:
    """Return kind and key of what an earlier run found, so that a run of fewer arms finds as much."""
    return [(ADAPTER if one.kind == ON_PASSAGES else one.kind, one.key) for one in found]


def _trainings(store: Store, used: set[str]) -> Iterator[Trial]:
    entries = list(store.entries(ADAPTER))
    tasks = {_task(one.spec) for one in entries if one.key in used}
    yield from (_trial(one, training_of(one.spec)) for one in entries if _task(one.spec) in tasks)


def _indexes(store: Store, used: set[str]) -> Iterator[Trial]:
    """Every step of every index of the documents that the used passages were cut from."""
    origin: dict[str, str] = {}
    entries = {kind: list(store.entries(kind)) for kind in MADE_FROM}
    for kind, source in MADE_FROM.items():
        for one in entries[kind]:
            made_from = str(one.spec.get(source, ""))
            origin[one.key] = made_from if kind == "passages" else origin.get(made_from, "")
    documents = {origin[key] for key in used if key in origin} - {""}
    for kind, found in entries.items():
        yield from (_trial(one, kind) for one in found if origin[one.key] in documents)


def _task(spec: Mapping[str, Any]) -> str:
    """Weights and task: another quantisation or prompt is another trial of the same model."""
    generator = spec.get("generator") or {}
    return digest({"model": generator.get("content", generator), **{name: spec.get(name) for name in SAME}})


def _trial(entry: Entry, kind: str) -> Trial:
    return Trial(entry.key, entry.seconds, entry.earlier_seconds, entry.ended, kind, entry.device)
