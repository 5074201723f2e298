"""Training one adapter with TRL's SFTTrainer, in a folder from which a killed run continues."""

import json
import logging
import math
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np

from harness.errors import ArmError, reason
from harness.machine.memory import Peak
from harness.store.portable import portable
from pipelines.device import free_memory, pick_device
from pipelines.generators.chat import ChatFormat
from pipelines.generators.halving import out_of_memory
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.loading import load_model
from pipelines.prompts import Render
from pipelines.qlora.adapter import QLoRA
from pipelines.qlora.adapter_losses import FACT as ROW_LOSSES
from pipelines.qlora.adapter_losses import row_losses
from pipelines.qlora.formatting import TrainingRow, TrainingRows
from pipelines.qlora.training_twin import TrainingTwin, check_trainer

log = logging.getLogger(__name__)

CHECKPOINTS = "checkpoints"
ADAPTER = "adapter_model.safetensors"

EMPTY: Final = np.empty(0, dtype=np.int32)

OTHER_TOWERS = r".*\b(vision_tower|vision_model|multi_modal_projector|audio_tower)\b.*"
"""Modules of multimodal checkpoints (Gemma 3 from 4B up) that read no text."""


def train(
    generator: HfSettings,
    chat: ChatFormat,
    recipe: QLoRA,
    rows: TrainingRows,
    validation: TrainingRows,
    seed: int,
    folder: Path,
    render: Render | None = None,
) -> Mapping[str, Any]:
    """Train an adapter and save it in PEFT's format into `folder`.

    The base model is loaded for training alone and dropped afterwards: training leaves hooks and casts in a
    model, and arms must answer with an unchanged base.

    Args:
        generator: the base model; its quantisation decides between QLoRA and LoRA.
        chat: its tokenizer and template.
        recipe: hyperparameters.
        rows: training rows.
        validation: rows that choose the best checkpoint; may be empty, then the last one is taken.
        seed: of initial weights, order and dropout.
        folder: training continues from the newest complete checkpoint in it.
        render: the prompt of answering, with which rows are compared; None leaves that out.

    Returns:
        Facts for the record: row counts, steps, loss curves, the step that was kept and its losses on single rows.

    Raises:
        ArmError: there is nothing to train on, rows are not what will be asked, target_modules name no layer, or the
            loss is NaN or infinite, or memory runs out.
    """
    _refuse_lost(rows)
    checkpoints = folder / CHECKPOINTS
    judged = validation.rows[: recipe.validation_rows]
    trainer = trainer_of(generator, chat, recipe, rows.rows, judged, seed, checkpoints)
    check_trainer(trainer, recipe, len(rows.rows))
    twins = 0 if render is None else TrainingTwin(chat, render, recipe.refusal).check(trainer, rows.rows, _dataset)
    peak = Peak()
    with _memory_watched(trainer, recipe):
        _run(trainer, checkpoints, recipe.batch_size)
    kept = {**_kept(trainer, folder), "twins": twins, ROW_LOSSES: row_losses(trainer, judged or rows.rows)}
    facts = {**_facts(trainer, rows, len(judged)), **_memory(trainer.model, peak), **kept}
    del trainer
    free_memory()
    shutil.rmtree(checkpoints)
    return facts


def _refuse_lost(rows: TrainingRows) -> None:
    """Raise ArmError where no row is left, or none that shows a passage of those it should show."""
    if not rows.rows:
        raise ArmError(
            f"no training row is left: {rows.dropped} of the examples do not fit the context window with "
            f"their answer, {rows.unlabelled} have no reference; use a model with a longer window or shorter inputs "
            "(task.cut shortens them)"
        )
    if rows.rows_bare == len(rows.rows):
        raise ArmError(
            f"none of the {len(rows.rows)} training rows has room for any of its passages: what is trained would be an "
            "adapter without passages; use a model with a longer window, or lower retriever.chunking.max_tokens"
        )


def _run(trainer: Any, checkpoints: Path, rows_per_step: int) -> None:
    """Train, from the newest checkpoint if there is one."""
    from pipelines.qlora.batches import scores_answers_only
    from pipelines.qlora.callbacks import RowProgress

    resume = newest_checkpoint(checkpoints)
    if resume is not None:
        log.info("training continues from step %s", resume.name.rpartition("-")[2])
    with scores_answers_only(), RowProgress(rows_per_step) as rows_done:
        trainer.add_callback(rows_done)
        trainer.train(resume_from_checkpoint=None if resume is None else str(resume))


