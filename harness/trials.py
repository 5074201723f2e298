"""Trainings of one model on one task that the store holds: what a comparison uses, and what was tried besides.

The store cannot tell a trial of a sweep from an experiment of its own, so this counts and judges nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from harness.spec import digest
from harness.store import Entry, Store
from harness.types import Trial

KIND: Final = "adapter"
SAME: Final = ("generator", "instruction", "train", "validation")
"""what an adapter's specification shares with every other training of the same model on the same task"""


def trials(store: Store, keys: Iterable[str]) -> tuple[Trial, ...]:
    """Return every training in the store of the same model on the same task as these adapters, themselves included.

    Args:
        store: of the run.
        keys: of adapters in it.
    """
    entries = list(store.entries(KIND))
    wanted, given = set(keys), {one.key: one for one in entries}
    tasks = {_task(given[key].spec) for key in wanted if key in given}
    return tuple(_trial(one) for one in entries if _task(one.spec) in tasks)


def _task(spec: Mapping[str, Any]) -> str:
    return digest({name: spec.get(name) for name in SAME})


def _trial(entry: Entry) -> Trial:
    return Trial(entry.key, entry.seconds, entry.earlier_seconds, entry.ended)
