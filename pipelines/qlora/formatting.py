"""Training examples to token rows, with the same prompts as in answering."""

import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from harness.tasks.task import Task
from harness.types import THE_INPUT, Example, Passage
from pipelines.generators.chat import ChatFormat
from pipelines.prompts import ContextWindow, Prompt, fit
from pipelines.rag.protocols import Query, Searcher
from pipelines.rag.queries import query_text
from pipelines.rag.retrieval import BLOCK

TOKEN: Final = "i"
"""type of a token in an array: four bytes, where a list of numbers takes nine times as many"""
FIRST: Final = 256
"""first rows that keep what they were made of: single ones of the first validation rows are looked at"""
KEPT: Final = 1024
"""later rows that keep it, at least, if there are as many, and at most twice so many: audits look at a sample"""


@dataclass(frozen=True)
class TrainingPassages:
    """Train on retrieved passages (RAFT, arXiv 2403.10131).

    Args:
        p_gold: share of rows whose passages hold the gold evidence; the others have distractors
            only, so that the adapter learns not to trust passages blindly.
    """

    KEY: ClassVar[str] = "pipelines.qlora.formatting.TrainingPassages"
    VERSION: ClassVar[int] = 2

    p_gold: float

    def problems(self) -> Sequence[str]:
        return [] if 0.0 <= self.p_gold <= 1.0 else [f"p_gold is {self.p_gold}; it must be between 0 and 1"]

    def choose(
        self, examples: Sequence[Example], searcher: Searcher, k: int, seed: int
    ) -> Iterator[tuple[Passage, ...]]:
        """Yield the passages of each training row: gold (in a share of rows) among distractors, shuffled.

        So many examples at a time are searched for that memory does not grow with their number.

        Where the evidence is not a document (summarization, unknown) the retrieved passages are taken as
        they are. An example's own exemplar is never among them. Every row has k passages if there
        are as many: their number must not show whether the gold one is among them.
        """
        for first in range(0, len(examples), BLOCK):
            yield from self._chosen(examples[first : first + BLOCK], searcher, k, seed)

    def _chosen(
        self, examples: Sequence[Example], searcher: Searcher, k: int, seed: int
    ) -> Iterator[tuple[Passage, ...]]:
        queries = [query_for(example) for example in examples]
        # Gold documents are excluded from the search itself, so that there are k distractors.
        distractors = [
            replace(query, exclude=query.exclude | _gold_documents(example))
            for query, example in zip(queries, examples, strict=True)
        ]
        retrieved = searcher.search(distractors)
        gold = searcher.best_of(queries, [_gold_documents(example) for example in examples])
        for example, result, best in zip(examples, retrieved, gold, strict=True):
            yield self._row(example, result.passages, best, k, seed)

    def _row(
        self, example: Example, retrieved: Sequence[Passage], gold: Sequence[Passage], k: int, seed: int
    ) -> tuple[Passage, ...]:
        if not _gold_documents(example):
            return tuple(retrieved[:k])
        draw = random.Random(f"{seed}/{example.id}")  # text seeds are hashed: the same on every machine
        kept = list(gold[: max(1, k - 1)]) if draw.random() < self.p_gold else []
        row = [*kept, *retrieved][:k]
        draw.shuffle(row)
        return tuple(row)


def target_answer(example: Example, refusal: str) -> str:
    """Return the answer that an adapter learns for this example."""
    return example.references[0] if example.references else refusal


def query_for(example: Example) -> Query:
    """Return what is searched for an example; its own exemplar never comes back."""
    excluded = frozenset({f"pair:{example.id}"})
    return Query(example.id, query_text(example), example.evidence, excluded, example.spans)


