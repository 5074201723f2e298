"""Prompts: what the model reads is not what the table says it read."""

from tests.mutations.mutation import ADAPTER, PREDICTIONS, Mutation, edited

WHAT = "prompts"

MUTATIONS: tuple[Mutation, ...] = (
    edited(
        "train-without-instruction", WHAT, "Adapters are trained on prompts without the instruction",
        "pipelines/qlora/formatting.py", "fit(self.prompt, task.instruction, example, shown,",
        'fit(self.prompt, "", example, shown,', ADAPTER,
    ),
    edited(
        "train-without-assistant-marker", WHAT, "Training prompts lack the last token, which opens the answer",
        "pipelines/qlora/formatting.py", "prompt_ids = self.chat.prompt_ids(fitted.turns)",
        "prompt_ids = self.chat.prompt_ids(fitted.turns)[:-1]", ADAPTER,
    ),
    edited(
        "instruction-of-rag-differs", WHAT, "Arms that retrieve are given another instruction than the others",
        "pipelines/prepared.py", "return fit(self.prompt, self.task.instruction,",
        'return fit(self.prompt, "Answer from the passages in one word." if self.searcher else self.task.instruction,',
        PREDICTIONS,
    ),
    edited(
        "passages-without-text", WHAT, "Prompts show the titles of the passages without their text",
        "pipelines/prompts.py", "{shown_text(passage)}",
        "{passage.title or shown_text(passage)}", PREDICTIONS,
    ),
    edited(
        "passages-of-another-question", WHAT, "Every question is shown the passages of the question before it",
        "pipelines/prepared.py", "for example, result in zip(examples, retrieved, strict=True)]",
        "for example, result in zip(examples, [retrieved[-1], *retrieved[:-1]], strict=True)]", PREDICTIONS,
    ),
    edited(
        "question-left-out", WHAT, "Where passages are shown, the question behind them is left out",
        "pipelines/prompts.py", '{self.input_heading}\\n{text}"', '{self.input_heading}\\n"', PREDICTIONS,
    ),
    edited(
        "tail-of-the-prompt", WHAT, "Of every prompt, only the last 400 characters are tokenised",
        "pipelines/generators/chat.py", "return self._ids(self._render(turns))",
        "return self._ids(self._render(turns)[-400:])", PREDICTIONS,
    ),
)  # fmt: skip
