"""Whether the passages that an answer was shown are today's documents, word for word."""

from collections.abc import Sequence

from harness.audits import AuditResult
from harness.errors import ArmError
from harness.types import Document, Passage, Prediction
from pipelines.rag.protocols import Retrieved

REMEDY = "delete the folders passages and retrieval of the store (store=) and run again"


def audit_shown(
    documents: Sequence[Document], retrieved: Sequence[Retrieved], predictions: Sequence[Prediction]
) -> Sequence[AuditResult]:
    """Compare every shown passage with today's document and with what was retrieved for its example.

    Args:
        documents: the task's, today.
        retrieved: what came back, per example.
        predictions: one per example, in the same order.

    Raises:
        ArmError: naming the first passage that differs.
    """
    known = {document.id: document for document in documents}
    for found, prediction in zip(retrieved, predictions, strict=True):
        if prediction.passages != found.passages[: len(prediction.passages)]:
            raise ArmError(
                f"answer {prediction.example_id!r} was shown other passages than were retrieved for it: "
                f"{_ids(prediction.passages)}, not {_ids(found.passages)}; {REMEDY}"
            )
        for passage in prediction.passages:
            check_text(passage, known.get(passage.document_id), f"answer {prediction.example_id!r} was shown")
    shown = sum(len(prediction.passages) for prediction in predictions)
    return [AuditResult("shown passages", shown, "passages")]


def check_text(passage: Passage, document: Document | None, what: str) -> None:
    """Refuse a passage that is not part of today's document.

    Raises:
        ArmError: naming what differs.
    """
    name = f"{what} a passage of document {passage.document_id!r} [{passage.start}:{passage.end}]"
    if document is None:
        raise ArmError(f"{name}, but the knowledge base has no such document; {REMEDY}")
    for kind, ours, theirs in (
        ("text", passage.text, document.text[passage.start : passage.end]),
        ("title", passage.title, document.title),
    ):
        if ours != theirs:
            raise ArmError(f"{name} whose {kind} is {_brief(ours)}; today's document has {_brief(theirs)}; {REMEDY}")


def _ids(passages: Sequence[Passage]) -> list[str]:
    return [f"{passage.document_id}[{passage.start}:{passage.end}]" for passage in passages]


def _brief(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
