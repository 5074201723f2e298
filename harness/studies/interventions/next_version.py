"""The next version of the documents: facts edited, added, deleted and kept, and what was renewed for it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final, Literal

from harness.errors import DataError
from harness.studies.changed import ChangedTask
from harness.studies.intervention import Value
from harness.tasks.jsonl import JsonlTask
from harness.tasks.task import Task
from harness.text.tokens import compared_words
from harness.types import Document, Example

QUESTIONS: Final = "questions_next"
DOCUMENTS: Final = "documents_next"
BEFORE: Final = "before"
"""how the ids of old pages begin that stay beside the new ones"""
PREVIOUS: Final = "previous"
"""column of the questions"""
WANTED: Final = (
    f"put {QUESTIONS} (columns as in test; slice says edited, added, deleted or kept; {PREVIOUS} lists the answers "
    f"that were right before) and {DOCUMENTS} (the whole knowledge base at the later date) beside the task's files"
)


@dataclass(frozen=True)
class NextVersion:
    """Asks about the next version; documents and training data are each still the old ones, or renewed.

    Renewed training data are those of the task with every answer brought up to date that the questions list as
    `previous`, for the same document; rows about a deleted document say that it cannot be known, or go.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.next_version.NextVersion"

    documents: Literal["old", "new", "both"]
    """what answers are retrieved from; both: the old pages were left beside the new ones"""
    training: Literal["old", "new"]
    """what adapters were trained on; raft's training passages are of the documents of the same time"""

    @property
    def label(self) -> str:
        trained = self.training == "new"
        if self.documents == "both":
            return f"old and new pages indexed{' and retrained' * trained}"
        names = {("old", "old"): "nothing renewed", ("new", "old"): "re-indexed", ("old", "new"): "retrained"}
        return names.get((self.documents, self.training), "re-indexed and retrained")

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"documents": self.documents, "training": self.training}

    def refuses(self, task: Task) -> str:
        source = origin(task)
        if not isinstance(source, JsonlTask):
            return f"a next version is read from files, and this task comes from a hub; save it as files and {WANTED}"
        folder = Path(source.dir).expanduser()
        missing = [name for name in (QUESTIONS, DOCUMENTS) if not any(folder.glob(f"{name}.*"))]
        if missing:
            return f"there is no next version: {folder} has no {' and no '.join(missing)}; {WANTED}"
        later = next_task(task)
        if problems := list(later.problems()):
            return f"the next version cannot be read: {'; '.join(problems[:3])}"
        if not any(example.previous for example in later.examples("test")):
            return f"no question of {QUESTIONS} has a value in the column {PREVIOUS}: none can be stale; {WANTED}"
        return ""

    def apply(self, task: Task) -> Task:
        later = next_task(task)
        renewed = ChangedTask(
            task, {"train": renewed_training(task, later)}, later.documents(), change="trained on the next version"
        )
        return ChangedTask(
            task,
            {"test": tuple(later.examples("test"))},
            knowledge=self._knowledge(task, later),
            change=self.label,
            trained_on=renewed if self.training == "new" else task,
            evidence=tuple(later.documents()),
        )

    def _knowledge(self, task: Task, later: Task) -> tuple[Document, ...] | None:
        """Return what is searched; None for the task's own documents."""
        if self.documents == "old":
            return None
        new = tuple(later.documents())
        texts = {one.text for one in new}
        old = [one for one in task.documents() if one.text not in texts] if self.documents == "both" else []
        return (*(replace(one, id=f"{BEFORE}-{one.id}") for one in old), *new)


def origin(task: Task) -> Task:
    """Return the task that data were read from, below whatever was changed."""
    while isinstance(task, ChangedTask):
        task = task.original
    return task


def next_task(task: Task) -> Task:
    """Return the next version as a task: its questions are the test split.

    Raises:
        DataError: the task's data are no files.
    """
    source = origin(task)
    if not isinstance(source, JsonlTask):
        raise DataError(f"task {task.name}: {WANTED}")
    columns = replace(source.columns, previous=source.columns.previous or (PREVIOUS,))
    splits = {"train": None, "validation": None, "test": QUESTIONS}
    whole = replace(source, test_share=0.0, validation_share=0.0)
    return replace(whole, splits=splits, documents_file=DOCUMENTS, columns=columns)


def renewed_training(task: Task, later: Task) -> tuple[Example, ...]:
    """Return the training rows with the answers that are right in the next version.

    Args:
        task: as it was.
        later: its next version.
    """
    changed = [example for example in later.examples("test") if example.previous]
    there = {document.id for document in later.documents()}
    return tuple(row for example in task.examples("train") for row in _renewed(example, changed, there))


def _renewed(row: Example, changed: Sequence[Example], there: set[str]) -> Iterator[Example]:
    """Yield the row as it is right now; nothing where its document is gone and no question says what is right."""
    new = row
    for question in changed:
        old, now = value_before(question), value_now(question)
        same = question.group == row.group
        if question.answerable and same and set(question.evidence) & set(row.evidence):
            new = _with_value(new, old, now)
        elif not question.answerable and same and row.group and holds(row.references, old):
            yield replace(row, references=question.references, evidence=(), answerable=False, facts=())
            return
    if not row.evidence or row.evidence[0].startswith("@") or set(row.evidence) <= there:
        yield new


def _with_value(row: Example, old: str, now: str) -> Example:
    whole = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    references = tuple(whole.sub(lambda _: now, text) for text in row.references)
    facts = tuple(now if fact == old else fact for fact in row.facts)
    return replace(row, references=references, facts=facts)


def value_before(question: Example) -> str:
    """Return the shortest answer that was right before: the bare value."""
    return min(question.previous, key=len, default="")


def value_now(question: Example) -> str:
    """Return the shortest answer that is right now; "" for a question that cannot be answered any more."""
    return min(question.facts or question.references, key=len, default="") if question.answerable else ""


def holds(texts: Sequence[str], value: str) -> bool:
    """Return whether one of the texts has all words of a value side by side."""
    wanted = compared_words(value)
    return bool(wanted) and any(_side_by_side(compared_words(text), wanted) for text in texts)


def _side_by_side(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))
