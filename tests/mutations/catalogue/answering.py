"""Generation: the answers are not those of greedy decoding, or not those of their questions."""

from tests.mutations.mutation import PREDICTIONS, Mutation, edited

WHAT = "generation"

MUTATIONS: tuple[Mutation, ...] = (
    edited(
        "sampling", WHAT, "Answers are sampled",
        "pipelines/generators/greedy.py", "do_sample=False,", "do_sample=True,", PREDICTIONS,
    ),
    edited(
        "repetition-penalty", WHAT, "A repetition penalty is applied",
        "pipelines/generators/greedy.py", "do_sample=False,", "do_sample=False, repetition_penalty=1.3,", PREDICTIONS,
    ),
    edited(
        "right-padding", WHAT, "Batches are padded on the right, so that short prompts go on after padding",
        "pipelines/generators/loading.py", 'padding_side = "left"', 'padding_side = "right"', PREDICTIONS,
    ),
    edited(
        "no-attention-mask", WHAT, "The padding in front of short prompts is attended to",
        "pipelines/generators/hf.py", "model.generate(**inputs.arguments,",
        'model.generate(**inputs.arguments | {"attention_mask": inputs.arguments["input_ids"] * 0 + 1},', PREDICTIONS,
    ),
    edited(
        "last-token-cut", WHAT, "The last token of every answer is cut off",
        "pipelines/generators/hf.py", "self.format.decode(row[:stop])", "self.format.decode(row[: stop - 1])",
        PREDICTIONS,
    ),
    edited(
        "eight-tokens", WHAT, "Answers end after 8 tokens, whatever the task allows",
        "pipelines/generators/greedy.py", "max_new_tokens=max_new_tokens,", "max_new_tokens=8,", PREDICTIONS,
    ),
    edited(
        "answers-rotated", WHAT, "Within a batch, every answer is given to the question before",
        "pipelines/prepared.py", "zip(positions, completions, strict=True)",
        "zip(positions, [*completions[1:], completions[0]], strict=True)", PREDICTIONS,
    ),
    edited(
        "stop-never-seen", WHAT, "An answer that ended is read on behind its end",
        "pipelines/generators/hf.py", "if token in self.format.stop_ids), None)", "if token == -1), None)", PREDICTIONS,
    ),
    edited(
        "not-quantised", WHAT, "The model answers unquantised, while the record says nf4",
        "pipelines/generators/loading.py", 'nf4_config(dtype) if generator.quantisation == "nf4" else None', "None",
        PREDICTIONS,
    ),
    edited(
        "answers-sorted-as-batches", WHAT, "Answers are read in the order of batches, questions in that of the file",
        "harness/runner/predictions.py", "restored(Prediction, found[example.id]) for example in examples",
        "restored(Prediction, entry) for entry in found.values()",
    ),
)  # fmt: skip
