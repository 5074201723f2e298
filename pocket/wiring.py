"""Starting weights that can already copy: two layers of attention are wired to look up what followed a word before.

From random weights a small transformer waits for millions of tokens at a plateau where it puts some value of the
right type into an answer, before it learns to find the value that belongs to the question (Olsson et al. 2022,
"In-context learning and induction heads"). Measured here: 5.3 M tokens of training left questions over one page at
.49, and pages whose sentences were the very answers did no better. So training starts from the mechanism itself, in
the spirit of mimetic initialisation (Trockman & Kolter 2023); everything stays trainable.

Layer 0, head 0 looks one token back, head 1 two tokens back (rotary positions turn a constant query and key into a
look at a fixed distance), and both write what they see into subspaces of their own. Layer 1, head 0 looks for a place
whose earlier token is the present one, head 1 for one where the last two tokens agree, and both copy what stands there.
"""

import math
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import torch

HEAD: Final = 64
CONSTANT: Final = 0.32
"""first coordinate of every embedding: about the length of the rest"""
LOOK: Final = 6.0
"""length of the rotary pairs of a look back; the score of the right distance is then some 5 above the others"""
ROTARY_BASE: Final = 10_000.0
FAST_PAIRS: Final = 16
"""rotary pairs that tell neighbouring distances apart"""
SLOW_PAIRS: Final = 12
"""rotary pairs that hardly turn within a thousand tokens: what is compared lies there"""
WRITE: Final = 0.06
MATCH: Final = 3.0
COPY: Final = 0.3
"""gains: of what layer 0 writes, of comparisons, of copies"""
RESIDUAL: Final = 0.35
"""factor on what the other parts write at first, 1 / sqrt(2 x layers)"""


def wire(model: Any, seed: int) -> None:
    """Write the wiring into the fresh weights of a Llama with heads of 64 and at least two layers and heads."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    layers = model.model.layers
    with torch.no_grad():
        for layer in layers:
            layer.self_attn.o_proj.weight.mul_(RESIDUAL)
            layer.mlp.down_proj.weight.mul_(RESIDUAL)
        model.model.embed_tokens.weight[:, 0] = CONSTANT
        content, *written = (_directions(model, generator) for _ in range(3))
        first, second = layers[0].self_attn, layers[1].self_attn
        for head in range(2):
            _look_back(first, head, distance=head + 1)
            _pass_on(first, head, content, written[head] * WRITE)
        mixed = _mixed(generator)
        _compare(second, 0, [(mixed, content, written[0])])
        # The present word with the place's last one, and the last word with the place's last but one.
        half = SLOW_PAIRS
        _compare(second, 1, [(mixed[:half], content, written[0]), (mixed[half:], written[0], written[1])])
        for head in range(2):
            copied = _directions(model, generator)
            _pass_on(second, head, copied, copied * COPY)


def _directions(model: Any, generator: "torch.Generator") -> "torch.Tensor":
    """Return 64 orthonormal directions (64, width) that leave the constant coordinate alone."""
    import torch

    width = model.config.hidden_size
    square, _ = torch.linalg.qr(torch.randn(width - 1, HEAD, generator=generator))
    return torch.cat([torch.zeros(HEAD, 1), square.T], dim=1)


def _mixed(generator: "torch.Generator") -> "torch.Tensor":
    """Return orthonormal rows that squeeze 64 content coordinates into the slow rotary coordinates."""
    import torch

    square: torch.Tensor = torch.linalg.qr(torch.randn(HEAD, 2 * SLOW_PAIRS, generator=generator)).Q
    return square.T


def _rows(head: int) -> slice:
    return slice(head * HEAD, (head + 1) * HEAD)


def _look_back(attention: Any, head: int, distance: int) -> None:
    """Make the head look `distance` tokens back: the constant asks, and answers turned by that distance."""
    import torch

    pairs = torch.arange(FAST_PAIRS)
    angles = distance * ROTARY_BASE ** (-pairs / (HEAD / 2))
    # The constant is about 11 after normalisation: as long as all the rest together.
    size = LOOK / (math.sqrt(0.5) * math.sqrt(attention.q_proj.weight.shape[1]))
    for projection, turned in ((attention.q_proj, torch.zeros(FAST_PAIRS)), (attention.k_proj, angles)):
        weight = projection.weight[_rows(head)]
        weight.zero_()
        weight[pairs, 0] = size * torch.cos(turned)
        weight[pairs + HEAD // 2, 0] = size * torch.sin(turned)


def _pass_on(attention: Any, head: int, read: "torch.Tensor", written: "torch.Tensor") -> None:
    """Make the head carry the 64 read directions over to the 64 written ones; both are (64, width)."""
    attention.v_proj.weight[_rows(head)] = read
    attention.o_proj.weight[:, _rows(head)] = written.T


def _compare(attention: Any, head: int, parts: "list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]") -> None:
    """Make the head look where, for every (mixing, asked, held), what is asked here equals what is held there."""
    import torch

    slow = torch.arange(HEAD // 2 - SLOW_PAIRS, HEAD // 2)
    coordinates = torch.cat([slow, slow + HEAD // 2])
    query = torch.cat([mixing @ asked for mixing, asked, _ in parts])
    key = torch.cat([mixing @ held for mixing, _, held in parts])
    for projection, rows in ((attention.q_proj, query), (attention.k_proj, key)):
        weight = projection.weight[_rows(head)]
        weight.zero_()
        weight[coordinates] = MATCH * rows
