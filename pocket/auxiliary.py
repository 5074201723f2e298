"""What training is told beside the next token: of which fact a value is, and where a value of an answer stands.

To follow an exemplar takes three steps: what is the value behind this label a value of, which kind is therefore asked
for here, and where does the new input tell it. Each is learnt by itself, one layer after the other:

- after the last block but three every value of a text knows its fact; one block later a value that is repeated does;
- before the last block the place in front of a value in an answer knows which fact it needs;
- the first head of the last block looks at the place where that value stands, the second one at the token of the
  exemplar that comes next (attention is supervised in the same way by Liu et al. 2016 and others).

Measured on drills alone, four layers, 2.8 million tokens: first tokens of values in new formats .83 right, whole
reports .15; without the last .36, without any .3, which is chance. The weights of the probes are not kept.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from harness.machine.precision import native_bfloat16
from pocket.marks import FACTS
from pocket.plan import HEAD, Plan

BLOCKS_LEFT: Final = {"first": 3, "again": 2, "asked": 1}
"""mark -> how many blocks come after the states that must tell it"""
FACT_WEIGHT: Final = {"first": 0.125, "again": 0.125, "asked": 0.5}
"""of a mark, beside 1 for a token of an answer"""
POINTER_WEIGHT: Final = 0.5
FORM_WEIGHT: Final = 0.1
"""there are many more of them"""
TINY: Final = 1e-6
FAR_BELOW: Final = -1e9


def layers_before(layers: int, left: int) -> int:
    """Return the place of the states after which so many blocks are left; of the embeddings where there are fewer."""
    return max(0, layers - left)


class AuxiliaryLosses(torch.nn.Module):
    """Linear probes for facts, and the loss of the attention that should look at a value.

    Args:
        plan: width, layers and seed.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        torch.manual_seed(plan.seed)
        self.layers = plan.layers
        self.places = {layers_before(plan.layers, left) for left in (*BLOCKS_LEFT.values(), 1)}
        """of the states that are looked at"""
        self.probes = torch.nn.ModuleDict({name: torch.nn.Linear(plan.width, len(FACTS)) for name in BLOCKS_LEFT})

    def unpacked(self, states: Sequence[torch.Tensor], lengths: Sequence[int]) -> tuple[torch.Tensor, ...]:
        """Return the states that are looked at as (texts, longest, width), of texts one behind the other."""
        return tuple(
            pad_sequence(state[0].split(list(lengths)), batch_first=True) if place in self.places else state
            for place, state in enumerate(states)
        )

    def forward(self, model: Any, states: tuple[torch.Tensor, ...], marks: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return the sum of the weighted losses over all marks; a tensor without dimensions.

        Args:
            model: the Llama.
            states: embeddings, then the output of every block, each (rows, tokens, width).
            marks: name -> (rows, tokens), see `pocket.marks.Marks`.
        """
        # Every process of a team must have a gradient for every weight, marks or not.
        loss = torch.stack([weight.sum() for weight in self.parameters()]).sum() * 0.0
        for name, probe in self.probes.items():
            facts = marks[name]
            chosen = states[layers_before(self.layers, BLOCKS_LEFT[name])][facts >= 0].float()
            scores = probe(chosen * torch.rsqrt(chosen.square().mean(-1, keepdim=True) + TINY))
            loss = loss + FACT_WEIGHT[name] * cross_entropy(scores, facts[facts >= 0], reduction="sum")
        layer = model.model.layers[self.layers - 1]
        pointers = pointer_losses(model, layer, states[self.layers - 1], marks)
        return loss + POINTER_WEIGHT * pointers[0] + FORM_WEIGHT * pointers[1]


def pointer_losses(
    model: Any, layer: Any, states: torch.Tensor, marks: Mapping[str, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the sums of -log of the attention that the layer's first heads pay to what they should look at.

    The first head should look at the value that is wanted (anywhere it stands), the second one at the token of the
    exemplar that comes next.
    """
    heads = min(2, layer.self_attn.q_proj.weight.shape[0] // HEAD)
    with torch.autocast(states.device.type, torch.bfloat16, enabled=native_bfloat16(states.device.type)):
        normed = layer.input_layernorm(states)
        asked, held = (
            (normed @ projection.weight[: heads * HEAD].T).float().unflatten(-1, (heads, HEAD))
            for projection in (layer.self_attn.q_proj, layer.self_attn.k_proj)
        )
    places = torch.arange(states.shape[1], device=states.device)
    cosine, sine = (part[:, :, None] for part in model.model.rotary_emb(asked, places[None]))
    asked, held = _turned(asked, cosine, sine), _turned(held, cosine, sine)
    row, place = torch.nonzero(marks["wanted"] >= 0, as_tuple=True)
    values = marks["begins"][row] == marks["wanted"][row, place][:, None]
    found = _missed(asked[row, place, 0], held[row, :, 0], place, values)
    row, place = torch.nonzero(marks["copied"] >= 0, as_tuple=True)
    form = places[None] == marks["copied"][row, place][:, None]
    return found, _missed(asked[row, place, heads - 1], held[row, :, heads - 1], place, form)


def _missed(asked: torch.Tensor, held: torch.Tensor, place: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Return the sum of -log of the attention to what is right.

    Args:
        asked: (marks, 64) queries.
        held: (marks, tokens, 64) keys.
        place: (marks,) of the queries: nothing after it is seen.
        right: (marks, tokens).
    """
    scores = torch.einsum("nd,ntd->nt", asked, held) / HEAD**0.5
    earlier = torch.arange(held.shape[1], device=held.device)[None] <= place[:, None]
    scores = scores.masked_fill(~earlier, FAR_BELOW)
    missed: torch.Tensor = scores.logsumexp(-1) - scores.masked_fill(~(right & earlier), FAR_BELOW).logsumexp(-1)
    return missed.sum()


def _turned(states: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    """Return (..., 64) with rotary positions."""
    half = HEAD // 2
    return states * cosine + torch.cat([-states[..., half:], states[..., :half]], dim=-1) * sine
