"""A task of given documents and training examples, and metrics bound to it."""

from dataclasses import dataclass

from harness.metrics.context import TaskContext
from harness.types import Document, Example


@dataclass(frozen=True)
class ListedTask:
    listed: tuple[Document, ...] = ()
    train: tuple[Example, ...] = ()

    def documents(self):
        return self.listed

    def examples(self, split):
        return self.train if split == "train" else ()


def bound(metric, documents=(), train=()):
    return metric.bind(TaskContext(ListedTask(tuple(documents), tuple(train))))
