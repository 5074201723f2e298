"""Notes about arms that show every question the same: which share of the knowledge base their prompts hold."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import Note, warning
from harness.types import Record

LONG_CONTEXT: Final = "Long context"
IN_PROMPT: Final = "in_prompt"
"""fact of a retriever that shows the knowledge base: documents shown, of how many, and their share of the text"""


def shown_to_all(source: ComparisonData) -> Iterator[Note]:
    """Yield a note per arm that shows the knowledge base: a warning where the window does not hold all of it."""
    for arm, records in source.records.items():
        retrieval: Mapping[str, Any] = records[0].facts.get("retrieval", {})
        if IN_PROMPT in retrieval:
            kind = "training pairs" if retrieval.get("passages", {}).get("exemplars") else "documents"
            yield _window(arm, kind, retrieval[IN_PROMPT], _read_once(records[0]))


def _window(arm: str, kind: str, window: Mapping[str, Any], read_once: str) -> Note:
    shown, of = window["documents"], window["of"]
    if shown == of:
        return Note(LONG_CONTEXT, f"{arm}: all {of:,} {kind} are in every prompt{read_once}")
    share = f"the first {shown:,} of {of:,} {kind} ({window['share']:.0%} of the text) are in every prompt"
    if long := window.get("too_long"):
        share += f", but for {len(long):,} for which no prompt has room ({long[0]})"
    return warning(
        LONG_CONTEXT,
        f"{arm}: {share}, as many as the window holds{read_once}. It cannot know the others: take a model with a "
        "longer window (model.max_context), or read its figures as those of a part",
    )


def _read_once(record: Record) -> str:
    """Return how much of the prompts was computed once for all; "" where each was read whole."""
    spans = [span for prediction in record.predictions for span in prediction.spans]
    cached = sum(span.tokens_cached for span in spans)
    read = sum(span.tokens_in for span in spans if span.stage in ("prefill", "decode"))
    return f"; {cached / read:.0%} of the prompt tokens were computed once for all" if cached else ""
