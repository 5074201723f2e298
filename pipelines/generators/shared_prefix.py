"""What many prompts begin with (a knowledge base, fixed examples, in a batch the same passages), read once.

Its keys and values are kept and set before each batch, so that only the rest of each prompt is read. That is exact up
to the order in which sums are rounded, as batches are, where every layer attends to all that came before and positions
do not depend on the length of the whole; `serves` says so of a model, and others read each prompt whole.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipelines.device import length_batches
from pipelines.generators.group_inputs import group_inputs
from pipelines.generators.prompt_groups import PromptGroup, answer_batches, groups_of, split, tokens_read, tokens_whole
from pipelines.generators.teacher_forcing import keeps_few_logits

LEAST: Final = 32
"""tokens from which on a beginning is worth keeping"""
KEPT: Final = 4
"""beginnings whose keys and values are kept, of several arms that answer in turn"""
DYNAMIC_ROPE: Final = frozenset({"dynamic", "longrope", "su"})
"""kinds of rotary positions that change with the length of the whole prompt"""


@dataclass(frozen=True, slots=True)
class BatchInputs:
    """What `generate` is given for one batch."""

    arguments: Mapping[str, Any]
    """input_ids and attention_mask, shape (prompts, tokens); past_key_values where a beginning was read before"""
    cached: tuple[int, ...]
    """per prompt: tokens of the arm's own beginning that were not read for it. What batching spares beyond (the
    instruction, passages of neighbours) is not counted: a request alone, or a hosted model, would not be spared it"""


class SharedPrefix:
    """Keys and values of shared beginnings, for one base model.

    Args:
        tokenizer: pads batches.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.ids: tuple[int, ...] = ()
        self.told = False  # whether all prompts of the arm begin so by design, as it shows the same passages to all
        self.groups = False  # whether the order of batches puts together what begins alike
        self._known: dict[tuple[Hashable, tuple[int, ...]], Any] = {}

    def forget(self) -> None:
        """Drop what was kept: the model is another, or its memory is needed."""
        self._known.clear()
        self.tell(())

    def tell(self, beginning: tuple[int, ...]) -> None:
        """Say what every prompt of the arm begins with by design; () for nothing."""
        self.ids, self.told, self.groups = beginning, bool(beginning), False

    def inputs(self, model: Any, state: Hashable, prompts: Sequence[Sequence[int]]) -> BatchInputs:
        """Return the inputs of a batch, after reading the shared beginning if it was not read before.

        Args:
            model: as it answers.
            state: names the adapter in force; keys and values are those of one state.
            prompts: token ids.
        """
        length = self._known_to(model, prompts)
        groups = self._groups(model, prompts, length)
        if not (length or groups):
            padded = self.tokenizer.pad({"input_ids": list(prompts)}, return_tensors="pt").to(model.device)
            return BatchInputs(dict(padded), (0,) * len(prompts))
        known = (state, self.ids) in self._known
        kept = self._keys_and_values(model, state) if length else None
        cached = [length * self.told] * len(prompts)
        cached[0] *= known  # the first prompt of all has paid for the others
        if not groups:
            return BatchInputs(self._joined(model, kept, prompts), tuple(cached))
        begun = repeated(kept, len(groups)) if length else None
        shared = group_inputs(model, self.tokenizer, begun, self.ids[:length], prompts, groups)
        return BatchInputs(shared, tuple(cached))

    def batches(
        self, model: Any, prompts: Sequence[Sequence[int]], batch_tokens: int, batch_size: int
    ) -> list[list[int]]:
        """Return positions in batches, and remember what all begin with and whether to look for groups in a batch.

        Args:
            model: as it answers.
            prompts: token ids.
            batch_tokens: the most padded tokens in a batch (one prompt may exceed it alone).
            batch_size: the most prompts in one.
        """
        self.groups = False
        if not serves(model):
            return length_batches([len(ids) for ids in prompts], batch_tokens, batch_size)
        if not self.told:
            self.ids = common_beginning(prompts)
        known = self._known_to(model, prompts)
        batches, self.groups = answer_batches(prompts, batch_tokens, batch_size, known)
        return batches

    def _groups(self, model: Any, prompts: Sequence[Sequence[int]], known: int) -> list[PromptGroup]:
        """Return the groups of a batch; none where reading them once reads no less, as in half of a batch."""
        if not self.groups or not serves(model):
            return []
        groups = groups_of(prompts, len(prompts), known)
        return split(groups) if tokens_read(groups, known) < tokens_whole(prompts, known) else []

    def _known_to(self, model: Any, prompts: Sequence[Sequence[int]]) -> int:
        """Return the tokens of the kept beginning that all these prompts begin with: all or none."""
        length = len(self.ids)
        begin = all(len(ids) > length and tuple(ids[:length]) == self.ids for ids in prompts)
        return length if length and begin and serves(model) else 0

    def _joined(self, model: Any, kept: Any, prompts: Sequence[Sequence[int]]) -> dict[str, Any]:
        """Set the kept part before the padded rests: padding lies between, and the mask hides it."""
        import torch

        size, length = len(prompts), len(self.ids)
        rests = self.tokenizer.pad({"input_ids": [list(ids[length:]) for ids in prompts]}, return_tensors="pt")
        rests = rests.to(model.device)
        ids = torch.tensor([self.ids], device=model.device).expand(size, -1)
        mask = torch.ones((size, length), dtype=rests["attention_mask"].dtype, device=model.device)
        return {
            "input_ids": torch.cat([ids, rests["input_ids"]], dim=1),
            "attention_mask": torch.cat([mask, rests["attention_mask"]], dim=1),
            "past_key_values": repeated(kept, size),
        }

    def _keys_and_values(self, model: Any, state: Hashable) -> Any:
        import torch

        key = (state, self.ids)
        if key not in self._known:
            while len(self._known) >= KEPT:
                del self._known[next(iter(self._known))]
            with torch.inference_mode():
                ids = torch.tensor([self.ids], device=model.device)
                options = {"logits_to_keep": 1} if keeps_few_logits(model) else {}
                self._known[key] = model(input_ids=ids, use_cache=True, **options).past_key_values
        return self._known[key]


