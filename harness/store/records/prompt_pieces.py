"""Prompts in a record: exact to the character, and no text twice.

Prompts repeat texts: all contain the instruction, many the same passage, and the input is in the record anyway. So a
prediction keeps its prompt in pieces, and a record writes each piece once.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.types import Example, Prediction

INPUT: Final = "input"
PASSAGE: Final = "passage "

Reference = int | str
"""Number of a piece that the record has written; `INPUT`; or `PASSAGE` with the passage's rank from 0."""


def pieces(prompt: str, shared: Sequence[str]) -> tuple[str, ...]:
    """Cut a prompt where texts begin that other prompts may hold as well; joined, the pieces are the prompt.

    Args:
        prompt: as the model saw it.
        shared: in the order in which they occur in the prompt; one that does not occur verbatim (a control token
            in it was escaped, say) remains part of its neighbours.
    """
    cut, done = list[str](), 0
    for text in filter(None, shared):
        start = prompt.find(text, done)
        if start >= 0:
            cut += [prompt[done:start], text]
            done = start + len(text)
    return tuple(filter(None, [*cut, prompt[done:]]))


@dataclass
class Pieces:
    """The pieces that a record has written so far."""

    numbers: dict[bytes, int] = field(default_factory=dict)
    """digest of a piece -> its number: the pieces themselves would be all prompts together"""

    def references(self, example: Example, prediction: Prediction) -> Iterator[tuple[Reference, str]]:
        """Yield for each piece of the prompt its reference, and its text if that has yet to be written."""
        known: dict[Any, Reference] = {example.input: INPUT}
        known |= {passage.text: f"{PASSAGE}{rank}" for rank, passage in enumerate(prediction.passages)}
        for piece in prediction.prompt:
            if piece in known:
                yield known[piece], ""
            elif (key := _digest(piece)) in self.numbers:
                yield self.numbers[key], ""
            else:
                self.numbers[key] = len(self.numbers)
                yield self.numbers[key], piece


def _digest(piece: str) -> bytes:
    return hashlib.blake2b(repr(piece).encode(), digest_size=16).digest()  # repr: half a surrogate pair has no bytes


def resolved(references: Sequence[Reference], written: Sequence[str], example: Example, shown: Sequence[str]) -> Any:
    """Return the pieces that `Pieces.references` named.

    Args:
        references: of one prompt.
        written: the pieces of the record, in their order.
        example: whose input may be a piece.
        shown: texts of the prediction's passages.
    """
    return tuple(_piece(reference, written, example, shown) for reference in references)


def _piece(reference: Reference, written: Sequence[str], example: Example, shown: Sequence[str]) -> Any:
    if isinstance(reference, int):
        return written[reference]
    return example.input if reference == INPUT else shown[int(reference.removeprefix(PASSAGE))]
