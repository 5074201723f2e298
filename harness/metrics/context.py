"""What a metric may need of its task: documents, evidence, reference style, boilerplate, language, cached judges."""

from functools import cached_property
from typing import Any

from harness.judges.judge import CachedJudge, Judge
from harness.metrics.boilerplate import boilerplate_words, claiming
from harness.metrics.evidence import evidence_texts, novel_bigrams
from harness.metrics.nearest_rows import NearestRows
from harness.metrics.style.anchors import Anchors, anchors_of
from harness.store.spec import digest
from harness.tasks.task import Task
from harness.text.entities import decoded
from harness.text.language_id import guessed_together
from harness.text.quantities import DECIMAL_COMMA
from harness.types import SPLITS, Document, Example


class TaskContext:
    """One task as metrics see it. Every part is computed when it is first asked for, and then kept.

    Args:
        task: its data are part of the key of every answer; a metric's own key does not depend on them.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self._judges: dict[str, CachedJudge] = {}

    @cached_property
    def documents(self) -> dict[str, Document]:
        """The knowledge base: id -> document."""
        return {document.id: document for document in self.task.documents()}

    def evidence(self, example: Example) -> tuple[str, ...]:
        """Return the texts of the example's gold evidence; () where it is unknown."""
        return evidence_texts(example, self.documents)

    @cached_property
    def boilerplate(self) -> frozenset[str]:
        """Words of the training references that claim nothing, as keys of `harness.text.terms`."""
        return boilerplate_words(self.task.examples("train"), self.evidence)

    @cached_property
    def reference_style(self) -> Anchors:
        """Texts in the style of the references, and texts of a generic writer with the same content."""
        return anchors_of(self.task)

    @cached_property
    def nearest_rows(self) -> NearestRows:
        """The training rows that have a reference, to find the one that is most like an answer."""
        return NearestRows([row for row in self.task.examples("train") if row.references])

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All references of the task, each once, sorted: its labels, where it has few. The same for every arm."""
        rows = (example for split in SPLITS for example in self.task.examples(split))
        return tuple(sorted({decoded(text) for example in rows for text in example.references}))

    @cached_property
    def decimal_comma(self) -> bool:
        """Whether the task is in a language that writes decimals with a comma."""
        inputs = (example.text for example in self.task.examples("test"))
        return (self.language or guessed_together(inputs)) in DECIMAL_COMMA

    @cached_property
    def language(self) -> str:
        """Code of the language of the training references; "" where they do not show it."""
        return guessed_together(example.references[0] for example in self.task.examples("train") if example.references)

    def cached(self, judge: Judge) -> Judge:
        """Return a judge that is asked each question once, whichever metric asks; one per fingerprint."""
        return self._judges.setdefault(digest(judge), CachedJudge(judge))

    def forget(self) -> None:
        """Have these judges forget all but their latest judgements; metrics that score the same answers need them."""
        for judge in self._judges.values():
            judge.forget()


def abstractiveness(context: TaskContext) -> dict[str, Any]:
    """Return the novel share of the test references' bigrams, without boilerplate, and how many references were used.

    The share is None where no evidence is known or no reference has two words.
    """
    known = [example for example in context.task.examples("test") if example.references and context.evidence(example)]
    share = novel_bigrams(
        (claiming(example.references[0], example.text, context.boilerplate), context.evidence(example))
        for example in known
    )
    return {"novel_bigrams": share, "references": len(known)}
