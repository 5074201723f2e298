"""One way to break a checkout, and the smallest experiment that could show it."""

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PREDICTIONS = ("predictions",)
RETRIEVAL = ("retrieval", *PREDICTIONS)
LEXICAL = ("lexical", *RETRIEVAL)
INDEX = ("index", *RETRIEVAL)
EMBEDDINGS = ("embeddings", *INDEX)
PASSAGES = ("passages", "lexical", *EMBEDDINGS)
ADAPTER = ("adapter", *PREDICTIONS)
"""Kinds of artifacts with all that is made from them: what a broken checkout makes anew. All others are the sound
checkout's, as for a user who has changed the code between two runs."""

EVERYTHING = ("*",)

EXEMPLARS, EARLIER, OWN, QA, SEEDS, UPDATED = "exemplars", "earlier", "own", "qa", "seeds", "updated"
"""names of experiments"""

_ALL = "arm=[base,rag,qlora,hybrid,oracle,random]"
_INSTRUCTION = "Answer the question in as few words as possible. If the answer cannot be known, say: I do not know."
EXPERIMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    QA: (("task=qa", "limit=24", "timing=off", _ALL),),
    OWN: (
        (
            "task=jsonl", "task.dir=own", f'task.instruction="{_INSTRUCTION}"', "task.max_new_tokens=64",
            "task.cut_long_input=false", "timing=off", _ALL,
            "metric=[exact_match,token_f1,faithfulness,groundedness,fabrication,recall_at_k,mrr,abstention]",
        ),
    ),
    SEEDS: tuple(
        ("task=qa", "limit=24", "timing=off", "arm=[base,qlora,hybrid]", f"seed={seed}") for seed in (0, 1)
    ),
    EXEMPLARS: (("task=summarization", "limit=12", "timing=off", "arm=[base,rag,raft]"),),
    EARLIER: (("task=qa", "limit=24", "timing=off", "arm=[rag]", "task.documents_file=documents_earlier.jsonl"),),
    UPDATED: (
        ("task=qa", "limit=24", "timing=off", "arm=[base,rag]", "task.documents_file=documents_earlier.jsonl"),
        ("task=qa", "limit=24", "timing=off", "arm=[base,rag]"),
    ),
}  # fmt: skip
"""name -> the command lines of its runs, one after another into the same results and store.

`own` is a user's own data, and `earlier` has the shipped task's documents of another day: `own_data` writes both into
every copy. The store of `earlier` is there to take artifacts from."""


@dataclass(frozen=True)
class Edit:
    """Text that is replaced in one file."""

    path: str
    """in the repository"""
    search: str
    """must occur exactly once: where it does not, the code has moved on, and the mutation must be anchored again"""
    replace: str
    """what stands there instead"""

    def broken(self, text: str) -> str:
        """Return the file's text after the edit.

        Raises:
            ValueError: the searched text does not occur exactly once.
        """
        count = text.count(self.search)
        if count != 1:
            raise ValueError(f"{self.path}: {self.search!r} occurs {count} times, and must occur once")
        return text.replace(self.search, self.replace)


@dataclass(frozen=True)
class Mutation:
    """One realistic fault."""

    id: str
    category: str
    broken: str
    """what is wrong with the copy, in plain words"""
    edits: tuple[Edit, ...] = ()
    change: Callable[[Path], None] | None = None
    """changes files of the copy (data, model) whose root it is given"""
    tamper: Callable[[Path, Path], None] | None = None
    """changes the sound run's store, before the run is repeated; gets that store and the one of `other`"""
    other: str = ""
    """experiment whose store `tamper` takes artifacts from"""
    experiment: str = QA
    anew: tuple[str, ...] = ()
    """kinds of artifacts that the run makes anew"""
    keeps_results: bool = False
    """the records of the sound run are still there"""
    tests: tuple[str, ...] = ()
    """further test files or folders that may notice it"""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of the repository that are edited."""
        return tuple(dict.fromkeys(edit.path for edit in self.edits))

    def digest(self) -> str:
        """Identify the fault, so that an outcome is used again as long as it means the same."""
        functions = [inspect.getsource(one) for one in (self.change, self.tamper) if one is not None]
        parts = (self.edits, self.other, EXPERIMENTS[self.experiment], self.anew, self.keeps_results, self.tests)
        return hashlib.sha256(repr((self.id, parts, functions)).encode()).hexdigest()[:16]


def edited(
    id: str,  # noqa: A002
    category: str,
    broken: str,
    path: str,
    search: str,
    replace: str,
    anew: tuple[str, ...] = (),
    *,
    experiment: str = QA,
    tests: tuple[str, ...] = (),
) -> Mutation:
    """Return the mutation of a single edit."""
    return Mutation(id, category, broken, (Edit(path, search, replace),), experiment=experiment, anew=anew, tests=tests)