def _gold_documents(example: Example) -> frozenset[str]:
    return frozenset() if example.evidence == THE_INPUT else frozenset(example.evidence)


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One training row. Token ids are held in arrays of 32 bits, whatever sequence they are given in."""

    input_ids: Sequence[int]
    """prompt and answer"""
    labels: Sequence[int]
    """-100 over the prompt, the answer's ids after it"""
    example: Example | None = None
    """what it was made of; None: answering would cut the input elsewhere, as this row's long reference took room, or
    so many rows know it that it is of no further use"""
    passages: tuple[Passage, ...] = ()
    """shown in the prompt"""
    input_cut: bool = False
    """the input was shortened"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "input_ids", array(TOKEN, self.input_ids))
        object.__setattr__(self, "labels", array(TOKEN, self.labels))

    def bare(self) -> "TrainingRow":
        """Return the row without what it was made of."""
        return replace(self, example=None, passages=())


@dataclass(slots=True)
class TrainingRows:
    """Training rows, and what was left out or cut."""

    rows: list[TrainingRow] = field(default_factory=list)
    """in the order of the examples"""
    dropped: int = 0
    """examples whose prompt and answer do not fit the context window"""
    unlabelled: int = 0
    """answerable examples without a reference"""
    inputs_cut: int = 0
    """rows whose input was shortened"""
    passages_dropped: int = 0
    """passages that did not fit"""
    rows_bare: int = 0
    """rows without room for any of their passages"""
    _every: int = field(default=1, init=False)
    """behind the first ones, the distance of rows that keep what they were made of"""

    def add(self, row: TrainingRow) -> None:
        """Append a row; of many, evenly spaced ones keep their example and passages."""
        at = len(self.rows) - FIRST
        self.rows.append(row if at < 0 or at % self._every == 0 else row.bare())
        if at + 1 >= 2 * KEPT * self._every:
            for place in range(FIRST + self._every, len(self.rows), 2 * self._every):
                self.rows[place] = self.rows[place].bare()
            self._every *= 2

    @property
    def tokens(self) -> int:
        """Tokens in all rows."""
        return sum(len(row.input_ids) for row in self.rows)

    def facts(self) -> dict[str, int]:
        """Return the counts for the record."""
        return {
            "rows": len(self.rows),
            "tokens": self.tokens,
            "rows_dropped": self.dropped,
            "rows_without_reference": self.unlabelled,
            "inputs_cut": self.inputs_cut,
            "passages_dropped": self.passages_dropped,
            "rows_bare": self.rows_bare,
        }


@dataclass(frozen=True, slots=True)
class Formatter:
    """Turns examples into rows.

    Args:
        chat: the tokenizer's format.
        prompt: the wording shared with answering.
        window: context window in tokens.
        refusal: the answer taught for an unanswerable example without a reference.
    """

    chat: ChatFormat
    prompt: Prompt
    window: int
    refusal: str

    def rows(self, task: Task, examples: Sequence[Example], passages: Iterable[Sequence[Passage]]) -> TrainingRows:
        """Return one row per example that fits; the others are counted.

        Args:
            task: gives instruction and lengths.
            examples: in the order of training.
            passages: of each example; taken one by one, so that they need not be in memory all at once.
        """
        out = TrainingRows()
        for example, shown in zip(examples, passages, strict=True):
            if not example.references and example.answerable:
                out.unlabelled += 1
                continue
            answer_ids = self.chat.answer_ids(target_answer(example, self.refusal))
            # A reference longer than max_new_tokens takes room from the passages: fewer of them are better than no row.
            room = self.window - max(task.max_new_tokens, len(answer_ids))
            fitted = fit(self.prompt, task.instruction, example, shown, self._window(room, task))
            if fitted.error:
                out.dropped += 1
                continue
            prompt_ids = self.chat.prompt_ids(fitted.turns)
            out.inputs_cut += fitted.input_cut
            out.passages_dropped += fitted.dropped
            out.rows_bare += bool(shown) and not fitted.passages
            labels = [-100] * len(prompt_ids) + answer_ids
            same = not fitted.input_cut or len(answer_ids) <= task.max_new_tokens
            source = (example if same else None, fitted.passages, fitted.input_cut)
            out.add(TrainingRow(prompt_ids + answer_ids, labels, *source))
        return out

    def _window(self, room: int, task: Task) -> ContextWindow:
        return ContextWindow(lambda turns: len(self.chat.prompt_ids(turns)), room, task.cut)
