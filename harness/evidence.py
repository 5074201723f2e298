"""What the evidence of a task's examples says, and how far the references are from its words."""

from collections.abc import Callable
from typing import Any

from harness.metrics.house_wording import claiming, house_words
from harness.metrics.novelty import novel_bigrams
from harness.metrics.yardstick import gold_evidence
from harness.types import THE_INPUT, Example, Task


def evidence_of(task: Task) -> Callable[[Example], tuple[str, ...]]:
    """Return what finds the texts of an example's gold evidence: () where it is unknown."""
    documents = {document.id: document for document in task.documents()}

    def texts(example: Example) -> tuple[str, ...]:
        if not example.evidence or (example.evidence != THE_INPUT and not set(example.evidence) <= documents.keys()):
            return ()
        return tuple(source.text for source in gold_evidence("", example, documents) or ())

    return texts


def abstractiveness(task: Task) -> dict[str, Any]:
    """Return the novel share of the test references' bigrams, house wording left out, and how many references told.

    The share is None where no evidence is known or no reference has two words.
    """
    texts = evidence_of(task)
    house = house_words(task.examples("train"), texts)
    known = [one for one in task.examples("test") if one.references and texts(one)]
    share = novel_bigrams((claiming(one.references[0], one.text, house), texts(one)) for one in known)
    return {"novel_bigrams": share, "references": len(known)}
