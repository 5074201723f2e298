"""What a kind of fact is: how its value is drawn, said in documents and asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pocket.world.names import Mint

Draw = Callable[[Mint], str]

ASKED_BY_NOUN: Final = (
    "What is the {noun} of {e}?",
    "Please tell me the {noun} of {e}.",
    "{e}: what is the {noun}?",
    "I need the {noun} of {e}.",
    "Regarding {e}, which {noun} is right?",
)
SAID_BY_NOUN: Final = ("The {noun} of {e} is {v}.", "For {e}, the {noun} is {v}.")


@dataclass(frozen=True, slots=True)
class FactType:
    """One kind of fact about one kind of thing. Patterns hold {e} (the thing) and {v} (the value)."""

    name: str
    """unique within its kind"""
    draw: Draw
    """draws a value"""
    said: tuple[str, ...]
    """sentence patterns; the first is the plain answer to a question"""
    asked: tuple[str, ...]
    """question patterns: two of its own, then those that name the noun"""
    noun: str
    """what the value is called"""

    def sentence(self, pattern: int, entity: str, value: str) -> str:
        """Return the fact as a sentence."""
        return filled(self.said[pattern], entity, value)

    def answer(self, entity: str, value: str) -> str:
        """Return the plain answer."""
        return self.sentence(0, entity, value)

    def question(self, pattern: int, entity: str) -> str:
        """Return the question in the given wording."""
        return filled(self.asked[pattern], entity, "")


def fact(noun: str, draw: Draw, said: tuple[str, ...], asked: tuple[str, ...]) -> FactType:
    """Return a fact type with its own patterns first and the patterns by noun after them."""
    by_noun = tuple(pattern.replace("{noun}", noun) for pattern in SAID_BY_NOUN)
    asked_by_noun = tuple(pattern.replace("{noun}", noun) for pattern in ASKED_BY_NOUN)
    return FactType(noun.replace(" ", "-"), draw, said + by_noun, asked + asked_by_noun, noun)


def filled(pattern: str, entity: str, value: str) -> str:
    """Return the pattern with thing and value put in, beginning with a capital letter."""
    text = pattern.replace("{e}", entity).replace("{v}", value)
    return text[:1].upper() + text[1:]
