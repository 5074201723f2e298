"""How long an arm's work will take on this machine: its tokens, batches and steps times what was measured."""

import math
from dataclasses import dataclass
from typing import Final

from harness.runner.arm import Durations
from pipelines.speed.speeds import EmbeddingSpeed, ModelSpeed, TrainingSpeed

AUDITED: Final = 40
"""forward passes of single texts that the audits of an arm take, about"""
READ_AGAIN: Final = 32
"""rows that are read one by one after a training, for the audit of its adapter"""
BACKWARD: Final = 3.0
"""how many times longer a step of training takes than reading the same tokens"""
USUAL: Final = 1.3
"""how many times slower an adapter makes answering, where it was not measured"""


@dataclass(frozen=True, slots=True)
class Sample:
    """Tokens of some of many texts, evenly spaced."""

    sizes: tuple[int, ...] = ()
    """of each text of the sample"""
    count: int = 0
    """how many texts there are"""

    @property
    def mean(self) -> float:
        """Tokens of a text; 0 without any."""
        return sum(self.sizes) / len(self.sizes) if self.sizes else 0.0

    @property
    def total(self) -> float:
        """Tokens of all texts."""
        return self.mean * self.count

    def padded(self, rows: int) -> float:
        """Return the tokens of a text in batches of so many, as they come, in which all are as long as the longest."""
        batches = [self.sizes[at : at + rows] for at in range(0, len(self.sizes), rows)]
        return sum(max(batch) * len(batch) for batch in batches) / max(1, len(self.sizes))


@dataclass(frozen=True, slots=True)
class Answering:
    """Questions that an arm answers."""

    prompts: Sample
    """with passages"""
    replies: Sample
    """references, for what will be written"""
    limit: int
    """the most tokens of an answer"""
    queries: float = 0.0
    """tokens that are embedded for all questions; 0 without a search by vectors"""
    adapted: bool = False
    """whether the arm has an adapter"""
    uses: int = 1
    """ways in which its adapter can run, each of which is timed"""
    batch_size: int = 1
    """the most answers of a batch"""
    batch_tokens: int = 1
    """the most tokens of its prompts"""


@dataclass(frozen=True, slots=True)
class TrainingWork:
    """An adapter to train."""

    rows: Sample
    """prompts with answers"""
    epochs: float
    micro_batch: int
    validated: float
    """rows of validation that are read, over all checkpoints"""


def durations(
    model: ModelSpeed | None,
    training: TrainingSpeed | None,
    embedding: EmbeddingSpeed | None,
    *,
    answering: Answering,
    answers: int,
    to_train: TrainingWork | None,
    to_embed: float,
) -> Durations:
    """Return the seconds of an arm's work.

    Args:
        model: of answering; None where it is not needed.
        training: of the recipe; None where it is not needed.
        embedding: of the retriever; None where it is not needed.
        answering: all questions, answered already or not: some are asked again to be timed.
        answers: how many are still to be made.
        to_train: None for nothing.
        to_embed: tokens of passages.
    """
    dearer = 1.0 if not answering.adapted else USUAL if training is None else training.adapted
    queries = 0.0 if embedding is None else answering.queries * embedding.per_token
    whole = answered = audited = alone = 0.0
    if model is not None:
        whole = dearer * _answer_seconds(model, answering) + queries
        answered = whole * answers / max(1, answering.prompts.count)
        audited = dearer * model.read_alone.seconds(AUDITED, answering.prompts.mean) if answers else 0.0
        alone = dearer * _request_seconds(model, answering) + queries / max(1, answering.prompts.count)
        alone *= answering.uses
    return Durations(
        train=_training_seconds(training, model, to_train),
        index=0.0 if embedding is None or not to_embed else embedding.load + to_embed * embedding.per_token,
        answer=answered,
        audit=audited,
        request=alone,
        load=0.0 if model is None else model.load,
    )


def _answer_seconds(model: ModelSpeed, answering: Answering) -> float:
    """Return the seconds of all answers in full batches, each of which writes as many tokens as its longest answer.

    That one is between the longest reference and the limit: a model may not know where to end.
    """
    prompts = answering.prompts
    if not prompts.count:
        return 0.0
    rows = max(1, min(answering.batch_size, int(answering.batch_tokens / max(1.0, prompts.mean)), prompts.count))
    batches = math.ceil(prompts.count / rows)
    longest = min(answering.limit, max(answering.replies.sizes, default=answering.limit))
    steps = batches * (longest + answering.limit) / 2
    return model.read.seconds(prompts.count, prompts.mean) + model.write.seconds(steps, steps * rows)


def _request_seconds(model: ModelSpeed, answering: Answering) -> float:
    written = min(answering.limit, answering.replies.mean or answering.limit)
    return model.read_alone.seconds(1, answering.prompts.mean) + model.write.seconds(written, written)


def _training_seconds(speed: TrainingSpeed | None, model: ModelSpeed | None, work: TrainingWork | None) -> float:
    if speed is None or work is None:
        return 0.0
    trained = speed.row.seconds(work.rows.count * work.epochs, work.rows.padded(work.micro_batch))
    read = speed.row.seconds(work.validated, work.rows.mean) / BACKWARD
    again = 0.0 if model is None else speed.adapted * model.read_alone.seconds(READ_AGAIN, work.rows.mean)
    return speed.load + trained + read + again
