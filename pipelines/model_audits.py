"""Audits of a model and its tokenizer: whether they belong together, and whether answers can end."""

import math
import random
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from harness.audits import AuditResult, spread
from harness.tasks.task import Task
from harness.types import SPLITS, Example, Prediction
from pipelines.generators.teacher_forcing import TeacherForcing
from pipelines.prompts import Render

REFERENCES: Final = 8
"""read by the base"""
NO_BETTER: Final = 0.75
"""Loss on references as a share of that on swapped tokens. Measured: at most .52 with the right tokenizer (pocket,
stories260K; three tasks), at least .87 with its vocabulary permuted, or shifted by one."""
TEXTS: Final = 2000
"""references searched for stop tokens"""
CUT_OFF: Final = 0.95
"""share of answers that ran into the limit from which on the limit is not to blame"""
FEWEST: Final = 5
"""answers from which a share says something"""


def tokenizer(forcing: TeacherForcing, render: Render, examples: Sequence[Example], window: int | None) -> AuditResult:
    """Compare the base's loss on references with its loss on the same with all tokens swapped at random.

    A model reads text better than random tokens, however bad it is at the task; with another tokenizer both are random
    to it. The loss alone would not do: a model that is sure of other answers is worse than a uniform guess.

    Args:
        forcing: the bare base.
        render: prompts without passages.
        examples: whose references are read, and whose prompts may be too long.
        window: of the model.
    """
    vocabulary = forcing.vocabulary
    swapped = random.Random(0).sample(range(vocabulary), vocabulary)
    own, control = list[float](), list[float]()
    for example in spread([example for example in examples if example.references], REFERENCES):
        turns, ids = render(example, (), False), forcing.chat.answer_ids(example.references[0])[:-1]
        if ids and (window is None or len(forcing.chat.prompt_ids(turns)) + len(ids) <= window):
            own.append(forcing.read(turns, ids).loss)
            control.append(forcing.read(turns, [swapped[token % vocabulary] for token in ids]).loss)
    if not own:
        return AuditResult("tokenizer", 0, "references")
    figures = {"loss": fmean(own), "swapped_loss": fmean(control), "uniform_loss": math.log(vocabulary)}
    flag = ""
    if figures["loss"] > NO_BETTER * figures["swapped_loss"]:
        flag = (
            f"the base reads references hardly better than random tokens ({figures['loss']:.1f} nats per token; with "
            f"all tokens swapped {figures['swapped_loss']:.1f}; a uniform guess {figures['uniform_loss']:.1f}): the "
            "tokenizer in the model's folder is another model's, or its weights are untrained or damaged"
        )
    return AuditResult("tokenizer", len(own), "references", flag, details=figures)


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
    tokens = chat.tokenizer([text for _, text in texts], add_special_tokens=False)["input_ids"] if texts else []
    found = [(name, stops & set(ids)) for (name, _), ids in zip(texts, tokens, strict=True) if stops & set(ids)]
    flag = ""
    if found:
        token = chat.tokenizer.decode([min(found[0][1])])
        flag = (
            f"{len(found)} of {len(texts)} references hold a token at which generation stops ({token!r} in example "
            f"{found[0][0]}): right answers end there; take it out of model.stop_tokens or out of the references"
        )
    return AuditResult("stop tokens", len(texts), "references", flag, details={"found": len(found)})


def endings(predictions: Sequence[Prediction], facts: Mapping[str, Any], limit: int) -> AuditResult:
    """Look whether answers end at all: where hardly one does, the limit is not too low, but nothing ends them.

    Args:
        predictions: of one arm.
        facts: of its model.
        limit: of new tokens.
    """
    answered = [one for one in predictions if one.finish != "error"]
    cut = sum(one.finish == "length" for one in answered)
    flag = ""
    if len(answered) >= FEWEST and cut >= CUT_OFF * len(answered):
        format_facts = facts.get("format", {})
        stops = ", ".join(map(str, format_facts.get("stop_tokens", ()))) or "those of the server"
        template = format_facts.get("chat_template", "the server's")
        flag = (
            f"{cut} of {len(answered)} answers ran into the limit of {limit} tokens: the model does not end its turns, "
            f"and a higher limit will not help; the stop tokens ({stops}) or the chat template ({template}) are not "
            "those that it was trained with (model.stop_tokens, model.template_options), or it never learnt to end one"
        )
    return AuditResult("endings", len(answered), "answers", flag, details={"cut_off": cut})
