"""A few passes with a clock: how fast this machine answers, trains and embeds. Takes some seconds for a small model.

What is timed is the code that answers and trains, on texts made up for it. Nothing of it is kept but the figures.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from pipelines.device import free_memory
from pipelines.generators.chat import ChatFormat
from pipelines.generators.hf import LoadedHf
from pipelines.generators.hf_settings import HfSettings
from pipelines.qlora.adapter import QLoRA
from pipelines.qlora.formatting import TrainingRow
from pipelines.rag.embedding import Embedding
from pipelines.speed.speeds import EmbeddingSpeed, LengthCurve, ModelSpeed, StraightLine, TrainingSpeed

VERSION: Final = 1
"""of what is measured; earlier figures are measured again"""
TEXT: Final = "The river rose by two metres in the night, and the bridge at the old mill was closed to all traffic. "
LENGTHS: Final = (48, 256, 640)
"""tokens of texts"""
ROWS: Final = 8
"""texts in a batch"""
WRITTEN: Final = 8
"""tokens written after the first"""
STEPS: Final = 2
"""of training, of each length, after a first one that does not count"""
REPEATS: Final = 3
ENOUGH: Final = 1.0
"""seconds after which a pass is not repeated"""
SLOW: Final = 5.0
"""seconds of a short prompt from which on no longer one is tried"""
DEARER: Final = 3.0
"""an adapter makes answering at most so many times slower"""


def model_speed(loaded: LoadedHf, batch_size: int) -> ModelSpeed:
    """Return how fast the bare base answers. Its weights are in memory afterwards.

    Args:
        loaded: the generator.
        batch_size: answers in its batches.
    """
    loaded.release()  # or the clock would not see it being loaded
    begun = time.perf_counter()
    model = loaded.base
    load = time.perf_counter() - begun

    def taken(rows: int, length: int, written: int) -> float:
        return _seconds(lambda: _generate(model, loaded.format, rows, length, written))

    short, *longer = lengths = _lengths(loaded.window - 1 - WRITTEN)
    _generate(model, loaded.format, 1, short, 2)  # the first pass of a process pays for more than itself
    alone = [(short, taken(1, short, 1))]
    longer = longer if alone[0][1] < SLOW else []
    together = [(length, taken(ROWS, length, 1) / ROWS) for length in (short, *longer)]
    alone += [(length, taken(1, length, 1)) for length in longer[-1:]]
    middle, answers = lengths[min(1, len(longer))], max(2, min(batch_size, 2 * ROWS))
    steps = [(rows, _step(taken(rows, middle, 1 + WRITTEN) - taken(rows, middle, 1))) for rows in (1, answers)]
    return ModelSpeed(load, LengthCurve(tuple(together)), LengthCurve(tuple(alone)), StraightLine.through(steps))


def training_speed(generator: HfSettings, chat: ChatFormat, window: int, recipe: QLoRA) -> TrainingSpeed:
    """Return how fast an adapter is trained: a few steps of a training that is thrown away.

    Args:
        generator: the base model.
        chat: its tokenizer and template.
        window: context window in tokens.
        recipe: the adapter's.
    """
    from pipelines.qlora.batches import scores_answers_only
    from pipelines.qlora.callbacks import StepClock
    from pipelines.qlora.training import trainer_of

    micro, lengths = min(recipe.micro_batch_size, recipe.batch_size), _lengths(window - 1)
    each = [lengths[0], *(length for length in lengths for _ in range(STEPS))]  # of the steps
    rows = [_row(chat, length) for length in each for _ in range(micro)]
    short = replace(recipe, batch_size=micro, epochs=1.0, checkpoints=1)
    begun, steps = time.perf_counter(), StepClock()
    with TemporaryDirectory(prefix="cutlery-speed-") as folder, scores_answers_only():
        trainer = trainer_of(generator, chat, short, rows, [], 0, Path(folder))
        trainer.args.train_sampling_strategy = "sequential"
        trainer.add_callback(steps)
        trainer.train()
        load = max(0.0, time.perf_counter() - begun - sum(steps.seconds))
        adapted = _dearer(trainer.model, chat)
    del trainer
    free_memory()
    times: dict[int, list[float]] = {length: [] for length in lengths}
    for length, seconds in list(zip(each, steps.seconds, strict=True))[1:]:
        times[length].append(seconds / micro)
    return TrainingSpeed(load, LengthCurve(tuple((length, min(own)) for length, own in times.items())), adapted)


def embedding_speed(embedding: Embedding) -> EmbeddingSpeed:
    """Return how fast passages are embedded. The embedder is in memory afterwards."""
    begun = time.perf_counter()
    embedding.embed_documents([TEXT])
    load = time.perf_counter() - begun
    texts, tokens = [TEXT * 3] * 4 * ROWS, list[int]()

    def embed() -> None:
        tokens[:] = embedding.embed_documents(texts).tokens

    return EmbeddingSpeed(load, _seconds(embed) / sum(tokens))


def _seconds(action: Callable[[], object]) -> float:
    """Return the seconds of an action: the least of a few, as other work on the machine only ever adds some."""
    times: list[float] = []
    while len(times) < REPEATS and sum(times) < ENOUGH:
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return min(times)


def _lengths(longest: int) -> list[int]:
    """Return the lengths that are tried where the context window holds no longer ones."""
    return sorted({min(length, longest) for length in LENGTHS})


def _step(seconds: float) -> float:
    """Return the seconds of writing one token of each answer; noise may leave nothing."""
    return max(1e-5, seconds / WRITTEN)


def _generate(model: Any, chat: ChatFormat, rows: int, length: int, written: int) -> None:
    """Read prompts of this length and write exactly so many tokens to each."""
    import torch
    from transformers import GenerationConfig

    ids = torch.tensor([_ids(chat, length)] * rows, device=model.device)
    settings = GenerationConfig(do_sample=False, max_new_tokens=written, pad_token_id=chat.tokenizer.pad_token_id)
    with torch.inference_mode():
        model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=settings).tolist()


def _dearer(model: Any, chat: ChatFormat) -> float:
    """Return how many times longer a forward pass takes with the adapter than without."""
    import torch

    model.eval()
    ids = torch.tensor([_ids(chat, LENGTHS[0])] * ROWS, device=model.device)

    def forward() -> None:
        with torch.inference_mode():
            model(input_ids=ids, use_cache=False).logits[0, 0, 0].item()

    forward()
    adapted = _seconds(forward)
    with model.disable_adapter():
        return min(DEARER, max(1.0, adapted / _seconds(forward)))


def _row(chat: ChatFormat, length: int) -> TrainingRow:
    """Return a row of which the last quarter is the answer."""
    ids = _ids(chat, length)
    prompt = 3 * length // 4
    return TrainingRow(ids, [-100] * prompt + ids[prompt:])


def _ids(chat: ChatFormat, length: int) -> list[int]:
    own: Sequence[int] = chat.text_ids(TEXT)
    return (list(own) * (length // len(own) + 1))[:length]
