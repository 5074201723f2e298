"""A QLoRA recipe for checkpoints of a few thousand weights: small rank, large steps, seconds."""

from pipelines.qlora.adapter import QLoRA

RECIPE = QLoRA(
    rank=4,
    alpha=8,
    dropout=0.05,
    target_modules="all-linear",
    learning_rate=5e-3,
    schedule="cosine",
    warmup_share=0.1,
    batch_size=4,
    micro_batch_size=2,
    epochs=3,
    max_grad_norm=1.0,
    weight_decay=0.0,
    optimiser="auto",
    checkpoints=3,
    validation_rows=4,
    activation_checkpointing=False,
    refusal="I do not know.",
)
