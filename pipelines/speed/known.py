"""Speeds of answering, training and embedding on this machine: measured once per model and settings."""

from dataclasses import asdict

from harness.runner.speeds import kept
from harness.store.records.plain import restored
from harness.store.spec import specification
from pipelines.generators.hf import LoadedHf
from pipelines.qlora.adapter import QLoRA
from pipelines.rag.embedding import Embedding
from pipelines.speed import measuring
from pipelines.speed.speeds import EmbeddingSpeed, ModelSpeed, TrainingSpeed


def model_speed(loaded: LoadedHf) -> ModelSpeed:
    """Return how fast this machine answers with the model."""
    own = loaded.generator
    spec = {
        "version": measuring.VERSION,
        "generator": specification(own),
        "device": own.device_name(),
        "batch_size": own.batch_size,
    }
    return restored(ModelSpeed, kept("answering", spec, lambda: asdict(measuring.model_speed(loaded, own.batch_size))))


def training_speed(loaded: LoadedHf, recipe: QLoRA) -> TrainingSpeed:
    """Return how fast this machine trains an adapter of this recipe.

    To measure it, the weights for answering leave the memory: training wants it for itself.
    """
    own = loaded.generator
    spec = {
        "version": measuring.VERSION,
        "generator": specification(own),
        "device": own.device_name(),
        "recipe": specification(recipe),
        "micro_batch_size": recipe.micro_batch_size,
        "activation_checkpointing": recipe.activation_checkpointing,
    }

    def measured() -> TrainingSpeed:
        loaded.release()
        return measuring.training_speed(own, loaded.format, loaded.window, recipe)

    return restored(TrainingSpeed, kept("training", spec, lambda: asdict(measured())))


def embedding_speed(embedding: Embedding) -> EmbeddingSpeed:
    """Return how fast this machine embeds passages."""
    spec = {
        "version": measuring.VERSION,
        "embedding": specification(embedding),
        "device": embedding.device_named(),
        "batch_tokens": embedding.batch_tokens,
    }
    return restored(EmbeddingSpeed, kept("embedding", spec, lambda: asdict(measuring.embedding_speed(embedding))))
