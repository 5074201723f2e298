"""The passages retrieved for a set of questions: an artifact that arms with the same retriever share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from harness.store.records.plain import restored
from harness.store.spec import digest
from harness.store.store import Store
from pipelines.rag.protocols import Query, Retrieved, Searcher

FILE = "retrieved.jsonl"
BLOCK: Final = 2048
"""queries that are searched for at once: candidates of all are in memory together"""


def retrieve(searcher: Searcher, queries: Sequence[Query], spec: Mapping[str, Any], store: Store) -> list[Retrieved]:
    """Search for all queries, or read what an equal search has stored (with the timings of that search).

    Args:
        searcher: queries_key only when the artifact is missing.
        queries: one per example.
        spec: what identifies the searcher (retriever, documents, seed).
        store: keeps the result.
    """

    def make(folder: Path) -> Mapping[str, Any]:
        empty = 0
        with (folder / FILE).open("w", encoding="utf-8") as file:
            for first in range(0, len(queries), BLOCK):
                for result in searcher.search(queries[first : first + BLOCK]):
                    file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
                    empty += not result.passages
        return {"queries": len(queries), "empty": empty}

    queries_key = digest([_plain(query) for query in queries])
    artifact = store.get_or_make("retrieval", {**spec, "queries": queries_key}, make)
    with (artifact.path / FILE).open(encoding="utf-8") as lines:
        return [restored(Retrieved, json.loads(line)) for line in lines]


def _plain(query: Query) -> Mapping[str, Any]:
    """Return a query as its key has it: spans came later, and a query without them keeps its key."""
    plain = asdict(query) | {"exclude": sorted(query.exclude)}
    return plain if query.spans else {name: plain[name] for name in plain if name != "spans"}
