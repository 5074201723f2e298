"""Settings, prices and the checkpoint: a yaml or a model folder that is not what its name says."""

import json
import random
from pathlib import Path

from tests.mutations.mutation import Mutation, edited

SETTINGS, CHECKPOINT = "settings", "checkpoint"
MODEL = "models/pocket"
SPECIAL = 5
"""tokens of the vocabulary that mark turns; they come first"""


def tokenizer_of_another_model(checkout: Path) -> None:
    """Give the words of the vocabulary each other's numbers, as a tokenizer trained on other text would."""
    path = checkout / MODEL / "tokenizer.json"
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    numbers = [number for number in vocabulary.values() if number >= SPECIAL]
    others = iter(random.Random(1).sample(numbers, len(numbers)))
    tokenizer["model"]["vocab"] = {
        word: number if number < SPECIAL else next(others) for word, number in vocabulary.items()
    }
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")


def _weights(checkout: Path, change) -> None:
    from safetensors.torch import load_file, save_file

    path = checkout / MODEL / "model.safetensors"
    weights = load_file(path)
    change(weights)
    save_file(weights, path, metadata={"format": "pt"})


def layer_of_zeros(checkout: Path) -> None:
    def change(weights):
        for name in [name for name in weights if name.startswith("model.layers.1.")]:
            weights[name].zero_()

    _weights(checkout, change)


def all_zeros(checkout: Path) -> None:
    def change(weights):
        for one in weights.values():
            one.zero_()

    _weights(checkout, change)


def not_a_number(checkout: Path) -> None:
    def change(weights):
        weights["model.layers.2.mlp.down_proj.weight"].fill_(float("nan"))

    _weights(checkout, change)


MUTATIONS: tuple[Mutation, ...] = (
    edited(
        "other-wording-for-rag", SETTINGS, "The yaml of rag has a wording of its own around passages",
        "conf/arm/rag.yaml", "prompt: ${prompt}",
        'prompt: {_target_: pipelines.prompts.Prompt, passages_heading: "Context:", input_heading: "Question:"}',
    ),
    edited(
        "rag-without-retriever", SETTINGS, "The yaml of rag has no retriever",
        "conf/arm/rag.yaml", "retriever: ${retriever}", "retriever: null",
    ),
    edited(
        "hybrid-without-adapter", SETTINGS, "The yaml of hybrid has no adapter",
        "conf/arm/hybrid.yaml", "adapter: ${adapter}", "adapter: null",
    ),
    edited(
        "oracle-is-rag", SETTINGS, "The yaml of the oracle names the ordinary retriever",
        "conf/arm/oracle.yaml",
        "retriever:\n  _target_: pipelines.rag.controls.OracleRetriever\n  retriever: ${retriever}",
        "retriever: ${retriever}",
    ),
    edited(
        "rent-per-month", SETTINGS, "The price list has a month's rent of the processor where an hour's belongs",
        "conf/prices/aws_2026.yaml", "per_hour: 0.1785", "per_hour: 130.3",
    ),
    edited(
        "stop-token-in-answers", SETTINGS, "A token that occurs in answers is set as a stop token",
        "conf/model/pocket.yaml", "stop_tokens: [] ", 'stop_tokens: ["Ġthe"] ',
    ),
    edited(
        "decimal-point-of-the-rate", SETTINGS, "The learning rate of the yaml lacks three zeros behind its point",
        "conf/model/pocket.yaml", "learning_rate: 2.0e-3", "learning_rate: 2.0",
    ),
    edited(
        "judge-threshold", SETTINGS, "The judge's threshold is 0.001",
        "conf/judge/lexical.yaml", "threshold: 0.4", "threshold: 0.001",
    ),
    edited(
        "judge-sign", SETTINGS, "The judge's intercept has lost its sign",
        "conf/judge/lexical.yaml", "intercept: -", "intercept: ",
    ),
    edited(
        "no-system-turn", CHECKPOINT, "The chat template drops system turns, and with them the instruction",
        f"{MODEL}/chat_template.jinja", "{%- for message in messages -%}",
        "{%- for message in messages if message['role'] != 'system' -%}",
    ),
    edited(
        "template-without-opener", CHECKPOINT, "The chat template does not open the assistant's turn",
        f"{MODEL}/chat_template.jinja", "{%- if add_generation_prompt -%}", "{%- if false -%}",
    ),
    edited(
        "rotary-base", CHECKPOINT, "The model's config has another rotary base",
        f"{MODEL}/config.json", '"rope_theta": 10000.0', '"rope_theta": 1000000.0',
    ),
    Mutation(
        "tokenizer-of-another-model", CHECKPOINT, "The folder holds another model's tokenizer of the same size",
        change=tokenizer_of_another_model,
    ),
    Mutation("layer-of-zeros", CHECKPOINT, "All weights of one of the four layers are 0", change=layer_of_zeros),
    Mutation("all-zeros", CHECKPOINT, "All weights are 0", change=all_zeros),
    Mutation("not-a-number", CHECKPOINT, "One matrix holds NaN", change=not_a_number),
)  # fmt: skip
