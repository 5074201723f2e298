"""What a task's data are, in a few lines: sizes, lengths, languages, what is known of evidence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from harness.tasks.complaints import counted
from harness.tasks.loaded import limited
from harness.tasks.reference_kinds import reference_kind
from harness.tasks.task import Task
from harness.text.language_id import guessed_together
from harness.text.tokens import words
from harness.types import SPLITS, THE_INPUT, Example

READ: Final = 2_000
"""texts of a kind that are measured"""


def described(task: Task) -> Iterator[str]:
    """Yield a line each on splits, inputs, references, evidence and documents."""
    examples = [example for split in SPLITS for example in task.examples(split)]
    yield "examples: " + ", ".join(f"{len(task.examples(split)):,} {split}" for split in SPLITS)
    turns = [len(example.input) for example in examples if not isinstance(example.input, str)]
    chats = f"; {len(turns):,} are conversations of up to {max(turns)} turns" if turns else ""
    yield f"inputs: {_lengths([example.text for example in examples])}{chats}"
    answers = [example.references[0] for example in examples if example.references]
    yield f"{reference_kind(examples)}" + (f": {_lengths(answers)}" if answers else "")
    unanswerable = sum(not example.answerable for example in examples)
    if unanswerable:
        yield f"{unanswerable:,} of {len(examples):,} examples are marked as not answerable"
    yield _evidence(examples)
    documents = [document for document in task.documents() if not document.example_id]
    if documents:
        shown = ", ".join(dict.fromkeys(key for document in documents for key, _ in document.metadata))
        lengths = _lengths([document.text for document in documents])
        yield f"documents: {len(documents):,} of {lengths}" + (f"; shown with each passage: {shown}" if shown else "")


def _evidence(examples: Sequence[Example]) -> str:
    kinds = Counter("input" if own.evidence == THE_INPUT else "documents" if own.evidence else "" for own in examples)
    if kinds["input"]:
        return f"evidence: the input itself, for {kinds['input']:,} of {len(examples):,} examples"
    placed = sum(bool(own.spans) for own in examples)
    where = f", {placed:,} with the place in it" if placed else ""
    known = kinds["documents"]
    return f"evidence: gold documents are known for {known:,} of {len(examples):,} examples{where}"


def _lengths(texts: Sequence[str]) -> str:
    read = limited(texts, READ)
    counts = sorted(len(words(text)) for text in read) or [0]
    language = guessed_together(read)
    known = f", language {language}" if language else ""
    if counts[0] == counts[-1]:
        return f"{counted(counts[0], 'word')} each{known}"
    return f"{counts[0]:,} to {counts[-1]:,} words, half of them at most {round(median(counts)):,}{known}"
