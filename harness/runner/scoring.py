"""Scores a cell's answers block by block: of a large cell only one block and arrays of numbers are in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from harness.errors import ArmError, StoreError
from harness.judges.ragas.said import said_together
from harness.machine.memory import give_back
from harness.machine.progress import Work, progress
from harness.metrics.blocks_of_cell import PairBlock, WholeCell, takes_blocks
from harness.metrics.judged import judging_metrics
from harness.metrics.metric import Metric
from harness.store.records.judgements import EVIDENCE_SOURCES
from harness.store.records.lazy import Lazy
from harness.store.records.spill import ScoreSpill
from harness.types import Example, JudgedAnswer, Pair, Prediction, Score

Scores = Mapping[str, Sequence[Score]]
"""metric -> one score per pair, in order"""
ScoredBlock = tuple[PairBlock, Scores, Sequence[JudgedAnswer]]


def scored(
    metrics: Mapping[str, Metric],
    examples: Sequence[Example],
    answers: Sequence[Prediction],
    folder: Path,
    forget: Callable[[], None] = lambda: None,
) -> tuple[Sequence[Score], Sequence[JudgedAnswer]]:
    """Return the scores of all metrics, metric after metric, and the judgements; on disk where the answers are.

    Args:
        metrics: bound to the task.
        examples: all of them.
        answers: one per example, in the same order.
        folder: of the record, on whose disk scores wait for it where the answers are on disk.
        forget: called after each block: what is kept of it may be too much for the memory.

    Raises:
        ArmError: a metric left predictions out.
        StoreError: a judgement is of no example, or the folder cannot be written.
    """
    with said_together():
        return _scored(metrics, examples, answers, folder, forget)


def _scored(
    metrics: Mapping[str, Metric],
    examples: Sequence[Example],
    answers: Sequence[Prediction],
    folder: Path,
    forget: Callable[[], None],
) -> tuple[Sequence[Score], Sequence[JudgedAnswer]]:
    if not isinstance(answers, Lazy):
        return _in_memory(metrics, list(_blocks(metrics, list(zip(examples, answers, strict=True)), forget)))
    names = {name: metric.name for name, metric in metrics.items()}  # recall_at_k is recall@4 in a record
    spill = ScoreSpill(list(names.values()), examples, folder)
    pairs = Lazy(lambda number: (examples[number], answers[number]), range(len(examples)))
    for block, scores, judged in _blocks(metrics, pairs, forget):
        spill.add([example for example, _ in block], {names[name]: own for name, own in scores.items()}, judged)
    return spill.parts()


def _in_memory(
    metrics: Mapping[str, Metric], blocks: Sequence[ScoredBlock]
) -> tuple[tuple[Score, ...], tuple[JudgedAnswer, ...]]:
    judged = [answer for _, _, own in blocks for answer in own]
    judged.sort(key=lambda answer: EVIDENCE_SOURCES.index(answer.evidence_source))
    return tuple(one for name in metrics for _, scores, _ in blocks for one in scores[name]), tuple(judged)


def _blocks(metrics: Mapping[str, Metric], pairs: Sequence[Pair], forget: Callable[[], None]) -> Iterator[ScoredBlock]:
    """Yield each block with its scores and judgements; metrics that need all pairs at once are asked first."""
    cell = WholeCell(pairs)
    at_once = [name for name, metric in metrics.items() if not takes_blocks(metric.score)]
    steps = len(at_once) + (len(metrics) - len(at_once)) * cell.count
    with progress("score", "scoring", steps, "metrics" if cell.count == 1 else "metrics of blocks") as work:
        known = {name: _checked(name, metrics[name], pairs, work) for name in at_once}
        judging = judging_metrics(metrics)
        before = _by_example(
            [answer for one in judging if not takes_blocks(one.judgements) for answer in one.judgements(pairs)], pairs
        )
        for block in cell.blocks():
            scores = {
                name: known[name][block.start : block.start + len(block)]
                if name in known
                else _of_block(name, metric, block, work)
                for name, metric in metrics.items()
            }
            judged = [answer for one in judging if takes_blocks(one.judgements) for answer in one.judgements(block)]
            _by_example(judged, block)
            yield block, scores, [*judged, *(answer for example, _ in block for answer in before.get(example.id, ()))]
            forget()


def _by_example(judged: Sequence[JudgedAnswer], pairs: Iterable[Pair]) -> Mapping[str, list[JudgedAnswer]]:
    """Return judgements by the id of their example.

    Raises:
        StoreError: one is of none of these examples.
    """
    found: dict[str, list[JudgedAnswer]] = {}
    for answer in judged:
        found.setdefault(answer.example_id, []).append(answer)
    unknown = found.keys() - {example.id for example, _ in pairs} if found else ()
    if unknown:
        raise StoreError(f"a judgement of {min(unknown)}, which is not one of the examples that were to be judged")
    return found


def _of_block(name: str, metric: Metric, block: PairBlock, work: Work) -> Sequence[Score]:
    scores = _checked(name, metric, block, work)
    if block.whole.count > 1:
        give_back()
    return scores


def _checked(name: str, metric: Metric, pairs: Sequence[Pair], work: Work) -> Sequence[Score]:
    given = list(metric.score(pairs))
    if [one.example_id for one in given] != [example.id for example, _ in pairs]:
        raise ArmError(f"metric {name} scored {len(given)} of {len(pairs)} predictions, or in another order")
    work.advance()
    return given
