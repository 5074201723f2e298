"""Whether a retriever finds what it holds: passages are looked for by their own text, by each ranking and by all.

A right index puts them first (199 of 200 and more on six knowledge bases). A wrong one does not, whatever is wrong
with it: numbers that are shifted, other passages, other vectors, other words, an order turned round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.audits import AuditResult
from harness.errors import ArmError
from harness.types import Passage
from pipelines.rag.embedding import Embedding
from pipelines.rag.encoder import Encoded
from pipelines.rag.lexical import words
from pipelines.rag.passages import indexed_text
from pipelines.rag.protocols import Query, Searcher

LEAST_FIRST: Final = 0.9
"""share of passages that must come first by their own text"""
TWINS: Final = 0.6
"""share of all their words that two texts have in common for either to be a right answer to the other: of a text and
the same text under a heading, the shorter one often wins"""
HELD: Final = 0.9
"""share of a text's words that a longer text holds to be a right answer to it, too: it may hold them more than once"""
TIE: Final = 1e-6
"""scores that differ by no more, relative to the best, share the first place"""
CAUSES: Final = (
    "The index holds other passages than it should, or queries are prepared otherwise than passages were (embedder, "
    "prefix, words), or the ranking is in the wrong order: undo what was changed in pipelines/rag or in retriever; "
    "otherwise delete the folders index, embeddings and lexical of the store and run again"
)

Found = Mapping[str, Sequence[tuple[Passage, ...]]]
"""name of a ranking -> what it found for each query, best first"""


@dataclass(frozen=True, slots=True)
class Leniency:
    """For a ranking that may miss some by design."""

    least: float
    """share that must come first all the same; between this and LEAST_FIRST it is flagged"""
    advice: str
    """why, and what to do"""


EXACT: Final = Leniency(LEAST_FIRST, "")


@dataclass
class OnceEmbedded:
    """An embedder that embeds a list of queries once, so that several searches for the same cost one."""

    embedding: Embedding
    known: dict[tuple[str, ...], Encoded] = field(default_factory=dict)

    def embed_queries(self, texts: Sequence[str]) -> Encoded:
        """Return the vectors of queries."""
        if tuple(texts) not in self.known:
            self.known[tuple(texts)] = self.embedding.embed_queries(texts)
        return self.known[tuple(texts)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.embedding, name)


def find(searchers: Mapping[str, Searcher], passages: Sequence[Passage], *, exclude: bool = False) -> Found:
    """Search for the passages' own texts.

    Args:
        searchers: name of a ranking -> what searches by it.
        passages: whose texts are the queries.
        exclude: whether each passage's document must stay out.
    """
    queries = [
        Query("", indexed_text(passage), exclude=frozenset({passage.document_id} if exclude else ()))
        for passage in passages
    ]
    return {name: [one.passages for one in searcher.search(queries)] for name, searcher in searchers.items()}


def audit_own_texts(passages: Sequence[Passage], found: Found, lenient: Mapping[str, Leniency]) -> AuditResult:
    """Count the passages that come first by their own text; nearly the same text, or one that holds it, counts as well.

    Args:
        passages: what was searched for.
        found: by ranking.
        lenient: rankings that may miss some.

    Raises:
        ArmError: too few by one of the rankings.
    """
    flags, shares = [], {}
    for name, results in found.items():
        # a text of punctuation alone has no words to be found by
        asked = [pair for pair in zip(passages, results, strict=True) if words(indexed_text(pair[0]))]
        missed = [pair for pair in asked if not _is_first(*pair)]
        first = len(asked) - len(missed)
        shares[name] = [first, len(asked)]
        if first >= LEAST_FIRST * len(asked):
            continue
        what = (
            f"retrieval {name}: {first} of {len(asked)} passages come first when searched for by their own text "
            f"(at least {LEAST_FIRST:.0%} should); {_example(*missed[0])}"
        )
        if name not in lenient or first < lenient[name].least * len(asked):
            raise ArmError(f"{what}. {CAUSES}")
        flags.append(f"{what}. {lenient[name].advice}")
    return AuditResult("own texts", len(passages), "passages", "; ".join(flags), details={"first": shares})


def check_fusion(found: Found, fused: Sequence[tuple[Passage, ...]], rrf_k: int) -> None:
    """Add up the reciprocal ranks of the single rankings and compare with the scores of the fused one.

    Args:
        found: of the single rankings, all their candidates.
        fused: per query, all of them.
        rrf_k: the constant.

    Raises:
        ArmError: a passage of one ranking is missing, or its score is another.
    """
    for row, joined in enumerate(fused):
        scores = {_place(passage): passage.score for passage in joined}
        total: dict[tuple[str, int, int], float] = {}
        for results in found.values():
            for rank, passage in enumerate(results[row], 1):
                total[_place(passage)] = total.get(_place(passage), 0.0) + 1 / (rrf_k + rank)
        for place in [*total, *scores]:
            if abs(total.get(place, 0.0) - scores.get(place, 0.0)) > 1e-9:
                score, right = scores.get(place, 0.0), total.get(place, 0.0)
                raise ArmError(
                    f"retrieval fused: a passage of document {place[0]!r} has the score {score:.6f}; its ranks "
                    f"{' and '.join(found)} give {right:.6f} (sum of 1 / (rrf_k + rank), 0 for a missing one): "
                    "a ranking is left out or joined wrongly (pipelines/rag/ranking.py)"
                )


def check_excluded(passages: Sequence[Passage], found: Found) -> None:
    """Refuse a search that gives back what was to stay out.

    Raises:
        ArmError: naming a document.
    """
    for name, results in found.items():
        for own, result in zip(passages, results, strict=True):
            if any(passage.document_id == own.document_id for passage in result):
                raise ArmError(
                    f"retrieval {name}: document {own.document_id!r} comes back although the search excludes it: "
                    "training examples would be shown their own answers (pipelines/rag/searcher.py)"
                )


def _is_first(own: Passage, result: Sequence[Passage]) -> bool:
    if not result:
        return False
    best, mine = result[0].score, set(words(indexed_text(own)))
    tied = (set(words(indexed_text(other))) for other in result if abs(other.score - best) <= TIE * abs(best))
    return any(len(mine & its) >= min(TWINS * len(mine | its), HELD * len(mine)) for its in tied)


def _example(own: Passage, result: Sequence[Passage]) -> str:
    rank = next((at for at, passage in enumerate(result, 1) if _place(passage) == _place(own)), None)
    there = "is not found at all" if rank is None else f"comes at place {rank}"
    before = f", behind {indexed_text(result[0])[:60]!r} of document {result[0].document_id!r}" if result else ""
    return f"e.g. {indexed_text(own)[:60]!r} of document {own.document_id!r} {there}{before}"


def _place(passage: Passage) -> tuple[str, int, int]:
    return passage.document_id, passage.start, passage.end