@contextmanager
def _memory_watched(trainer: Any, recipe: QLoRA) -> Iterator[None]:
    """Say which key takes less memory where training runs out of it; its checkpoints stay for the next attempt."""
    try:
        yield
        return
    except Exception as error:
        if not out_of_memory(error):
            raise
        state, why = trainer.state, reason(error, 120)
    free_memory()
    raise ArmError(
        f"training ran out of memory at step {state.global_step + 1} of {state.max_steps} ({why}): "
        f"{smaller_passes(recipe)}; training then goes on from its last checkpoint"
    )


def smaller_passes(recipe: QLoRA) -> str:
    """Return what to set so that training takes less memory and gives the same adapter, up to rounding."""
    now = min(recipe.micro_batch_size, recipe.batch_size)
    less = [size for size in range(1, now // 2 + 1) if recipe.batch_size % size == 0]
    if less:
        return f"adapter.micro_batch_size is {now}; set adapter.micro_batch_size={less[-1]}, the same steps in parts"
    if not recipe.activation_checkpointing:
        return "single rows do not fit; set adapter.activation_checkpointing=true"
    return "single rows do not fit; take shorter inputs (task.cut), fewer passages (retriever.k) or a smaller model"


def _kept(trainer: Any, folder: Path) -> dict[str, Any]:
    """Save the adapter, and return of which step it is.

    Raises:
        ArmError: it is not the one of the least validation loss.
    """
    from safetensors.torch import load_file

    trainer.model.save_pretrained(str(folder), safe_serialization=True)
    for file in map(folder.joinpath, ("adapter_config.json", "README.md")):  # PEFT notes where the base model lies
        file.write_text(portable(file.read_text(encoding="utf-8")), encoding="utf-8")
    losses = {entry["step"]: entry["eval_loss"] for entry in trainer.state.log_history if "eval_loss" in entry}
    if not losses:
        return {"kept_step": trainer.state.global_step}
    best = min(losses, key=lambda step: losses[step])
    checkpoint = Path(trainer.args.output_dir) / f"checkpoint-{best}" / ADAPTER
    right, saved = load_file(checkpoint) if checkpoint.is_file() else {}, load_file(folder / ADAPTER)
    if right.keys() != saved.keys() or not all(bool((right[name] == saved[name]).all()) for name in right):
        raise ArmError(f"the adapter that training kept is not that of step {best}, whose validation loss is the least")
    return {"kept_step": best}


def newest_checkpoint(folder: Path) -> Path | None:
    """Return the newest complete checkpoint; an incomplete one is removed."""
    for candidate in sorted(folder.glob("checkpoint-*"), key=lambda path: -int(path.name.rpartition("-")[2])):
        try:
            json.loads((candidate / "trainer_state.json").read_text(encoding="utf-8"))  # transformers writes it last
            return candidate
        except (OSError, ValueError):
            shutil.rmtree(candidate)
    return None


def trainer_of(
    generator: HfSettings,
    chat: ChatFormat,
    recipe: QLoRA,
    rows: Sequence[TrainingRow],
    validation: Sequence[TrainingRow],
    seed: int,
    folder: Path,
) -> Any:
    """Return TRL's trainer, set up as `train` says; it loads the model."""
    from peft import LoraConfig
    from transformers import PrinterCallback, ProgressCallback, set_seed
    from trl import SFTTrainer

    from pipelines.qlora.batches import RightPadded
    from pipelines.qlora.callbacks import StopWhenDiverged

    model = load_model(generator)
    model.config.use_cache = False
    set_seed(seed)  # the adapter's first weights are drawn inside the trainer's constructor, before it seeds
    trainer: Any = SFTTrainer(
        model=model,
        args=_settings(generator, recipe, len(rows), bool(validation), seed, folder),
        train_dataset=_dataset(rows),
        eval_dataset=_dataset(validation) if validation else None,
        data_collator=RightPadded(chat.tokenizer.pad_token_id or 0),
        processing_class=chat.tokenizer,
        peft_config=LoraConfig(
            r=recipe.rank,
            lora_alpha=recipe.alpha,
            lora_dropout=recipe.dropout,
            target_modules=_targets(recipe, model),
            exclude_modules=_other_than_language(model),
            bias="none",
            task_type="CAUSAL_LM",
        ),
    )
    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)  # they print a dictionary per log entry, which the record keeps
    trainer.add_callback(StopWhenDiverged())
    # TRL makes the adapter of a 4-bit model bf16, but a checkpoint is read back as fp32: a resumed run would
    # differ from an uninterrupted one. In fp32 both are the same, and small updates are not rounded away.
    for parameter in trainer.model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    return trainer


def _targets(recipe: QLoRA, model: Any) -> str | list[str]:
    """Return the layers to adapt.

    Raises:
        ArmError: the model has none of them.
    """
    if recipe.target_modules == "all-linear":
        return recipe.target_modules
    wanted = [recipe.target_modules] if isinstance(recipe.target_modules, str) else list(recipe.target_modules)
    linear = {name.rpartition(".")[2] for name, module in model.named_modules() if "Linear" in type(module).__name__}
    if not linear & set(wanted):
        there = ", ".join(sorted(linear))
        raise ArmError(f"adapter.target_modules is {wanted}; this model's linear layers are {there}")
    return wanted


def _other_than_language(model: Any) -> str | None:
    """Return the pattern of a multimodal model's other towers, which "all-linear" would reach too."""
    there = any(re.fullmatch(OTHER_TOWERS, name) for name, _ in model.named_modules())
    return OTHER_TOWERS if there else None  # PEFT warns about a pattern that excludes nothing


def _settings(generator: HfSettings, recipe: QLoRA, rows: int, validates: bool, seed: int, folder: Path) -> Any:
    from trl import SFTConfig

    device, dtype = pick_device(generator.device), generator.resolved().dtype
    micro = min(recipe.micro_batch_size, recipe.batch_size)
    steps = math.ceil(math.ceil(rows / recipe.batch_size) * recipe.epochs)  # the last batch of an epoch may be short
    interval = max(1, math.ceil(steps / recipe.checkpoints))
    settings = SFTConfig(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=micro,
        per_device_eval_batch_size=micro,
        gradient_accumulation_steps=recipe.batch_size // micro,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule,
        # rounded down: as a share transformers would round up, and a short training would begin with a step at rate 0
        warmup_steps=int(recipe.warmup_share * steps),
        max_grad_norm=recipe.max_grad_norm,
        weight_decay=recipe.weight_decay,
        optim=recipe.optimiser_on(device),
        bf16=dtype == "bfloat16",
        fp16=dtype == "float16",
        activation_checkpointing=recipe.activation_checkpointing,
        log_level="error",
        eval_strategy="steps" if validates else "no",
        eval_steps=interval,
        save_strategy="steps",
        save_steps=interval,
        save_total_limit=2,
        load_best_model_at_end=validates,
        metric_for_best_model="eval_loss" if validates else None,
        greater_is_better=False if validates else None,
        logging_steps=max(1, steps // 50),
        logging_nan_inf_filter=False,  # a NaN loss must show
        seed=seed,
        data_seed=seed,
        use_cpu=device == "cpu",
        report_to="none",
        dataset_kwargs={"skip_prepare_dataset": True},  # the rows are tokens already, by the one prompt code
        dataloader_pin_memory=device.startswith("cuda"),
        packing=False,  # without FlashAttention packed rows can see each other
    )
    if device.startswith("cuda"):
        _on_one_gpu(settings, device)
    return settings


def _on_one_gpu(settings: Any, device: str) -> None:
    """Have the trainer use the GPU that was asked for, and no other that it sees.

    transformers takes all visible ones for replicas by DataParallel, which TRL refuses after the model was loaded.
    """
    import torch

    place = torch.device(device if ":" in device else "cuda:0")
    torch.cuda.set_device(place)
    settings.__dict__["_setup_devices"] = place  # a cached property, which would count the GPUs
    settings._n_gpu = 1


def _dataset(rows: Sequence[TrainingRow]) -> Any:
    """Return the trainer's dataset: tokens in arrays of 32 bits, of which only one copy is made."""
    import pyarrow as pa
    from datasets import Dataset

    def column(name: str) -> Any:
        each = [np.frombuffer(getattr(row, name), dtype=np.int32) for row in rows]
        ends = np.cumsum([0, *map(len, each)])
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(np.concatenate([EMPTY, *each])))

    # Without a name of its own the dataset would be hashed whole, for a cache that nothing uses.
    return Dataset(pa.table({name: column(name) for name in ("input_ids", "labels")}), fingerprint=uuid4().hex)


def _memory(model: Any, peak: Peak) -> dict[str, Any]:
    """Return the size of the model, and the most that training took: of the process, and on the GPU with the model."""
    weights, training = int(model.get_memory_footprint()), peak.gpu_bytes()
    return {
        "weights_bytes": weights,
        "peak_host_bytes": peak.host_bytes(),
        "peak_gpu_bytes": None if training is None else weights + training,
    }


def _facts(trainer: Any, rows: TrainingRows, validated: int) -> dict[str, Any]:
    history = trainer.state.log_history
    trainable, everything = trainer.model.get_nb_trainable_parameters()  # PEFT counts packed 4-bit weights one by one
    return {
        **rows.facts(),
        "validation_rows": validated,
        "steps": trainer.state.global_step,
        "epochs": trainer.state.epoch,
        "train_loss": [[entry["step"], entry["loss"]] for entry in history if "loss" in entry],
        "validation_loss": [[entry["step"], entry["eval_loss"]] for entry in history if "eval_loss" in entry],
        "trainable_parameters": trainable,
        "parameters": everything - trainable,
    }
