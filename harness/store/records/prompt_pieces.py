"""Prompts in a record: exact to the character, and no text twice.

Prompts repeat themselves: the instruction stands in all of them, a passage in many, the input stands beside them
anyway. So a prediction keeps its prompt in pieces, and a record writes each piece once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.types import Example, Prediction

INPUT: Final = "input"
PASSAGE: Final = "passage "

Reference = int | str
"""Number of a piece that the record has written; `INPUT`; or `PASSAGE` with the passage's place."""


def pieces(prompt: str, shared: Sequence[str]) -> tuple[str, ...]:
    """Cut a prompt where texts begin that other prompts may hold as well; joined, the pieces are the prompt.

    Args:
        prompt: as the model saw it.
        shared: in the order in which they stand in the prompt; one that is not there as it is (a control token
            in it was made harmless, say) stays part of its neighbours.
    """
    cut: list[str] = []
    done = 0
    for text in filter(None, shared):
        found = prompt.find(text, done)
        if found >= 0:
            cut += [prompt[done:found], text]
            done = found + len(text)
    return tuple(filter(None, [*cut, prompt[done:]]))


@dataclass
class Pieces:
    """The pieces that a record has written so far."""

    numbers: dict[str, int] = field(default_factory=dict)

    def references(self, example: Example, prediction: Prediction) -> Iterator[tuple[Reference, str]]:
        """Yield for each piece of the prompt where it stands, and its text if that has yet to be written."""
        known: dict[Any, Reference] = {example.input: INPUT}
        known |= {passage.text: f"{PASSAGE}{place}" for place, passage in enumerate(prediction.passages)}
        for piece in prediction.prompt:
            if piece in known:
                yield known[piece], ""
            elif piece in self.numbers:
                yield self.numbers[piece], ""
            else:
                self.numbers[piece] = len(self.numbers)
                yield self.numbers[piece], piece


def resolved(references: Sequence[Reference], written: Sequence[str], example: Example, shown: Sequence[str]) -> Any:
    """Return the pieces that `Pieces.references` named.

    Args:
        references: of one prompt.
        written: the pieces of the record, in their order.
        example: whose input may be a piece.
        shown: texts of the prediction's passages.
    """
    return tuple(_piece(one, written, example, shown) for one in references)


def _piece(reference: Reference, written: Sequence[str], example: Example, shown: Sequence[str]) -> Any:
    if isinstance(reference, int):
        return written[reference]
    return example.input if reference == INPUT else shown[int(reference.removeprefix(PASSAGE))]
