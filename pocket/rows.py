"""Conversations as rows of tokens with a weight and marks each, grouped and one behind the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.types import Turn
from pocket.corpus.mixture import conversation
from pocket.marks import Marks, marked
from pocket.world.drawn import Drawn, noted

ANSWER_WEIGHT: Final = 1.0
READING_WEIGHT: Final = 0.1
VERDICT_WEIGHT: Final = 10.0
"""of the first token of an answer where the ability is to know whether there is one: that token decides"""
READING_SHARE: Final = 0.25
"""of what is read, so much is scored, at a weight raised to match: the output layer is a third of the work"""

NOTHING: Final = Drawn()


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation."""

    kind: str
    """the ability it practises"""
    tokens: np.ndarray
    """(length,) token ids"""
    answers: np.ndarray
    """(length,) 0 for what is read, then 1, 2, ... for the tokens of each answer and its end"""
    weights: np.ndarray
    """(length,) of the loss"""
    marks: Marks
    """where its values stand"""


def row(tokenizer: Any, kind: str, turns: Sequence[Turn], rng: np.random.Generator, told: Drawn = NOTHING) -> Row:
    """Return the conversation as rendered by the tokenizer's chat template.

    Args:
        tokenizer: a fast one.
        kind: the ability it practises.
        turns: the conversation.
        rng: decides what of the read tokens is scored.
        told: what it was drawn with.
    """
    messages = [{"role": turn.role, "content": turn.content} for turn in turns]
    encoded = tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    mask = np.asarray(encoded["assistant_masks"], dtype=np.int32)
    starts = np.diff(mask, prepend=0) == 1
    reading = np.where(rng.random(len(mask)) < READING_SHARE, READING_WEIGHT / READING_SHARE, 0.0)
    weights = np.where(mask == 1, ANSWER_WEIGHT, reading).astype(np.float32)
    answers = np.cumsum(starts) * mask
    if kind == "doubt":
        weights[starts] = VERDICT_WEIGHT
    if kind == "talk":  # earlier answers came of passages that are not there
        weights[(answers > 0) & (answers < answers.max())] = 0.0
        answers = np.where(answers == answers.max(), np.minimum(answers, 1), 0)
    tokens = np.asarray(encoded["input_ids"], dtype=np.int64)
    return Row(kind, tokens, answers, weights, marked(text, encoded.encodings[0].offsets, tokens, mask, told))


@dataclass
class Stream:
    """The training rows in their fixed order."""

    tokenizer: Any
    seed: int
    number: int = 0
    """the next conversation"""

    def batch(self, tokens: int, progress: float) -> list[Row]:
        """Return the next rows, until they hold that many tokens."""
        rows: list[Row] = []
        while sum(len(entry.tokens) for entry in rows) < tokens:
            with noted() as told:
                kind, turns = conversation(self.number, progress, self.seed)
            rows.append(row(self.tokenizer, kind, turns, np.random.default_rng([self.seed, self.number]), told))
            self.number += 1
        return rows


def grouped(rows: Sequence[Row], tokens: int) -> list[list[Row]]:
    """Return the rows in groups that hold at most so many tokens together (or one row), longest first."""
    groups: list[list[Row]] = []
    for entry in sorted(rows, key=lambda entry: -len(entry.tokens)):
        if groups and sum(len(other.tokens) for other in groups[-1]) + len(entry.tokens) <= tokens:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows one behind the other, without padding: what is read and, of the same shape, what comes next.

    Half of a padded batch was padding: the longest conversations are many times as long as the shortest.
    """

    read: np.ndarray
    """(tokens,) token ids, all but the last of each row"""
    positions: np.ndarray
    """(tokens,) within the row"""
    targets: np.ndarray
    """(tokens,) the ids that come next"""
    answers: np.ndarray
    """(tokens,) of the targets, see Row"""
    weights: np.ndarray
    """(tokens,) of the targets in the loss"""
    lengths: tuple[int, ...]
    """of the rows as they are read"""


def packed(rows: Sequence[Row]) -> Packed:
    """Return the rows one behind the other."""
    lengths = tuple(len(entry.tokens) - 1 for entry in rows)
    return Packed(
        read=np.concatenate([entry.tokens[:-1] for entry in rows]),
        positions=np.concatenate([np.arange(length) for length in lengths]),
        targets=np.concatenate([entry.tokens[1:] for entry in rows]),
        answers=np.concatenate([entry.answers[1:] for entry in rows]),
        weights=np.concatenate([entry.weights[1:] for entry in rows]),
        lengths=lengths,
    )
