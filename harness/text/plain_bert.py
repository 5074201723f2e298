"""A BERT encoder in plain torch: bit for bit what transformers computes, without loading it.

Reading a text takes torch's own functions and some tensors. transformers, with all that it imports to do so, is 150 MB
of memory and some seconds of every run that scores answers.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from harness.text.bert_files import CONFIG, TOKENIZER, plain_config, plain_tokenizer

if TYPE_CHECKING:
    import torch

WEIGHTS: Final = "model.safetensors"
NORMALS: Final = ("attention.output.LayerNorm", "output.LayerNorm")
LINEARS: Final = (
    *(f"attention.self.{part}" for part in ("query", "key", "value")),
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""parts of a layer"""


@dataclass(frozen=True)
class PlainBert:
    """The encoder of one folder.

    Args:
        folder: with configuration, weights and tokenizer.
    """

    folder: Path

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """What config.json says."""
        found: dict[str, Any] = json.loads((self.folder / CONFIG).read_text(encoding="utf-8"))
        return found

    @cached_property
    def tensors(self) -> "Mapping[str, torch.Tensor]":
        """The weights by name; they stay in the file until they are used."""
        from safetensors.torch import load_file

        found: dict[str, torch.Tensor] = load_file(self.folder / WEIGHTS)
        return found

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return int(self.config["num_hidden_layers"])

    def fits(self) -> bool:
        """Return whether this is a BERT in single precision that is read here as by transformers; else these must."""
        from safetensors import SafetensorError

        try:
            return plain_config(self.config) and plain_tokenizer(self.folder) and self._held()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError):
            return False

    def _held(self) -> bool:
        """Return whether all weights are there, in single precision."""
        import torch

        single = all(one.dtype == torch.float32 for one in self.tensors.values() if one.is_floating_point())
        return single and all(name in self.tensors for name in self._names())

    def _names(self) -> Iterator[str]:
        yield from (f"embeddings.{kind}_embeddings.weight" for kind in ("word", "position", "token_type"))
        parts = [f"encoder.layer.{layer}.{part}" for layer in range(self.layers) for part in (*LINEARS, *NORMALS)]
        for part in ("embeddings.LayerNorm", *parts):
            yield from (f"{part}.weight", f"{part}.bias")

    def read(self, texts: Sequence[str], most: int) -> list[Any]:
        """Return the tokens of each text: ids and offsets, not padded, `most` of them at most."""
        return list(self._tokenizer(most).encode_batch(list(texts)))

    def states(self, ids: Sequence[Sequence[int]], layers: int) -> "list[torch.Tensor]":
        """Return what goes into the first layer and what comes out of each, shape (texts, longest, dimensions).

        Args:
            ids: tokens of each text; shorter ones are padded at their end.
            layers: how many are run.
        """
        return list(self._through(ids, layers))

    def last_states(self, ids: Sequence[Sequence[int]], layers: int) -> "torch.Tensor":
        """Return what comes out of the last of these layers alone; the others are not kept meanwhile."""
        (last,) = deque(self._through(ids, layers), maxlen=1)
        return last

    def _through(self, ids: Sequence[Sequence[int]], layers: int) -> "Iterator[torch.Tensor]":
        import torch

        longest, pad = max(map(len, ids)), int(self.config.get("pad_token_id", 0))
        padded = torch.tensor([[*own, *[pad] * (longest - len(own))] for own in ids])
        real = torch.tensor([[True] * len(own) + [False] * (longest - len(own)) for own in ids])
        mask = None if bool(real.all()) else real[:, None, None, :].expand(len(ids), 1, longest, longest)
        with torch.inference_mode():
            states = self._embedded(padded)
        yield states
        for number in range(layers):
            with torch.inference_mode():
                states = self._layer(f"encoder.layer.{number}", states, mask)
            yield states

    def _embedded(self, ids: "torch.Tensor") -> "torch.Tensor":
        import torch
        from torch.nn.functional import embedding

        def of(kind: str, numbers: "torch.Tensor") -> "torch.Tensor":
            return embedding(numbers, self.tensors[f"embeddings.{kind}_embeddings.weight"])

        words = of("word", ids) + of("token_type", torch.zeros_like(ids))
        return self._normal("embeddings.LayerNorm", words + of("position", torch.arange(ids.shape[1])[None]))

    def _layer(self, name: str, states: "torch.Tensor", mask: "torch.Tensor | None") -> "torch.Tensor":
        import torch

        attended = self._linear(
            f"{name}.attention.output.dense", self._attended(f"{name}.attention.self", states, mask)
        )
        states = self._normal(f"{name}.attention.output.LayerNorm", attended + states)
        inner = self._linear(f"{name}.intermediate.dense", states)
        torch.ops.aten.gelu_(inner)  # in place: nothing else is as large
        return self._normal(f"{name}.output.LayerNorm", self._linear(f"{name}.output.dense", inner) + states)

    def _attended(self, name: str, states: "torch.Tensor", mask: "torch.Tensor | None") -> "torch.Tensor":
        from torch.nn.functional import scaled_dot_product_attention

        texts, length, dimensions = states.shape
        heads = int(self.config["num_attention_heads"])
        query, key, value = (
            self._linear(f"{name}.{part}", states).view(texts, length, heads, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        scale = (dimensions // heads) ** -0.5
        attended = scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=scale)
        return attended.transpose(1, 2).contiguous().reshape(texts, length, dimensions)

    def _linear(self, name: str, states: "torch.Tensor") -> "torch.Tensor":
        from torch.nn.functional import linear

        return linear(states, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"])

    def _normal(self, name: str, states: "torch.Tensor") -> "torch.Tensor":
        from torch.nn.functional import layer_norm

        weight, bias = self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"]
        return layer_norm(states, (states.shape[-1],), weight, bias, float(self.config["layer_norm_eps"]))

    def _tokenizer(self, most: int) -> Any:
        """The tokenizer, set to `most` tokens: another caller may have set it otherwise."""
        self._tokens.enable_truncation(most)
        self._tokens.no_padding()
        return self._tokens

    @cached_property
    def _tokens(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.folder / TOKENIZER))


@lru_cache(maxsize=2)
def plain_bert(folder: Path) -> PlainBert:
    """Return the encoder of a folder: one, whoever asks."""
    return PlainBert(folder)
