"""Whether decoding is greedy: every token that was written is the one of the model's highest logit.

Looked at in the very pass that answers, for all answers and before anything can change the logits: a penalty, sampling
or forbidden tokens from wherever change few answers, and a sample would miss them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from harness.errors import ArmError


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
