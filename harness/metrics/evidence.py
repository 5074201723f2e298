"""The texts that an answer is held against, each with the id of the document it is from."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from harness.errors import DataError
from harness.metrics.boilerplate import claiming, house_words
from harness.metrics.novelty import novel_bigrams
from harness.types import THE_INPUT, Document, Example, Passage, Prediction, Task


class Source(NamedTuple):
    """One text."""

    id: str
    """of the document; "@input" for the input itself"""
    text: str
    """with the title, if there is one, as its first line"""


Sources = tuple[Source, ...]


def gold_evidence(metric: str, example: Example, documents: Mapping[str, Document] | None) -> Sources | None:
    """Return the example's gold evidence; None when it is unknown.

    Raises:
        DataError: the evidence is a document that the metric was not given.
    """
    if not example.evidence:
        return None
    if example.evidence == THE_INPUT:
        return (Source(THE_INPUT[0], example.text),)
    missing = [name for name in example.evidence if name not in (documents or {})]
    if documents is None or missing:
        given = "no documents" if documents is None else f"{len(documents)} documents"
        raise DataError(
            f"metric {metric}, example {example.id}: evidence {', '.join(missing)} is not among the {given} that the "
            "metric was given; call with_documents(task.documents()) before score"
        )
    return tuple(Source(name, _with_title(documents[name])) for name in example.evidence)


def passages(prediction: Prediction) -> Sources:
    """Return the passages that the arm showed its model; () when nothing was found."""
    return tuple(Source(passage.document_id, _with_title(passage)) for passage in prediction.passages)


def _with_title(entry: Document | Passage) -> str:
    return f"{entry.title}\n{entry.text}" if entry.title else entry.text


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
