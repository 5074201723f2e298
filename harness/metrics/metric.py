"""The Protocol of a metric, with defaults: one that needs nothing of the task defines four attributes and `score`."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, Self

from harness.errors import DataError
from harness.judges.judge import Judge
from harness.metrics.context import TaskContext
from harness.types import EvidenceSource, JudgedAnswer, Pair, Reason, Score

Kind = Literal["answer", "overlap", "claims", "passages", "decision", "length", "style"]
"""What a metric measures: whether the answer is the reference (answer), how much of each is in the other (overlap),
the support of the answer's claims (claims), the retrieved passages, the decision to answer or refuse, the number of
words, or the style of writing. Each kind has known answers (`harness.metrics.selftest`)."""

Aggregate = Literal["macro_f1"]
"""A number of all answers together. Each score is 1 or 0 for a right or wrong answer, and its details name the right
class and the one that the answer gives (`harness.analysis.stats.corpus_values`)."""


@dataclass(frozen=True)
class KnownAnswer:
    """One answer and the bounds of its value."""

    name: str
    """what kind of answer it is"""
    pair: Pair
    """the example and the answer"""
    least: float
    """goodness is at least this: 0 is the metric's worst value, 1 its best (a length: words)"""
    most: float
    """goodness is at most this"""
    reason: Reason = ""
    """that the score must give"""
    long: bool = False
    """left out where a judge is paid by the word"""
    foreign: bool = False
    """left out where a model judges: many have learnt one language only"""


class Metric(Protocol):
    """A number for one prediction. Deterministic; never raises on odd text.

    A metric inherits from this class. What it needs of the task it reads from `context`, once `bind` has set it.
    """

    _context: ClassVar[TaskContext | None] = None

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def higher_is_better(self) -> bool | None: ...
    @property
    def worst(self) -> float | None: ...
    def score(self, pairs: Sequence[Pair]) -> Sequence[Score]:
        """Return one score per pair, in order."""
        ...

    @property
    def kind(self) -> Kind | None:
        """Chooses the known answers that the metric must get right before a run; None for a kind of its own."""
        return None

    @property
    def aggregate(self) -> Aggregate | None:
        """What a table computes from the scores of an arm where that is not their mean; see Aggregate."""
        return None

    def known_answers(self) -> Sequence[KnownAnswer] | None:
        """Return known answers of the metric's own; None takes those of its kind."""
        return None

    @property
    def evidence_source(self) -> EvidenceSource | None:
        """What the answer's claims are checked against; None for a metric that checks none."""
        return None

    def judgements(self, pairs: Sequence[Pair]) -> Sequence[JudgedAnswer]:
        """Return the judge's verdicts for the record; () for a metric that checks no claims."""
        return ()

    def judge_used(self) -> Judge | None:
        """Return the judge that the metric asks, if it asks one."""
        return None

    def with_judge(self, judge: Judge) -> Self:
        """Return the same metric with another judge; one that asks none is returned as it is."""
        return self

    def bind(self, context: TaskContext) -> Self:
        """Return the same metric, able to read the task. The metric's key does not change."""
        bound = copy.copy(self)
        object.__setattr__(bound, "_context", context)
        return bound

    @property
    def context(self) -> TaskContext:
        """The task that the metric is bound to.

        Raises:
            DataError: it is not bound.
        """
        if self._context is None:
            raise DataError(f"metric {self.name} is not bound to a task; call bind(TaskContext(task)) before score")
        return self._context

    def facts(self) -> Mapping[str, Any]:
        """Return what a record keeps about the bound metric, as plain JSON data."""
        return {}
