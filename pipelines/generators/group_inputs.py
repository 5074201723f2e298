"""What `generate` is given where groups of a batch begin alike: each beginning is read once, and its rows are repeated.

Beginnings are padded beside each other, and so are the rests behind them; padding lies between, and the mask hides it.
A prompt that begins like no other of its batch is a group of its own.
"""

from collections.abc import Sequence
from typing import Any

from pipelines.generators.prompt_groups import PromptGroup
from pipelines.generators.teacher_forcing import keeps_few_logits


def group_inputs(
    model: Any, tokenizer: Any, kept: Any, known: Sequence[int], prompts: Sequence[Sequence[int]],
    groups: Sequence[PromptGroup],
) -> dict[str, Any]:  # fmt: skip
    """Return input_ids and attention_mask, shape (prompts, tokens), and past_key_values of the beginnings.

    Args:
        model: as it answers.
        tokenizer: pads on the left.
        kept: keys and values of `known`, a cache that is added to, one row for each group; None without.
        known: tokens that all prompts begin with, and that were read before.
        prompts: token ids.
        groups: all prompts, by position; each begins with more than `known`.
    """
    import torch

    begins = {at: group.begins for group in groups for at in group.places}
    row_of = {at: row for row, group in enumerate(groups) for at in group.places}
    read = _padded(model, tokenizer, [prompts[one.places[0]][len(known) : one.begins] for one in groups])
    rests = _padded(model, tokenizer, [ids[begins[at] :] for at, ids in enumerate(prompts)])
    rows = torch.tensor([row_of[at] for at in range(len(prompts))], device=model.device)
    before = torch.tensor([list(known)], dtype=read["input_ids"].dtype, device=model.device).expand(len(prompts), -1)
    cache = _beginnings(model, kept, len(known), read)
    cache.batch_select_indices(rows)
    mask = [torch.ones_like(before), read["attention_mask"][rows], rests["attention_mask"]]
    return {
        "input_ids": torch.cat([before, read["input_ids"][rows], rests["input_ids"]], dim=1),
        "attention_mask": torch.cat(mask, dim=1),
        "past_key_values": cache,
    }


def _padded(model: Any, tokenizer: Any, rows: Sequence[Sequence[int]]) -> Any:
    return tokenizer.pad({"input_ids": [list(row) for row in rows]}, return_tensors="pt").to(model.device)


def _beginnings(model: Any, kept: Any, known: int, read: Any) -> Any:
    """Return the cache after the beginnings, one row for each."""
    import torch

    before = read["attention_mask"].new_ones((len(read["attention_mask"]), known))
    mask = torch.cat([before, read["attention_mask"]], dim=1)
    places = (mask.cumsum(-1) - 1).clamp(min=0)[:, known:]  # as `generate` counts them: padding has none
    options = {"logits_to_keep": 1} if keeps_few_logits(model) else {}
    with torch.inference_mode():
        output = model(
            input_ids=read["input_ids"], attention_mask=mask, position_ids=places, past_key_values=kept,
            use_cache=True, **options,
        )  # fmt: skip
    return output.past_key_values
