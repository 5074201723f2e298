"""Long context: the whole knowledge base in every prompt, or as much of it as the window holds.

Nothing is searched. Documents come whole and in the order of the knowledge base, the same in every prompt: what a
question would choose is retrieval, and an equal beginning can be computed once. Where not all fit, the first ones are
shown, as many as fit beside the longest questions, without those that no prompt has room for; which share that is
stands in the record and under the table.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Self

from harness.audits import AuditResult
from harness.machine.measured import Span
from harness.store.spec import ADDED
from harness.store.store import Store
from harness.tasks.task import Task
from harness.types import Document, Origin, Passage
from pipelines.rag.chunking import whole
from pipelines.rag.filtering import allow_cautions, allow_problems, allow_remarks, allowed, refusal
from pipelines.rag.protocols import Query, Retrieved

EVERYTHING: Final = 2**31
"""more documents than any prompt holds"""


@dataclass(frozen=True)
class WholeBaseRetriever:
    """Shows the documents of the knowledge base in its order. Satisfies Retriever.

    Args:
        max_tokens: the most tokens of a prompt; null: what the model's window leaves beside the answer. Give it for a
            server whose window is not known (model.max_context: null).
        allow: metadata that a document must have to be shown, as a retriever takes it (filtering.py); null for all.
    """

    KEY: ClassVar[str] = "pipelines.rag.whole_base.WholeBaseRetriever"
    VERSION: ClassVar[int] = 1
    is_control: ClassVar[bool] = False
    draws_by_seed: ClassVar[bool] = False
    origin: ClassVar[Origin] = "whole"
    k: ClassVar[int] = EVERYTHING

    max_tokens: int | None
    allow: Mapping[str, Any] | None = field(default=None, hash=False, metadata=ADDED)

    def problems(self) -> Sequence[str]:
        if self.max_tokens is not None and self.max_tokens < 1:
            return [f"max_tokens: got {self.max_tokens}, use 1 or more, or null for the model's window"]
        return allow_problems(self.allow)

    def refuses(self, task: Task) -> str:
        """Return why there is nothing to show."""
        documents = task.documents()
        if any(document.text.strip() for document in documents):
            return refusal(documents, self.allow)
        return f"the knowledge base is empty ({len(documents)} documents, none with text); leave long_context out"

    def searched(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Return the documents that are allowed."""
        return allowed(documents, self.allow)

    def remarks(self, documents: Sequence[Document]) -> Sequence[str]:
        """Return how many documents are allowed, where not all are asked for."""
        return allow_remarks(documents, self.allow)

    def cautions(self, documents: Sequence[Document]) -> Sequence[str]:
        """Return which documents are left out since the filter cannot order their values."""
        return allow_cautions(documents, self.allow)

    @property
    def embedder(self) -> None:
        """Return None: nothing is searched for."""

    def as_passages(self, documents: Sequence[Document]) -> Sequence[Passage]:
        """Return the documents whole."""
        return [whole(document) for document in documents]

    def artifacts(self, documents: Sequence[Document], store: Store) -> Mapping[str, bool]:
        """Return {}: nothing is built."""
        return {}

    def prepare(self, documents: Sequence[Document], store: Store, seed: int) -> "WholeBase":
        """Return all documents; `WholeBase.within` leaves those that fit."""
        documents = allowed(documents, self.allow)
        passages = tuple(replace(whole(document), origin="whole") for document in documents if document.text.strip())
        return WholeBase(passages, passages, self.max_tokens, sum(bool(one.example_id) for one in documents))


@dataclass(frozen=True)
class WholeBase:
    """Documents that every prompt shows. Satisfies Searcher."""

    same_for_all: ClassVar[bool] = True

    passages: tuple[Passage, ...]
    """shown"""
    of: tuple[Passage, ...]
    """all that have text"""
    max_tokens: int | None = None
    """of a prompt; None: the model's window alone counts"""
    exemplars: int = 0
    """training pairs among the documents"""
    too_long: tuple[str, ...] = ()
    """documents, by id, that were passed over: no prompt has room for them"""
    build_spans: Sequence[Span] = ()

    @property
    def facts(self) -> Mapping[str, Any]:
        characters, total = (sum(len(one.text) for one in them) for them in (self.passages, self.of))
        counts = {"documents": len(self.of), "exemplars": self.exemplars, "passages": len(self.of)}
        window: dict[str, Any] = {
            "documents": len(self.passages),
            "of": len(self.of),
            "share": characters / max(1, total),
        }
        window |= {"too_long": list(self.too_long)} if self.too_long else {}
        return {"passages": counts, "same_for_all": True, "in_prompt": window}

    def within(self, fits: Callable[[Sequence[Passage]], bool]) -> Self:
        """Return as many of the first documents as fit; one that alone does not is passed over.

        Args:
            fits: whether a prompt with these documents has room. Asked for few documents first, as it has to read them.
        """
        among, too_long = [*self.of], list[str]()
        shown = _first(among, fits)
        while shown < len(among) and not fits(among[shown : shown + 1]):
            too_long.append(among.pop(shown).document_id)
            shown = _first(among, fits, shown)
        return replace(self, passages=tuple(among[:shown]), too_long=tuple(too_long))

    def search(self, queries: Sequence[Query]) -> list[Retrieved]:
        """Return the documents, without those that a query excludes (a training example's own pair)."""
        return [Retrieved(self._without(query.exclude), ()) for query in queries]

    def best_of(self, queries: Sequence[Query], documents: Sequence[Collection[str]]) -> list[tuple[Passage, ...]]:
        pairs = zip(self.search(queries), documents, strict=True)
        return [tuple(one for one in found.passages if one.document_id in names) for found, names in pairs]

    def audit(self) -> Sequence[AuditResult]:
        """Return (): nothing was built."""
        return ()

    def audit_retrieved(self, queries: Sequence[Query], retrieved: Sequence[Retrieved]) -> Sequence[AuditResult]:
        """Return (): nothing was searched for."""
        return ()

    def gpu_bytes(self) -> int:
        """Return 0: no model is needed."""
        return 0

    def _without(self, excluded: Collection[str]) -> tuple[Passage, ...]:
        own = any(one.document_id in excluded for one in self.passages)
        return tuple(one for one in self.passages if one.document_id not in excluded) if own else self.passages


def _first(among: Sequence[Passage], fits: Callable[[Sequence[Passage]], bool], low: int = 0) -> int:
    """Return how many of the first passages fit; so many as `low` are known to."""
    high = low + 1
    while high <= len(among) and fits(among[:high]):
        low, high = high, 2 * high
    high = min(high, len(among) + 1)
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(among[:middle]) else (low, middle)
    return low
