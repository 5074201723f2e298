"""What the evidence of a task's examples says, and how far the references are from its words."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Final

from harness.metrics.house_wording import claiming, house_words
from harness.metrics.novelty import novel_bigrams
from harness.metrics.yardstick import gold_evidence
from harness.types import THE_INPUT, Document, Example, Task

KEPT: Final = 8_000
"""characters of a document that a record keeps for its readers"""


def evidence_of(task: Task) -> Callable[[Example], tuple[str, ...]]:
    """Return what finds the texts of an example's gold evidence: () where it is unknown."""
    documents = {document.id: document for document in task.documents()}

    def texts(example: Example) -> tuple[str, ...]:
        if not example.evidence or (example.evidence != THE_INPUT and not set(example.evidence) <= documents.keys()):
            return ()
        return tuple(source.text for source in gold_evidence("", example, documents) or ())

    return texts


def gold_documents(task: Task, examples: Sequence[Example]) -> tuple[Document, ...]:
    """Return the documents that the examples name as evidence, once each, in the order of their naming.

    For people who read a record: a longer text is cut and says so. An input that is the evidence is no document.
    """
    documents = {document.id: document for document in task.documents()}
    named = dict.fromkeys(name for example in examples for name in example.evidence)
    return tuple(_cut(documents[name]) for name in named if name in documents)


def _cut(document: Document) -> Document:
    length = len(document.text)
    if length <= KEPT:
        return document
    return dataclasses.replace(document, text=f"{document.text[:KEPT]}… [{KEPT:,} of {length:,} characters]")


def abstractiveness(task: Task) -> dict[str, Any]:
    """Return the novel share of the test references' bigrams, house wording left out, and how many references told.

    The share is None where no evidence is known or no reference has two words.
    """
    texts = evidence_of(task)
    house = house_words(task.examples("train"), texts)
    known = [one for one in task.examples("test") if one.references and texts(one)]
    share = novel_bigrams((claiming(one.references[0], one.text, house), texts(one)) for one in known)
    return {"novel_bigrams": share, "references": len(known)}