def common_beginning(prompts: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Return the tokens that all prompts begin with; () for one prompt, or too few tokens to be worth it.

    A token at least is left of each prompt, as the model must read something to answer.
    """
    shared: list[int] = []
    shortest = count = 0
    for ids in prompts:  # one after another: all together they would fill the memory
        shared = _both_begin(shared, ids) if count else list(ids)
        shortest = min(shortest, len(ids)) if count else len(ids)
        count += 1
    length = min(len(shared), shortest - 1)
    return tuple(shared[:length]) if count > 1 and length >= LEAST else ()


def _both_begin(shared: list[int], ids: Sequence[int]) -> list[int]:
    differ = (at for at, (one, other) in enumerate(zip(shared, ids, strict=False)) if one != other)
    return shared[: next(differ, min(len(shared), len(ids)))]


def serves(model: Any) -> bool:
    """Return whether a kept beginning gives this model the answers that it gives to whole prompts."""
    config = model.config.get_text_config()
    sliding = "sliding_attention" if getattr(config, "sliding_window", None) else "full_attention"
    if set(getattr(config, "layer_types", None) or [sliding]) != {"full_attention"}:
        return False
    if getattr(config, "_attn_implementation", "") not in ("sdpa", "eager"):
        return False  # others take padding to be on one side
    return not DYNAMIC_ROPE & set(_texts(getattr(config, "rope_parameters", None) or {}))


def _texts(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        return [text for value in node.values() for text in _texts(value)]
    return [node] if isinstance(node, str) else []


def repeated(kept: Any, size: int) -> Any:
    """Return a cache of its own for a batch: answering adds to it."""
    from transformers import DynamicCache

    cache = DynamicCache()
    for at, layer in enumerate(kept.layers):
        shape = (size, -1, -1, -1)
        cache.update(layer.keys.expand(*shape), layer.values.expand(*shape), at)
    return cache
