"""Teacher forcing: a model reads a given answer in one unbatched pass and says at each place what it would write.

Audits compare this with what was written in batches with a cache, and with losses of training. It shares the chat
format with answering, and nothing else: no padding, no mask, no cache, no `generate`.
"""

import hashlib
import inspect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from harness.errors import ArmError
from harness.types import Turn
from pipelines.generators.chat import ChatFormat

SINGLE: Final = 1e-4
"""Share of the largest logit that rounding may account for in float32 (measured: below 4e-6, 32 layers)"""
ROUNDINGS: Final = 4
"""The same in 16-bit formats, as a multiple of their epsilon; 1/32 in bfloat16 (measured: below 2.3, 32 layers)"""


@dataclass(frozen=True, slots=True)
class ForcedAnswer:
    """A given answer as the model reads it; one value per token of the answer."""

    prompt_sha256: str
    """as of `Completion`"""
    choices: tuple[int, ...]
    """the tokens that the model would have written"""
    gaps: tuple[float, ...]
    """by how many logits these exceed the given ones; 0 where they are the same"""
    losses: tuple[float, ...]
    """cross-entropy of the given tokens, in nats"""
    tolerance: float
    """gaps up to this may come of rounding: batches, padding and caches add up in other orders"""

    @property
    def loss(self) -> float:
        """The mean over the tokens, as in training."""
        return fmean(self.losses)


def hash_of(ids: Sequence[int]) -> str:
    """Return the hash by which a prompt's tokens are known."""
    return hashlib.sha256(repr(list(ids)).encode()).hexdigest()


def keeps_few_logits(model: Any) -> bool:
    """Return whether the model can be asked for the last logits alone: a long prompt's would take gigabytes."""
    return "logits_to_keep" in forward_arguments(model)


def forward_arguments(model: Any) -> frozenset[str]:
    """Return the names that the model's own forward takes, without PEFT's forward around it."""
    inner = getattr(model, "get_base_model", None)
    return frozenset(inspect.signature((model if inner is None else inner()).forward).parameters)


class TeacherForcing:
    """Reads given answers.

    Args:
        model: with its adapter in place.
        chat: the format of its prompts.
    """

    def __init__(self, model: Any, chat: ChatFormat) -> None:
        self.chat = chat
        self.model = model

    @property
    def vocabulary(self) -> int:
        """Number of tokens that the model tells apart."""
        return int(self.model.config.get_text_config().vocab_size)

    @property
    def dtype(self) -> str:
        """The number format of the model's products, by torch's name."""
        return str(self.model.dtype).removeprefix("torch.")

    @property
    def precision(self) -> float:
        """Share of a logit that may be rounding in the number format of the model's products."""
        import torch

        return max(SINGLE, ROUNDINGS * torch.finfo(self.model.dtype).eps)

    def read(self, turns: Sequence[Turn], answer_ids: Sequence[int]) -> ForcedAnswer:
        """Read this answer after this prompt.

        Raises:
            ArmError: the model gives no numbers, or does not know a token.
        """
        import torch

        prompt_ids = self.chat.prompt_ids(turns)
        given = torch.tensor(answer_ids)
        unknown = max(*prompt_ids, *answer_ids)
        if unknown >= self.vocabulary:  # on a GPU the process would not survive the forward pass
            raise ArmError(
                f"the tokenizer has a token {unknown}, the model knows {self.vocabulary}: it is another model's"
            )
        logits = self._logits([*prompt_ids, *answer_ids], len(answer_ids)).cpu()
        if not bool(logits.isfinite().all()):
            raise ArmError(
                "the model's logits are no finite numbers; its weights are damaged or overflow in this dtype"
            )
        top = logits.max(-1)
        own = logits.gather(-1, given[:, None])[:, 0]
        return ForcedAnswer(
            prompt_sha256=hash_of(prompt_ids),
            choices=tuple(top.indices.tolist()),
            gaps=tuple((top.values - own).tolist()),
            losses=tuple((logits.logsumexp(-1) - own).tolist()),
            tolerance=self.precision * float(logits.abs().max()),
        )

    def _logits(self, ids: Sequence[int], answer: int) -> Any:
        """Return the logits that predict the last `answer` tokens: (answer, vocabulary), in float32."""
        import torch

        options = {"logits_to_keep": answer + 1} if keeps_few_logits(self.model) else {}
        with torch.inference_mode():
            inputs = torch.tensor([ids], device=self.model.device)
            logits = self.model(input_ids=inputs, use_cache=False, **options).logits
        return logits[0, -answer - 1 : -1].float()

    def idle_layers(self, turns: Sequence[Turn]) -> tuple[int, list[int]]:
        """Return how many layers were looked at, and the numbers, from 1, of those that pass a prompt on unchanged.

        The last one is left out: models give its output after their final norm.
        """
        import torch

        with torch.inference_mode():
            inputs = torch.tensor([self.chat.prompt_ids(turns)], device=self.model.device)
            states = self.model(input_ids=inputs, use_cache=False, output_hidden_states=True).hidden_states[:-1]
        pairs = enumerate(itertools.pairwise(states), start=1)
        return len(states) - 1, [number for number, (before, after) in pairs if torch.equal(before, after)]
