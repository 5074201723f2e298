"""The texts that an answer is checked against, each with the id of its document, and word overlap with them."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from harness.errors import DataError
from harness.tasks.knowledge.shown_text import shown_text
from harness.text.tokens import words
from harness.types import THE_INPUT, Document, Example, Prediction

LONGEST_DOCUMENT: Final = 8_000
"""characters of a document that a record keeps for its readers"""

Ngram = tuple[str, ...]


class Source(NamedTuple):
    """One text."""

    id: str
    """of the document; "@input" for the input itself"""
    text: str
    """with the title, if there is one, as its first line"""


Sources = tuple[Source, ...]


def gold_evidence(metric: str, example: Example, documents: Mapping[str, Document]) -> Sources | None:
    """Return the example's gold evidence; None when it is unknown.

    Raises:
        DataError: the evidence names a document that the task does not have.
    """
    if not example.evidence:
        return None
    if example.evidence == THE_INPUT:
        return (Source(THE_INPUT[0], example.text),)
    missing = [name for name in example.evidence if name not in documents]
    if missing:
        raise DataError(
            f"metric {metric}, example {example.id}: evidence {', '.join(missing)} is not among the {len(documents)} "
            "documents of the task"
        )
    return tuple(Source(name, shown_text(documents[name])) for name in example.evidence)


def evidence_texts(example: Example, documents: Mapping[str, Document]) -> tuple[str, ...]:
    """Return the texts of an example's gold evidence: () where it is unknown or a document is missing."""
    if example.evidence != THE_INPUT and not set(example.evidence) <= documents.keys():
        return ()
    return tuple(source.text for source in gold_evidence("", example, documents) or ())


def passages(prediction: Prediction) -> Sources:
    """Return the passages that the arm showed its model; () when nothing was retrieved."""
    return tuple(Source(passage.document_id, shown_text(passage)) for passage in prediction.passages)


def gold_documents(documents: Mapping[str, Document], examples: Sequence[Example]) -> tuple[Document, ...]:
    """Return the documents that the examples name as evidence, once each, in the order of their naming.

    For people who read a record: a longer text is cut and says so. An input that is the evidence is left out.
    """
    named = dict.fromkeys(name for example in examples for name in example.evidence)
    return tuple(_cut(documents[name]) for name in named if name in documents)


def is_cut(text: str) -> bool:
    """Return whether a document's text in a record is its beginning alone."""
    return len(text) > LONGEST_DOCUMENT


def _cut(document: Document) -> Document:
    length = len(document.text)
    if length <= LONGEST_DOCUMENT:
        return document
    shown = f"{document.text[:LONGEST_DOCUMENT]}… [{LONGEST_DOCUMENT:,} of {length:,} characters]"
    return dataclasses.replace(document, text=shown)


def novel_bigrams(texts: Iterable[tuple[str, Sequence[str]]]) -> float | None:
    """Return the novel share of all bigrams together (See et al. 2017); None without any (answers of one word).

    Args:
        texts: each with the evidence that it is compared with.
    """
    novel = total = 0
    for text, evidence in texts:
        bigrams, known = ngrams(text, 2), _known(evidence, 2)
        novel += sum(bigram not in known for bigram in bigrams)
        total += len(bigrams)
    return novel / total if total else None


def precision(text: str, evidence: Sequence[str], n: int) -> float:
    """Return the share of the text's n-grams that the evidence holds; 0 for texts shorter than n words."""
    grams, known = ngrams(text, n), _known(evidence, n)
    return sum(gram in known for gram in grams) / len(grams) if grams else 0.0


def ngrams(text: str, n: int) -> list[Ngram]:
    """Return the runs of n words of a text, in order."""
    tokens = words(text)
    return list(zip(*(tokens[start:] for start in range(n)), strict=False))


def _known(evidence: Sequence[str], n: int) -> frozenset[Ngram]:
    return frozenset().union(*(ngrams(text, n) for text in evidence))
