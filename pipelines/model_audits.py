"""Audits of a model and its tokenizer: whether they are whole, belong together, and can give right answers."""

import math
import random
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Final

from harness.audits import AuditResult, spread
from harness.tasks.task import Task
from harness.types import SPLITS, Turn
from pipelines.generators.teacher_forcing import TeacherForcing

READ: Final = 6
"""texts of each kind (inputs, documents, references) that the base reads"""
LONGEST: Final = 80
"""tokens of each"""
VOCABULARIES: Final = 6
"""random ones, in which the same texts are read"""
AMONG_THEM: Final = 2.0
"""standard deviations of the random vocabularies' losses, within which the tokenizer is as good as one of them"""
LEAST: Final = 400
"""tokens from which on the losses say something"""
ASKED: Final = (Turn("user", "Tell me what you know."),)
"""the turn before each text"""
TEXTS: Final = 2000
"""references searched for stop tokens"""


def tokenizer(forcing: TeacherForcing, task: Task) -> AuditResult:
    """Compare the base's loss on the task's own texts with its losses when all tokens are swapped at random.

    A model reads text better than random tokens, however bad it is at the task; with another model's tokenizer its loss
    is one more of the random ones. A uniform guess would not do: a model that is sure of other words is worse.
    """
    texts = _texts(forcing, task)
    if sum(map(len, texts)) < LEAST:
        return AuditResult("tokenizer", 0, "texts", details={"tokens": sum(map(len, texts))})
    known = range(forcing.vocabulary)
    losses = [_loss(forcing, texts, random.Random(seed).sample(known, len(known))) for seed in range(VOCABULARIES)]
    own, usual, spread_out = _loss(forcing, texts, known), fmean(losses), stdev(losses)
    figures = {
        "loss": own,
        "swapped_loss": usual,
        "swapped_deviation": spread_out,
        "uniform_loss": math.log(len(known)),
    }
    flag = ""
    if not own < usual - AMONG_THEM * spread_out:
        flag = (
            f"the base reads the task's texts no better than random tokens ({own:.1f} nats per token; with all tokens "
            f"swapped {usual:.1f} ± {spread_out:.1f}): the tokenizer in the model's folder is another model's, or its "
            "weights are untrained or damaged"
        )
    return AuditResult("tokenizer", len(texts), "texts", flag, details=figures)


def _texts(forcing: TeacherForcing, task: Task) -> list[list[int]]:
    """Return tokens of inputs, documents and references."""
    test = task.examples("test")
    kinds: tuple[list[str], ...] = (
        [example.text for example in test],
        [document.text for document in task.documents()],
        [example.references[0] for example in test if example.references],
    )
    texts = [text for kind in kinds for text in spread([one for one in kind if one.strip()], READ)]
    tokens = forcing.chat.tokenizer([text[: 10 * LONGEST] for text in texts], add_special_tokens=False)["input_ids"]
    return [ids[:LONGEST] for ids in tokens if ids]


def _loss(forcing: TeacherForcing, texts: Sequence[Sequence[int]], vocabulary: Sequence[int]) -> float:
    """Return the mean loss of a token when each is replaced by the one at its place in the vocabulary."""
    own = [forcing.read(ASKED, [vocabulary[token % len(vocabulary)] for token in ids]).losses for ids in texts]
    return fmean(loss for losses in own for loss in losses)


def stop_tokens(forcing: TeacherForcing, task: Task) -> AuditResult:
    """Look for tokens that end a turn inside references: an answer that is right would be cut there."""
    chat = forcing.chat
    stops = set(chat.stop_ids)
    given = [
        (example.id, reference.strip())
        for split in SPLITS
        for example in task.examples(split)
        for reference in example.references
        if reference.strip()
    ]
    texts = spread(given, TEXTS)
    tokens = [chat.text_ids(text) for _, text in texts]
    found = [(name, stops & set(ids)) for (name, _), ids in zip(texts, tokens, strict=True) if stops & set(ids)]
    flag = ""
    if found:
        token = chat.tokenizer.decode([min(found[0][1])])
        flag = (
            f"{len(found)} of {len(texts)} references hold a token at which generation stops ({token!r} in example "
            f"{found[0][0]}): right answers end there; take it out of model.stop_tokens or out of the references"
        )
    return AuditResult("stop tokens", len(texts), "references", flag, details={"found": len(found)})


def chat_template(forcing: TeacherForcing) -> AuditResult:
    """Look whether the template opens the assistant's turn, as it does where the answer is given."""
    missing, flag = forcing.chat.unopened(), ""
    if missing:
        flag = (
            f"it does not open the assistant's turn: prompts lack {missing!r}, which stands before answers that are "
            "given, so that the model may go on with the user's message; take the template of the model's source, "
            "where add_generation_prompt adds it"
        )
    return AuditResult("chat template", 1, "templates", flag, details={"missing": missing})


def layers(forcing: TeacherForcing) -> AuditResult:
    """Look for layers that change nothing of what passes through them, as those do whose weights are all 0."""
    looked_at, idle = forcing.idle_layers(ASKED)
    flag = ""
    if idle:
        which = f"layer {idle[0]} changes" if len(idle) == 1 else f"layers {', '.join(map(str, idle))} change"
        flag = (
            f"{which} nothing of what passes through it: its weights are 0, as in a checkpoint that was converted or "
            "downloaded in part, or in one that was widened and not trained yet; compare it with its source"
        )
    return AuditResult("layers", looked_at, "layers", flag, details={"idle": idle})
