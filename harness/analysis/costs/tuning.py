"""Memory and time of QLoRA, LoRA and full fine-tuning of the same model: one measured, the others estimated.

The estimates count bytes and multiplications. Memory is that of weights, gradients and optimiser state; activations,
which depend on batch and length, are left out of all three.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from harness.analysis.costs.usage import Training

NF4_BYTES: Final = (4 + 0.127) / 8
"""per parameter: 4 bits and the quantisation constants under double quantisation (Dettmers et al. 2023, §3)"""
BF16_BYTES: Final = 2.0
ADAPTER_BYTES: Final = 4 + 4
"""per adapter parameter: weight and gradient in float32"""
ADAM_BYTES: Final = {True: 2.0, False: 8.0}
"""per trained parameter: two moments, in 8 bits or in float32"""
FULL_BYTES: Final = 16.0
"""per parameter, mixed precision and Adam: 2 weight, 2 gradient, 12 master weight and moments
(Rajbhandari et al. 2020, §3.1)"""
FULL_OVER_LORA: Final = 6 / 4
"""multiplications per parameter and token: forward 2, gradient of inputs 2, and gradient of weights 2 for all weights
(Kaplan et al. 2020, §2.1), which LoRA needs for the adapter alone"""


Bound = Literal["measured", "at most", "at least"]


@dataclass(frozen=True, slots=True)
class Method:
    """One training method."""

    name: str
    time: Bound
    """what `seconds` are; memory is estimated always"""
    weight_bytes: float
    """weights, gradients and optimiser state"""
    seconds: float
    """of the device; a bound unless measured"""


def methods(training: Training, quantisation: str) -> Sequence[Method]:
    """Return QLoRA, LoRA and full fine-tuning of the model that was trained; nothing if its size is not recorded.

    QLoRA dequantises every weight before it multiplies, so it takes at least as long as LoRA. Full fine-tuning takes
    at most 6 / 4 of LoRA: the adapter's small matrices, which the count leaves out, cost LoRA additional time.

    Args:
        training: what was measured.
        quantisation: of the base during training; none means LoRA.
    """
    if training.parameters is None or training.trainable is None:
        return ()
    adapter = training.trainable * (ADAPTER_BYTES + ADAM_BYTES["8bit" in training.optimiser])
    seconds, weights = training.seconds, training.parameters
    measured: tuple[Bound, Bound] = ("at least", "measured")
    if quantisation not in ("", "none"):
        measured = ("measured", "at most")
    return (
        Method("QLoRA", measured[0], weights * NF4_BYTES + adapter, seconds),
        Method("LoRA", measured[1], weights * BF16_BYTES + adapter, seconds),
        Method("full fine-tuning", "at most", weights * FULL_BYTES, seconds * FULL_OVER_LORA),
    )
