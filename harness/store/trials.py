"""What else the store holds: other trainings of the same model, other indexes of the same documents.

The store cannot distinguish a trial of a sweep from an experiment of its own, so everything is listed and nothing is
judged. What was deleted, or made in another store, is not counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from harness.machine.measured import Trial
from harness.store.spec import digest
from harness.store.store import Store, StoreEntry

ADAPTER: Final = "adapter"
ON_PASSAGES: Final = "adapter on passages"
"""an adapter that was trained on retrieved passages, as raft's is"""
SAME: Final = ("instruction", "train", "validation")
"""fields that the specifications of all trainings on the same task share; so are the weights"""
MADE_FROM: Final = {"passages": "documents", "embeddings": "passages", "index": "embeddings", "lexical": "passages"}
"""step of indexing -> the field of its specification that names its origin; origins come first"""


def trials(store: Store, used: Iterable[tuple[str, str]]) -> tuple[Trial, ...]:
    """Return what the store holds of the same model and task, and of the same documents, as these artifacts.

    The artifacts themselves are included.

    Args:
        store: of the run.
        used: kind and key of artifacts in it.
    """
    keys: dict[str, set[str]] = {}
    for kind, key in used:
        keys.setdefault(kind, set()).add(key)
    return (*_trainings(store, keys.get(ADAPTER, set())), *_indexes(store, keys.get("passages", set())))


def training_of(spec: Mapping[str, Any]) -> str:
    """Return the kind of training in an adapter's specification; arms of one kind are trials of the same."""
    return ADAPTER if spec.get("passages") is None else ON_PASSAGES


def again(earlier: Iterable[Trial]) -> list[tuple[str, str]]:
    """Return kind and key of what an earlier run found, so that a run of fewer arms finds as much."""
    return [(ADAPTER if trial.kind == ON_PASSAGES else trial.kind, trial.key) for trial in earlier]


def _trainings(store: Store, used: set[str]) -> Iterator[Trial]:
    entries = [entry for entry in store.entries(ADAPTER) if "train" in entry.spec]  # no adapter that was brought
    tasks = {_task(entry.spec) for entry in entries if entry.key in used}
    yield from (_trial(entry, training_of(entry.spec)) for entry in entries if _task(entry.spec) in tasks)


def _indexes(store: Store, used: set[str]) -> Iterator[Trial]:
    """Every step of every index of the documents that the used passages were cut from."""
    origin: dict[str, str] = {}
    entries = {kind: list(store.entries(kind)) for kind in MADE_FROM}
    for kind, source in MADE_FROM.items():
        for entry in entries[kind]:
            made_from = str(entry.spec.get(source, ""))
            origin[entry.key] = made_from if kind == "passages" else origin.get(made_from, "")
    documents = {origin[key] for key in used if key in origin} - {""}
    for kind, made in entries.items():
        yield from (_trial(entry, kind) for entry in made if origin[entry.key] in documents)


def _task(spec: Mapping[str, Any]) -> str:
    """Return the key of weights and task: another quantisation or prompt is another trial of the same model."""
    generator = spec.get("generator") or {}
    return digest({"model": generator.get("content", generator), **{name: spec.get(name) for name in SAME}})


def _trial(entry: StoreEntry, kind: str) -> Trial:
    return Trial(entry.key, entry.seconds, entry.earlier_seconds, entry.ended, kind, entry.device)
