"""Training and adapters: the adapter did not learn, or does not do, what its arm claims."""

from tests.mutations.mutation import ADAPTER, PREDICTIONS, SEEDS, Edit, Mutation, edited

WHAT, ATTACHED = "training", "adapters"

MUTATIONS: tuple[Mutation, ...] = (
    edited(
        "prompt-is-learnt", WHAT, "Labels cover the prompt, too: the adapter learns to write questions",
        "pipelines/qlora/formatting.py", "[-100] * len(prompt_ids) + answer_ids", "prompt_ids + answer_ids", ADAPTER,
    ),
    edited(
        "first-token-not-learnt", WHAT, "The label of the first answer token is masked",
        "pipelines/qlora/formatting.py", "[-100] * len(prompt_ids) + answer_ids",
        "[-100] * (len(prompt_ids) + 1) + answer_ids[1:]", ADAPTER,
    ),
    edited(
        "no-end-of-answer", WHAT, "Training rows do not end in the token that ends an answer",
        "pipelines/generators/chat.py", "(answer.strip()), self.turn_end_id]", "(answer.strip())]", ADAPTER,
    ),
    edited(
        "answers-of-other-rows", WHAT, "Every training question is taught the answer of the row before",
        "pipelines/qlora/formatting.py", "self.chat.answer_ids(target_answer(example",
        "self.chat.answer_ids(target_answer(examples[len(out.rows) - 1]", ADAPTER,
    ),
    edited(
        "rate-zero", WHAT, "The learning rate is 0",
        "pipelines/qlora/training.py", "learning_rate=recipe.learning_rate,", "learning_rate=0.0,", ADAPTER,
    ),
    edited(
        "rate-times-50", WHAT, "The learning rate is 50 times the one that was asked for",
        "pipelines/qlora/training.py", "learning_rate=recipe.learning_rate,",
        "learning_rate=recipe.learning_rate * 50,", ADAPTER,
    ),
    edited(
        "trained-on-test", WHAT, "Adapters are trained on the test questions",
        "pipelines/arm.py", 'examples = {split: source.examples(split) for split in ("train", "validation")}',
        'examples = {"train": task.examples("test"), "validation": task.examples("validation")}', ADAPTER,
    ),
    edited(
        "four-rows", WHAT, "Training sees 4 rows, while the record counts all",
        "pipelines/qlora/training.py", "train_dataset=_dataset(rows),", "train_dataset=_dataset(rows[:4]),", ADAPTER,
    ),
    edited(
        "worst-checkpoint", WHAT, "The checkpoint of the greatest validation loss is kept",
        "pipelines/qlora/training.py", "greater_is_better=False if validates", "greater_is_better=True if validates",
        ADAPTER,
    ),
    edited(
        "padding-is-learnt", WHAT, "The loss counts the padding of short rows",
        "pipelines/qlora/batches.py", 'padded("labels", -100)', 'padded("labels", self.pad_token_id)', ADAPTER,
    ),
    edited(
        "refusals-not-taught", WHAT, "Unanswerable examples are left out of training",
        "pipelines/qlora/formatting.py", "if not example.references and example.answerable:",
        "if not example.answerable:", ADAPTER,
    ),
    Mutation(
        "seed-ignored", WHAT, "Every seed trains the same adapter",
        (
            Edit("pipelines/qlora/training.py", "    set_seed(seed)", "    set_seed(0)"),
            Edit("pipelines/qlora/training.py", "        seed=seed,\n", "        seed=0,\n"),
            Edit("pipelines/qlora/training.py", "        data_seed=seed,\n", "        data_seed=0,\n"),
        ),
        experiment=SEEDS, anew=ADAPTER,
    ),
    edited(
        "scaled-four-fold", ATTACHED, "The adapter counts four-fold when it is attached for answering",
        "pipelines/generators/hf.py", "        self._adapter_key = adapter.key\n",
        "        self._adapter_key = adapter.key\n"
        "        for layer in self._adapted.modules():\n"
        '            if hasattr(layer, "scaling"):\n'
        '                layer.scaling["default"] *= 4\n',
        PREDICTIONS,
    ),
    edited(
        "half-of-it-lost", ATTACHED, "The update of two of the four layers is lost when the adapter is saved",
        "pipelines/qlora/training.py", "    trainer.model.save_pretrained(",
        "    for name, weights in trainer.model.named_parameters():\n"
        '        if "lora_B" in name and (".0." in name or ".1." in name):\n'
        "            weights.data.zero_()\n"
        "    trainer.model.save_pretrained(",
        ADAPTER,
    ),
    edited(
        "never-switched-off", ATTACHED, "The adapter stays on for the arms after it that have none",
        "pipelines/generators/hf.py", 'if (adapter.key if adapter is not None else "") != self._adapter_key:',
        "if adapter is not None and adapter.key != self._adapter_key:",
        PREDICTIONS,
    ),
    edited(
        "never-switched-on", ATTACHED, "All arms answer with the bare base",
        "pipelines/prepared.py", "self.loaded.use(self.name, self.adapter)", "self.loaded.use(self.name, None)",
        PREDICTIONS,
    ),
    edited(
        "proof-on-the-wrong-model", ATTACHED, "Every second LoRA layer is dropped after the adapter was proved to work",
        "pipelines/generators/hf.py", "        return self._prove(arm, adapter)",
        "        proof = self._prove(arm, adapter)\n"
        '        for layer in [one for one in self._adapted.modules() if hasattr(one, "scaling")][::2]:\n'
        '            layer.scaling["default"] = 0.0\n'
        "        return proof",
        PREDICTIONS,
    ),
)  # fmt: skip
