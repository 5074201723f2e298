"""Whether decoding is greedy: every token that was written is the one of the model's highest logit.

Looked at in the very pass that answers, for all answers and before anything can change the logits: a penalty, sampling
or forbidden tokens from wherever change few answers, and a sample would miss them.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from harness.errors import ArmError
from pipelines.generators.chat import ChatFormat


class GreedyChoices:
    """The token of the highest logit in each forward pass, for each row of a batch."""

    def __init__(self) -> None:
        self._steps: list[Any] = []

    @contextmanager
    def noted(self, model: Any) -> Iterator[None]:
        """Note the choices of this model, which must be the one that computes logits, not a wrapper of it."""
        hook = model.register_forward_hook(self._note)
        try:
            yield
        finally:
            hook.remove()

    def _note(self, module: Any, inputs: Any, output: Any) -> None:
        self._steps.append(output.logits[:, -1].float().argmax(-1))  # as `generate` does it; stays on the device

    def check(self, written: Sequence[Sequence[int]], columns: int) -> None:
        """Compare with what was written.

        Args:
            written: the answers of the batch, each to its end.
            columns: tokens that the longest one took; a long prompt may have been read in several passes before.

        Raises:
            ArmError: a token is not the model's choice.
        """
        choices = [step.tolist() for step in self._steps[-columns:]]
        for row, ids in enumerate(written):
            for at, (token, choice) in enumerate(zip(ids, choices, strict=False)):
                if token != choice[row]:
                    raise ArmError(
                        f"decoding is not greedy: token {at} of an answer is {token}, the model's own choice "
                        f"{choice[row]}; a penalty, sampling or forbidden tokens change what the model writes"
                    )


def generation_settings(chat: ChatFormat, max_new_tokens: int) -> Any:
    """Return the decoding that every arm shares: greedy, ended by any stop token.

    The checkpoint's generation_config.json is ignored (see load_model): sampling settings and penalties
    differ from model to model.
    """
    from transformers import GenerationConfig

    return GenerationConfig(
        do_sample=False,
        max_new_tokens=max_new_tokens,
        eos_token_id=chat.stop_ids,
        pad_token_id=chat.tokenizer.pad_token_id,
        bos_token_id=chat.tokenizer.bos_token_id,
    )


class FirstToken:
    """A stopping criterion that never stops and notes the time of the first token."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        import torch

        if not self.at:
            if input_ids.is_cuda:
                torch.cuda.synchronize(input_ids.device)
            self.at = time.perf_counter()
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)
