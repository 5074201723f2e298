"""The texts that an answer is held against, each with the id of the document it is from."""

from collections.abc import Mapping
from typing import NamedTuple

from harness.errors import DataError
from harness.types import THE_INPUT, Document, Example, Passage, Prediction


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
