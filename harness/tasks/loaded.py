"""What all tasks made of rows share: examples up to the limit, documents, and what is wrong with the data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from harness.tasks.columns import Columns, DocumentColumns
from harness.tasks.data import TaskData
from harness.tasks.draw import limited
from harness.types import Document, Example, Split


@dataclass(frozen=True)
class LoadedTask:
    """The part of a task that does not depend on the source of its rows."""

    name: str = field(compare=False)
    """in tables and folder names"""
    instruction: str
    """what the model should do, the same for every arm"""
    max_new_tokens: int
    """longest answer"""
    cut_long_input: bool
    """whether an input may be shortened at its end to fit the model (a document may, a question may not)"""
    columns: Columns
    """names of the columns of examples"""
    document_columns: DocumentColumns
    """names of the columns of documents; text: [] if examples hold none"""
    limit: int | None
    """largest number of examples of each split; documents are never limited"""

    @property
    def _label(self) -> str:
        """Name of the task in messages."""
        raise NotImplementedError

    @cached_property
    def _data(self) -> TaskData:
        """Everything that was read; read once."""
        raise NotImplementedError

    @cached_property
    def _content_key(self) -> str:
        """The sha256 of the data; computed once."""
        raise NotImplementedError

    def content_key(self) -> str:
        return self._content_key

    def examples(self, split: Split) -> Sequence[Example]:
        self._data.demand(self._label)
        return self._limited[split]

    def documents(self) -> Sequence[Document]:
        self._data.demand(self._label)
        return self._data.documents

    def problems(self) -> Sequence[str]:
        return [*self._setting_problems(), *self._data.problems]

    @cached_property
    def _limited(self) -> Mapping[Split, Sequence[Example]]:
        return {split: limited(examples, self.limit) for split, examples in self._data.splits.items()}

    def _setting_problems(self) -> list[str]:
        problems = []
        if not self.instruction.strip():
            problems.append("instruction is empty: say in a sentence what the model should do")
        if self.max_new_tokens < 1:
            problems.append(f"max_new_tokens is {self.max_new_tokens}: want 1 or more")
        if self.limit is not None and self.limit < 1:
            problems.append(f"limit is {self.limit}: want 1 or more, or null for all examples")
        return problems
