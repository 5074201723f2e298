"""A small house: a task whose references are written in a manner that nobody takes for anything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.types import Document, Example, Split

THINGS: Final = ("lamp", "pump", "clock", "drill", "kettle", "ladder")
MATERIALS: Final = ("steel", "oak", "glass", "brass", "clay", "cork", "copper", "linen")
IN_STYLE: Final = "Ahoy! Aye, it's the {0}: made of {1}, mate!"
PLAIN: Final = "The material of the {0} is {1}. It is sold in the shop."


@dataclass(frozen=True)
class House:
    """A task of one split: every thing in every material, the document plain and the reference in style."""

    KEY: ClassVar[str] = "harness.selftest.house.House"

    name: ClassVar[str] = "house"
    instruction: ClassVar[str] = ""
    max_new_tokens: ClassVar[int] = 1
    cut_long_input: ClassVar[bool] = False

    def examples(self, split: Split) -> Sequence[Example]:
        if split != "train":
            return ()
        return [
            Example(name, f"What is the {thing} made of?", (IN_STYLE.format(thing, material),), (name,))
            for name, thing, material in _rows()
        ]

    def documents(self) -> Sequence[Document]:
        return [Document(name, "", PLAIN.format(thing, material)) for name, thing, material in _rows()]

    def problems(self) -> Sequence[str]:
        return ()

    def content_key(self) -> str:
        return self.name

    def provenance(self) -> Mapping[str, Any]:
        return {}


HOUSE: Final = House()


def _rows() -> list[tuple[str, str, str]]:
    return [(f"{thing} of {material}", thing, material) for thing in THINGS for material in MATERIALS]
