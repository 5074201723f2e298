"""How likely a model finds given answers: their log-likelihoods after a prompt.

The prompt is read once, and all answers after it in batches: what is kept of the prompt stands before each of them. As
in lm-evaluation-harness an answer's log-likelihood is the sum over its own tokens, without the end of the turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.errors import ArmError
from pipelines.device import length_batches
from pipelines.generators.chat import ChatFormat
from pipelines.generators.shared_prefix import repeated, serves
from pipelines.generators.teacher_forcing import keeps_few_logits

Ids = Sequence[int]
DECIMALS: Final = 5
"""kept of a log-likelihood: finer than rounding of the model's products, and short in records"""


@dataclass(frozen=True, slots=True)
class _ReadPrompt:
    """What is kept of a prompt."""

    cache: Any
    """keys and values, of one row"""
    logits: Any
    """of the next token, shape (1, 1, vocabulary)"""


def choice_ids(chat: ChatFormat, prompt: Ids, choices: Sequence[str], window: int) -> tuple[Ids, list[list[int]]]:
    """Return the prompt, and the tokens of each choice as an answer to it.

    Raises:
        ArmError: a choice has no tokens, or does not fit the window beside the prompt.
    """
    rows = [chat.text_ids(choice.strip()) for choice in choices]
    if empty := [choice for choice, row in zip(choices, rows, strict=True) if not row]:
        raise ArmError(f"the choice {empty[0]!r} has no tokens, so that nothing says how likely it is")
    longest = max(map(len, rows), default=0)
    if len(prompt) + longest > window:
        raise ArmError(
            f"a choice of {longest} tokens does not fit beside a prompt of {len(prompt)} in the window of {window}; "
            "raise task.max_new_tokens, which keeps room for it"
        )
    return prompt, rows


def choice_logliks(model: Any, prompt: Ids, choices: Sequence[Ids], batch_tokens: int) -> tuple[float, ...]:
    """Return the log-likelihood of each choice after the prompt, in nats.

    Args:
        model: as it answers, with its adapter in place.
        prompt: its tokens, one at least.
        choices: tokens of each, one at least.
        batch_tokens: at most so many tokens at once, those of the prompt included for each choice.

    Raises:
        ArmError: the model gives no numbers.
    """
    import torch

    found = [0.0] * len(choices)
    with torch.inference_mode():
        # a prompt that cannot be kept for this model is read anew with each choice
        kept = _read(model, prompt) if serves(model) else None
        for batch in length_batches([len(prompt) + len(choice) for choice in choices], batch_tokens):
            rows = [choices[at] for at in batch]
            logits = _whole(model, prompt, rows) if kept is None else _continued(model, prompt, rows, kept)
            for at, value in zip(batch, _sums(logits, rows), strict=True):
                found[at] = value
    return tuple(round(value, DECIMALS) for value in found)


def _read(model: Any, prompt: Ids) -> _ReadPrompt:
    import torch

    options = {"logits_to_keep": 1} if keeps_few_logits(model) else {}
    read = model(input_ids=torch.tensor([list(prompt)], device=model.device), use_cache=True, **options)
    return _ReadPrompt(read.past_key_values, read.logits[:, -1:].float())


def _continued(model: Any, prompt: Ids, rows: Sequence[Ids], kept: _ReadPrompt) -> Any:
    """Return the logits that predict each token of the rows, shape (rows, tokens, vocabulary)."""
    import torch

    first = kept.logits.expand(len(rows), -1, -1)
    inputs = _padded([row[:-1] for row in rows], model.device)
    if not inputs.shape[1]:
        return first
    # Padding stands behind all that is scored, where a causal model does not see it: no mask leaves anything out.
    mask = torch.ones((len(rows), len(prompt) + inputs.shape[1]), dtype=torch.long, device=model.device)
    cache = repeated(kept.cache, len(rows))
    rest = model(input_ids=inputs, attention_mask=mask, past_key_values=cache, use_cache=True).logits.float()
    return torch.cat([first, rest], dim=1)


def _whole(model: Any, prompt: Ids, rows: Sequence[Ids]) -> Any:
    """Return the same by reading the prompt before each row."""
    inputs = _padded([[*prompt, *row[:-1]] for row in rows], model.device)
    wanted = max(map(len, rows))
    options = {"logits_to_keep": wanted} if keeps_few_logits(model) else {}
    return model(input_ids=inputs, use_cache=False, **options).logits[:, -wanted:].float()


def _sums(logits: Any, rows: Sequence[Ids]) -> list[float]:
    targets = _padded(rows, logits.device)
    own = logits.gather(-1, targets[..., None])[..., 0] - logits.logsumexp(-1)
    if not bool(own.isfinite().all()):
        raise ArmError("the model's logits are no finite numbers; its weights are damaged or overflow in this dtype")
    return [float(own[at, : len(row)].double().sum()) for at, row in enumerate(rows)]


def _padded(rows: Sequence[Ids], device: Any) -> Any:
    import torch

    width = max(map(len, rows))
    return torch.tensor([[*row, *[0] * (width - len(row))] for row in rows], dtype=torch.long, device=device)
