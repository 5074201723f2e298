"""How far vLLM and transformers agree: both answer the same prompts, before vLLM answers all others.

Answers may part where two tokens are nearly as likely, as sums are rounded in another order. What must not be is a
token that the model in this process would not write: then base or adapter is another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.audits import AuditResult
from harness.errors import ArmError
from pipelines.generators.teacher_forcing import ForcedAnswer
from pipelines.generators.vllm_engine.engine import QueuedAnswer

PROMPTS: Final = 16
"""of an arm that both answer, at most"""
FACT: Final = "engine_parity"
"""in the record"""
NAME: Final = "engine parity"


@dataclass(frozen=True, slots=True)
class Parity:
    """What came of the same prompts."""

    answers: int
    """that both gave"""
    equal: int
    """of these, the same to the last token"""
    tokens: int
    """of vLLM's answers"""
    largest_gap: float
    """between the log-probabilities that both give a token of vLLM's answers, in nats"""
    foreign: int
    """answers of vLLM with a token that the other model would not write, by more than rounding explains"""

    def facts(self) -> Mapping[str, Any]:
        """Return what the record keeps."""
        figures = {"answers": self.answers, "equal": self.equal, "tokens": self.tokens, "foreign": self.foreign}
        return {FACT: {**figures, "largest_logprob_gap": self.largest_gap}}

    def check(self, arm: str) -> None:
        """Refuse the arm where most answers are not those of its model.

        Raises:
            ArmError: base or adapter is another one.
        """
        if 2 * self.foreign > self.answers:
            raise ArmError(
                f"arm {arm}: vLLM does not answer as the model in this process does: {self.foreign} of {self.answers} "
                f"answers hold a token that it would not write (log-probabilities differ by up to "
                f"{self.largest_gap:.3g}), so that vLLM has another base or adapter, or cannot run this one "
                "(model.engine=hf answers without it)"
            )

    def audit(self) -> AuditResult:
        """Return it as an audit of the arm's answers."""
        flag = ""
        if self.foreign:
            flag = (
                f"{self.foreign} of {self.answers} answers of vLLM hold a token that transformers would not write with "
                f"the same weights (log-probabilities differ by up to {self.largest_gap:.3g}), by more than rounding "
                "explains; compare a few arms with model.engine=hf before you trust small differences"
            )
        return AuditResult(NAME, self.answers, "answers", flag, details=self.facts()[FACT])

    def __str__(self) -> str:
        share = f"{self.equal} of {self.answers} answers are equal"
        return f"vLLM beside transformers: {share}, log-probabilities differ by at most {self.largest_gap:.2g}"


def parity(
    arm: str, written: Sequence[QueuedAnswer], other: Sequence[tuple[int, ...]], read: Sequence[ForcedAnswer]
) -> Parity:
    """Compare.

    Args:
        arm: its name, for errors.
        written: vLLM's answers, with their log-probabilities.
        other: those of transformers to the same prompts: token ids.
        read: vLLM's answers as the model in this process reads them.

    Raises:
        ArmError: vLLM did not write its own first choice.
    """
    if any(value > 0.0 for one in written for value in one.behind):
        raise ArmError(f"arm {arm}: vLLM does not decode greedily: a token of an answer is not its own first choice")
    gaps = [
        abs(own + loss)
        for one, forced in zip(written, read, strict=True)
        for own, loss in zip(one.log_probabilities, forced.losses, strict=True)
    ]
    return Parity(
        answers=len(written),
        equal=sum(one.ids == ids for one, ids in zip(written, other, strict=True)),
        tokens=len(gaps),
        largest_gap=max(gaps, default=0.0),
        foreign=sum(max(forced.gaps, default=0.0) > forced.tolerance for forced in read),
    )
