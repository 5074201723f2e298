"""A small world in which everybody knows the right answer."""

from collections.abc import Sequence
from typing import Final

from harness.types import Document, Example, Pair, Passage, Prediction

DOCUMENTS: Final = (
    Document(
        "museum",
        "",
        "The museum in Lyon opened in 1894. Entry is free on Sundays. Dogs are not allowed in the galleries.",
    ),
    Document("ferry", "", "The ferry leaves from Porto at nine. It carries forty cars. The crossing takes two hours."),
    Document("note", "", "The market is held on Friday."),
    Document("博物馆", "", "里昂博物馆于1894年开放。周日免费入场。狗不得进入展厅。"),
)
OPENED: Final = "The museum in Lyon opened in 1894."
LEAVES: Final = "The ferry leaves from Porto at nine."
CHINESE: Final = "里昂博物馆于1894年开放。"
UNRELATED: Final = "Nobody has painted our green bridge since spring."
CHINESE_UNRELATED: Final = "我们的绿色桥梁自春天以来无人粉刷。"
REFUSAL: Final = "I don't know."
CHINESE_REFUSAL: Final = "我不知道。"
LONG: Final = " ".join(f"{UNRELATED[:-1]} and nobody will." for _ in range(910))
"""10,010 words"""

MUSEUM: Final = Example(
    "museum", "When did the museum in Lyon open?", (OPENED,), ("museum",), facts=("museum in Lyon", "1894")
)
FERRY: Final = Example("ferry", "Where does the ferry leave?", (LEAVES,), ("ferry",), facts=("Porto", "nine"))
NOTE: Final = Example(
    "note", "What is held on Friday?", ("The market is held on Friday.",), ("note",), facts=("market",)
)
CHINESE_MUSEUM: Final = Example(
    "chinese", "里昂博物馆何时开放？", (CHINESE,), ("博物馆",), facts=("1894年", "里昂博物馆")
)
UNKNOWN: Final = Example("unknown", "Who founded the museum?", (), (), answerable=False)


def answered(example: Example, text: str, *passages: str) -> Pair:
    """Return an answer; without `passages` (ids of documents), the gold documents were shown."""
    return example, Prediction(example.id, text, _shown(passages or example.evidence), (), "stop")


def unshown(example: Example, text: str) -> Pair:
    """Return an answer for which nothing was found."""
    return example, Prediction(example.id, text, (), (), "stop")


def failed(example: Example, text: str = "", cut_off: bool = False) -> Pair:
    """Return an answer that never came, or was cut off."""
    shown = _shown(example.evidence)
    if cut_off:
        return example, Prediction(example.id, text, shown, (), "length")
    return example, Prediction(example.id, text, shown, (), "error", "out of memory")


def _shown(names: Sequence[str]) -> tuple[Passage, ...]:
    texts = {document.id: document.text for document in DOCUMENTS}
    return tuple(Passage(name, texts[name], 0, len(texts[name]), 1.0) for name in names)
