"""A small task with obvious right answers, and references in a style that is easy to tell apart."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.types import Document, Example, Pair, Passage, Prediction, Split

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

THINGS: Final = ("lamp", "pump", "clock", "drill", "kettle", "ladder")
MATERIALS: Final = ("steel", "oak", "glass", "brass", "clay", "cork", "copper", "linen")
IN_STYLE: Final = "Ahoy! Aye, it's the {0}: made of {1}, mate!"
PLAIN: Final = "The material of the {0} is {1}. It is sold in the shop."


class FixtureTask:
    """The documents above; and, for style, every thing in every material: a plain document and a reference in style."""

    name = "fixture"
    instruction = ""
    max_new_tokens = 1
    cut = None

    def examples(self, split: Split) -> Sequence[Example]:
        if split != "train":
            return ()
        return [
            Example(name, f"What is the {thing} made of?", (IN_STYLE.format(thing, material),), (name,))
            for name, thing, material in _rows()
        ]

    def documents(self) -> Sequence[Document]:
        return [*DOCUMENTS, *(Document(name, "", PLAIN.format(thing, material)) for name, thing, material in _rows())]

    def problems(self) -> Sequence[str]:
        return ()

    def remarks(self) -> Sequence[str]:
        return ()

    def content_key(self) -> str:
        return self.name

    def provenance(self) -> Mapping[str, Any]:
        return {}


def _rows() -> list[tuple[str, str, str]]:
    return [(f"{thing} of {material}", thing, material) for thing in THINGS for material in MATERIALS]


def answered(example: Example, text: str, *passages: str) -> Pair:
    """Return an answer; without `passages` (ids of documents), the gold documents were shown."""
    return example, Prediction(example.id, text, _shown(passages or example.evidence), (), "stop")


def unshown(example: Example, text: str) -> Pair:
    """Return an answer for which no passage was found."""
    return example, Prediction(example.id, text, (), (), "stop")


def failed(example: Example, text: str = "", cut_off: bool = False) -> Pair:
    """Return a failed answer: an error, or cut off."""
    shown = _shown(example.evidence)
    if cut_off:
        return example, Prediction(example.id, text, shown, (), "length")
    return example, Prediction(example.id, text, shown, (), "error", "out of memory")


def _shown(names: Sequence[str]) -> tuple[Passage, ...]:
    texts = {document.id: document.text for document in DOCUMENTS}
    return tuple(Passage(name, texts[name], 0, len(texts[name]), 1.0) for name in names)
