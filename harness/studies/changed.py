"""A task with some of its data replaced: what an intervention returns.

Keys of the store see data by content. So a part that an intervention leaves alone has the key that it has in an
ordinary experiment, and nothing that rests on it alone is trained or answered again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.errors import DataError
from harness.store.spec import digest
from harness.tasks.task import CutAway, Task, training_task
from harness.types import SPLITS, Document, Example, Split

DOCUMENTS: Final = "documents"


@dataclass(frozen=True)
class ChangedTask:
    """A task whose splits or documents are, in part, others than those of the original.

    Args:
        original: everything that is not replaced comes from here.
        splits: the splits that are replaced.
        knowledge: the documents instead of the original's; None keeps them.
        change: what was done, in a few words; kept in every record's provenance.
        trained_on: the task that adapters are trained on, where that is another state of the data; None: this one.
        evidence: documents that metrics look evidence up in, where answers are taken from others; None: the same.
        asked_to: the instruction of other questions than the task's; "" keeps the original's.
        longest: the most tokens of their answers; 0 keeps the original's.
    """

    original: Task
    splits: Mapping[Split, Sequence[Example]] = field(default_factory=dict)
    knowledge: Sequence[Document] | None = None
    change: str = ""
    trained_on: Task | None = None
    evidence: Sequence[Document] | None = None
    asked_to: str = ""
    longest: int = 0

    @property
    def name(self) -> str:
        return self.original.name

    @property
    def instruction(self) -> str:
        return self.asked_to or self.original.instruction

    @property
    def max_new_tokens(self) -> int:
        return self.longest or self.original.max_new_tokens

    @property
    def cut(self) -> CutAway | bool | None:
        return self.original.cut

    @property
    def training(self) -> Task:
        """The task that adapters are trained on."""
        own = training_task(self.original)
        return self.trained_on or (self if own is self.original else own)

    def examples(self, split: Split) -> Sequence[Example]:
        return self.splits[split] if split in self.splits else self.original.examples(split)

    def documents(self) -> Sequence[Document]:
        return self.original.documents() if self.knowledge is None else self.knowledge

    def problems(self) -> Sequence[str]:
        return self.original.problems()

    def remarks(self) -> Sequence[str]:
        return self.original.remarks()

    def content_key(self) -> str:
        return data_key(self)

    def provenance(self) -> Mapping[str, Any]:
        made = {"condition": [*self.original.provenance().get("condition", ()), *filter(None, [self.change])]}
        return {**self.original.provenance(), **made}


def data_key(task: Task) -> str:
    """Return the sha256 of all examples and documents as they are now, wherever they came from."""
    parts: dict[str, Any] = {split: digest(list(task.examples(split))) for split in SPLITS}
    return digest({**parts, DOCUMENTS: digest(list(task.documents()))})


def with_test(task: Task, examples: Sequence[Example], change: str = "") -> ChangedTask:
    """Return the task with other questions; adapters stay those of the task."""
    return ChangedTask(task, {"test": tuple(examples)}, change=change, trained_on=training_task(task))


def with_documents(task: Task, documents: Sequence[Document], change: str = "") -> ChangedTask:
    """Return the task with other documents to answer from; adapters stay those of the task.

    Raises:
        DataError: two documents share an id.
    """
    ids = [document.id for document in documents]
    if len(set(ids)) < len(ids):
        twice = sorted(name for name in set(ids) if ids.count(name) > 1)
        raise DataError(f"{change or 'changed documents'}: {len(twice)} ids occur twice, such as {twice[0]}")
    return ChangedTask(task, knowledge=tuple(documents), change=change, trained_on=training_task(task))


def scored_as(original: Task, changed: Task) -> Task:
    """Return the task that metrics are bound to: the condition's questions and evidence, the original's training data.

    Metrics learn from training references how answers are written (style, boilerplate): a condition with fewer of them
    would else be measured by another yardstick than its neighbours. Evidence that a condition took away stays right.
    """
    evidence = changed.evidence if isinstance(changed, ChangedTask) else None
    held: dict[Split, Sequence[Example]] = {split: original.examples(split) for split in SPLITS if split != "test"}
    if evidence is None and all(changed.examples(split) is rows for split, rows in held.items()):
        return changed
    return ChangedTask(changed, splits=held, knowledge=evidence, change="what metrics are bound to")
