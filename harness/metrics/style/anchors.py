"""The two ends of the style scale of a task: its references, and a generic writer of the same content.

Reference texts are the first references of train and validation, never of test. The generic writer is the source
itself: the sentences of the gold evidence that share most with the reference, about as many words of them. They are
not written in the reference style, and they are the same for every arm.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.tasks.task import Task
from harness.text.refusals import is_refusal
from harness.text.sentences import sentences
from harness.text.terms import Terms, terms
from harness.text.tokens import LONGEST_SOURCE
from harness.types import THE_INPUT, Example

FEWEST_REFERENCES: Final = 40
FEWEST_GENERIC: Final = 10
"""With fewer texts the scale is mostly chance: docs/VALIDITY.md shows the effect of few texts."""
MOST_CHARACTERS: Final = 400_000
"""of each side; more changes only the time it takes"""
EVIDENCE: Final = "the sentences of the gold evidence that share most with the references"
INPUTS: Final = "the sentences of the inputs that share most with the references (no gold evidence is known)"
SPEAKER: Final = re.compile(r"(?m)^[^\S\n]*#?[^\W\d_][\w .]{0,24}#?\s*[:：]\s*")
"""the name before a line of a transcript: Doctor: …, #Person1#: …"""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Texts of both ends."""

    references: tuple[str, ...]
    """in the style that the scale measures"""
    topics: tuple[str, ...]
    """what each reference is about: texts of one topic are never fitted and held out at once"""
    sources: tuple[str, ...]
    """what each reference takes its content from"""
    generic: tuple[str, ...]
    generic_topics: tuple[str, ...]
    writer: str
    """who the generic writer is, in words"""

    @property
    def missing(self) -> str:
        """Why no scale can be made of them; "" when one can."""
        if len(self.references) < FEWEST_REFERENCES:
            return f"style needs {FEWEST_REFERENCES} reference texts, and there are {len(self.references)}"
        if len(self.generic) < FEWEST_GENERIC:
            return f"style needs {FEWEST_GENERIC} texts of a generic writer, and there are {len(self.generic)}"
        return ""


def anchors_of(task: Task) -> Anchors:
    """Return the anchors of a task."""
    texts = _sources(task)
    written = [example for split in ("train", "validation") for example in _written(task.examples(split))]
    known = [example for example in written if texts(example)]
    sourced = [(example, "\n".join(texts(example))) for example in known] or [
        (example, example.text) for example in written
    ]
    return anchors(
        [example.references[0] for example, _ in sourced],
        [source for _, source in sourced],
        [closest(source, example.references[0]) for example, source in sourced],
        [_topic(example) for example, _ in sourced],
        EVIDENCE if known else INPUTS,
    )


def anchors(
    references: Sequence[str], sources: Sequence[str], generic: Sequence[str], topics: Sequence[str], writer: str
) -> Anchors:
    """Return anchors of parallel rows; a text that occurs twice counts once, and each side has a largest size."""
    order = np.random.default_rng(0).permutation(len(references)).tolist()
    reference_rows = list(_limited(references, order))
    generic_rows = list(_limited(generic, order))
    return Anchors(
        tuple(references[row] for row in reference_rows),
        tuple(topics[row] for row in reference_rows),
        tuple(sources[row] for row in reference_rows),
        tuple(generic[row] for row in generic_rows),
        tuple(topics[row] for row in generic_rows),
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
    for example in examples:
        if example.answerable and example.references and not is_refusal(example.references[0]):
            yield example


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


def closest(source: str, text: str) -> str:
    """Return the sentences of `source` that share most words with `text`, in order, about as many words as it has.

    Speakers' names before lines are left out, so that a transcript is not recognised by its form. Read are the first
    LONGEST_SOURCE characters of each.
    """
    parts = sentences(without_speakers(source[:LONGEST_SOURCE]))
    own = terms(text, 0, LONGEST_SOURCE)
    wanted, length = _keys(own), len(own)
    read = [terms(part) for part in parts]
    shared = [len(_keys(part) & wanted) / (len(part) + 1) ** 0.5 for part in read]
    chosen: list[int] = []
    written = 0
    for number in sorted(range(len(parts)), key=lambda number: -shared[number]):
        size = len(read[number])
        if chosen and written + size / 2 > length:
            break
        chosen.append(number)
        written += size
    return " ".join(parts[number] for number in sorted(chosen))


def without_speakers(source: str) -> str:
    """Return a transcript without the speakers' names; other texts as they are."""
    lines = [line for line in source.splitlines() if line.strip()]
    spoken = sum(SPEAKER.match(line) is not None for line in lines)
    return SPEAKER.sub("", source) if len(lines) > 1 and spoken > len(lines) / 2 else source


def _keys(read: Terms) -> frozenset[str]:
    return frozenset(word.key for word in read.words if word.content)
