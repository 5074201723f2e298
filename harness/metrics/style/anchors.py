"""The two ends of the scale for a task: its house's texts, and a generic writer of the same content.

House texts are the first references of train and validation, never of test. The generic writer is the source itself:
the sentences of the gold evidence that say most of what the reference says, about as many words of them. Nobody
wrote these in the house's style, and they are the same for every arm.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.metrics.style.source import closest
from harness.text.refusals import is_refusal
from harness.types import THE_INPUT, Example, Task

FEWEST_HOUSE: Final = 40
FEWEST_GENERIC: Final = 10
"""Fewer show no style but chance: docs/VALIDITY.md shows what few texts do to the scale."""
MOST_CHARACTERS: Final = 400_000
"""of each side; more changes nothing but the time it takes"""
EVIDENCE: Final = "the sentences of the gold evidence that say what the references say"
INPUTS: Final = "the sentences of the inputs that come nearest to the references (no gold evidence is known)"


@dataclass(frozen=True, slots=True)
class Anchors:
    """Texts of both ends."""

    house: tuple[str, ...]
    topics: tuple[str, ...]
    """what each house text is about: texts of one topic are never fitted and held out at once"""
    sources: tuple[str, ...]
    """what each house text takes its content from"""
    generic: tuple[str, ...]
    generic_topics: tuple[str, ...]
    writer: str
    """who the generic writer is, in words"""

    @property
    def missing(self) -> str:
        """Why no scale can be made of them; "" when one can."""
        if len(self.house) < FEWEST_HOUSE:
            return f"style needs {FEWEST_HOUSE} reference texts of the house, and there are {len(self.house)}"
        if len(self.generic) < FEWEST_GENERIC:
            return f"style needs {FEWEST_GENERIC} texts of a generic writer, and there are {len(self.generic)}"
        return ""


def anchors_of(task: Task) -> Anchors:
    """Return the anchors of a task."""
    texts = _sources(task)
    written = [one for split in ("train", "validation") for one in _written(task.examples(split))]
    known = [one for one in written if texts(one)]
    found = [(one, "\n".join(texts(one))) for one in known] or [(one, one.text) for one in written]
    return anchors(
        [one.references[0] for one, _ in found],
        [source for _, source in found],
        [closest(source, one.references[0]) for one, source in found],
        [_topic(one) for one, _ in found],
        EVIDENCE if known else INPUTS,
    )


def anchors(
    house: Sequence[str], sources: Sequence[str], generic: Sequence[str], topics: Sequence[str], writer: str
) -> Anchors:
    """Return anchors of rows in parallel; what is there twice counts once, and no side is endless."""
    order = np.random.default_rng(0).permutation(len(house)).tolist()
    of_house = list(_limited(house, order))
    of_generic = list(_limited(generic, order))
    return Anchors(
        tuple(house[row] for row in of_house),
        tuple(topics[row] for row in of_house),
        tuple(sources[row] for row in of_house),
        tuple(generic[row] for row in of_generic),
        tuple(topics[row] for row in of_generic),
        writer,
    )


def _sources(task: Task) -> Callable[[Example], Sequence[str]]:
    """Texts of an example's gold evidence, without titles; () where it is unknown."""
    documents = {document.id: document.text for document in task.documents()}

    def texts(example: Example) -> Sequence[str]:
        if example.evidence == THE_INPUT:
            return (example.text,)
        return [documents[name] for name in example.evidence if name in documents]

    return texts


def _written(examples: Sequence[Example]) -> Iterator[Example]:
    for one in examples:
        if one.answerable and one.references and not is_refusal(one.references[0]):
            yield one


def _topic(example: Example) -> str:
    documents = () if example.evidence == THE_INPUT else example.evidence
    return example.group or "\n".join(documents) or example.id


def _limited(texts: Sequence[str], order: Sequence[int]) -> Iterator[int]:
    seen: set[str] = set()
    left = MOST_CHARACTERS
    for row in order:
        text = texts[row].strip()
        if text and text not in seen and left > 0:
            seen.add(text)
            left -= len(text)
            yield row
