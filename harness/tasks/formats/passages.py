"""The texts in a cell that answer a question: a text, a list of these, objects that hold one, or an object of lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.values import as_truth

TEXTS: Final = (
    *("text", "passage_text", "paragraph_text", "evidence_text", "context_text", "chunk_text", "page_content"),
    *("passage", "paragraph", "content", "contents", "contexts", "context", "body", "snippet", "sentences", "quote"),
)
"""where an object has its text, likeliest first"""
TITLES: Final = ("title", "doc_name", "document_title", "heading", "name")
"""and where the title"""
GOLD: Final = ("is_selected", "is_supporting", "is_gold", "is_relevant", "is_positive", "supporting", "relevant")
"""and where whether it holds the answer"""


class ContextText(NamedTuple):
    """One text."""

    title: str
    """"" without one"""
    text: str
    gold: bool | None
    """whether it is said to hold the answer; None where that is not said"""


def passages_of(cell: Any) -> list[ContextText]:
    """Return the texts in a cell, in order; [] where it holds none."""
    if isinstance(cell, str):
        return [ContextText("", cell, None)] if cell.strip() else []
    if isinstance(cell, list):
        return [passage for item in cell for passage in passages_of(item)]
    return list(_of_object(cell)) if isinstance(cell, Mapping) else []


def supporting(passages: Sequence[ContextText]) -> list[ContextText]:
    """Return the passages that hold the answer: those that are said to, else all."""
    return [one for one in passages if one.gold] if any(one.gold is not None for one in passages) else list(passages)


def _of_object(cell: Mapping[str, Any]) -> Iterator[ContextText]:
    known = {plain(name): value for name, value in cell.items()}
    texts, titles, gold = (_first(known, names) for names in (TEXTS, TITLES, GOLD))
    if not isinstance(texts, list):
        if isinstance(texts, str) and texts.strip():
            yield ContextText(titles if isinstance(titles, str) else "", texts, as_truth(gold))
        return
    for number, text in enumerate(texts):
        if isinstance(text, list):
            text = " ".join(str(one) for one in text)
        if isinstance(text, str) and text.strip():
            yield ContextText(_own(titles, number, len(texts)), text, as_truth(_at(gold, number)))


def _first(known: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((known[name] for name in names if known.get(name) not in (None, "", [])), None)


def _at(values: Any, number: int) -> Any:
    return values[number] if isinstance(values, list) and number < len(values) else None


def _own(titles: Any, number: int, count: int) -> str:
    """Return the title of one of several texts: of a list its own, a single one only where there is one text."""
    title = _at(titles, number) if isinstance(titles, list) else titles if count == 1 else None
    return title if isinstance(title, str) else ""
