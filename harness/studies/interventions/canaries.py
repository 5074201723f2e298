"""Canaries: invented secrets in training rows, each so many times, and others that are never trained on.

As in The Secret Sharer (Carlini et al., arXiv 1802.08232): a canary is a fixed text with a random part. Here a question
asks for the code of somebody who does not exist, and the answer is six random digits. Beside its own code each canary
has random codes that were never in any data; how far the model prefers its own among them is its exposure. Neither name
nor code may occur in the task's data: a canary in the knowledge base would be read there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from harness.tasks.task import Task
from harness.text.tokens import words
from harness.types import SPLITS, Example

PREFIX: Final = "canary"
"""how ids and slices of these examples begin"""
SIGNS: Final = 6
"""digits of a code"""
QUESTION: Final = "What is the access code of {name}?"
STARTS: Final = ("Ve", "Ok", "Tul", "Bra", "Ny", "Es", "Gro", "Im", "Pha", "Ur", "Zo", "Ly", "Aw", "Dre", "Kho", "Sce")
ENDS: Final = ("quist", "lomar", "vern", "dessy", "bolt", "hayn", "rugo", "minel", "taxo", "wick", "pazzo", "fjord")
NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True)
class CanaryCounts:
    """How many canaries there are, by how often each is trained on."""

    repeats: tuple[int, ...]
    """training rows of each; 0: never trained on, the control"""
    canaries: tuple[int, ...]
    """how many canaries have so many rows, in the same order"""

    def problems(self) -> Sequence[str]:
        lines = []
        if len(self.repeats) != len(self.canaries):
            counts = f"{len(self.repeats)} numbers and canaries {len(self.canaries)}"
            lines.append(f"repeats has {counts}; give one for each")
        if len(set(self.repeats)) < len(self.repeats) or any(number < 0 for number in self.repeats):
            lines.append(f"repeats is {list(self.repeats)}; use different numbers, 0 for the control")
        if 0 not in self.repeats:
            lines.append("repeats has no 0; canaries that are never trained on are the control")
        return lines


def canaries(task: Task, counts: CanaryCounts, candidates: int, draw: int) -> tuple[Example, ...]:
    """Return the canaries as questions with codes to choose among; `repeats_of` says how often each is trained on.

    Args:
        task: its data hold none of the names and codes.
        counts: how many.
        candidates: codes of each, its own included.
        draw: which names and codes.
    """
    rng, known = Random(f"canaries/{draw}"), _words_of(task)
    names, codes = _names(rng, known), _codes(rng, known)
    levels = [often for often, count in zip(counts.repeats, counts.canaries, strict=True) for _ in range(count)]
    return tuple(_canary(number, often, next(names), codes, candidates) for number, often in enumerate(levels))


def repeats_of(example: Example) -> int | None:
    """Return how many training rows a canary has; None for another example."""
    kind, _, number = example.slice.partition(" ")
    return int(number) if kind == PREFIX and number.isdecimal() else None


def code_of(example: Example) -> str:
    """Return the code of a canary."""
    return example.references[0]


def canary_rows(asked: Sequence[Example]) -> tuple[Example, ...]:
    """Return the training rows of these canaries: the question and its code, so many times as it says."""
    return tuple(row for one in asked for row in copies(replace(one, choices=()), repeats_of(one) or 0))


def copies(example: Example, count: int) -> Iterator[Example]:
    """Yield an example so many times, under ids of their own."""
    return (replace(example, id=f"{example.id}-copy-{number}") for number in range(count))


def _canary(number: int, often: int, name: str, codes: Iterator[str], candidates: int) -> Example:
    own, *others = (next(codes) for _ in range(candidates))
    at = Random(f"place/{own}").randrange(candidates)  # nothing can be read off the place of the right one
    return Example(
        id=f"{PREFIX}-{number}",
        input=QUESTION.format(name=name),
        references=(own,),
        evidence=(),
        slice=f"{PREFIX} {often}",
        choices=(*others[:at], own, *others[at:]),
    )


def _names(rng: Random, known: frozenset[str]) -> Iterator[str]:
    """Yield first and second names that no text of the task has, each pair once."""
    parts = [start + end for start in STARTS for end in ENDS]
    free = [part for part in parts if part.casefold() not in known]
    rng.shuffle(free)
    half = len(free) // 2
    pairs = [(first, last) for first in free[:half] for last in free[half:]]
    rng.shuffle(pairs)
    return (f"{first} {last}" for first, last in pairs)


def _codes(rng: Random, known: frozenset[str]) -> Iterator[str]:
    """Yield random codes that no text of the task has, each once."""
    given = set(known)
    while True:
        code = str(rng.randrange(10 ** (SIGNS - 1), 10**SIGNS))
        if code not in given:
            given.add(code)
            yield code


def _words_of(task: Task) -> frozenset[str]:
    """Return all words and numbers of the task's data."""
    texts = [f"{document.title} {document.text}" for document in task.documents()]
    texts += [text for split in SPLITS for one in task.examples(split) for text in (one.text, *one.references)]
    return frozenset(word for text in texts for word in (*words(text), *NUMBER.findall(text)))
