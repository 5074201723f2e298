"""The twin of replaying answers, for training: what the model really sees is what it will be asked.

Sampled rows are taken as the trainer's own loader and collator give them, and compared with the answering path's
prompt and the task's reference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from harness.audits import spread
from harness.errors import ArmError
from harness.types import Example
from pipelines.generators.chat import ChatFormat
from pipelines.prompts import Render
from pipelines.qlora.adapter import QLoRA
from pipelines.qlora.formatting import TrainingRow, TrainingRows, target_answer

ROWS: Final = 16

IGNORED: Final = -100


@dataclass(frozen=True, slots=True)
class TrainingTwin:
    """Training rows as the answering path would make them.

    Args:
        chat: the format of answering.
        render: the prompt of answering.
        refusal: the answer taught where there is no reference.
    """

    chat: ChatFormat
    render: Render
    refusal: str

    def check(self, trainer: Any, rows: Sequence[TrainingRow], dataset: Any) -> int:
        """Compare a sample of rows with what the trainer's collator makes of them; return how many there were.

        Args:
            trainer: ready to train; its random state is left as it was.
            rows: all of them.
            dataset: makes the trainer's dataset of rows.

        Raises:
            ArmError: names the first row that differs, and how.
        """
        sample = spread([row for row in rows if row.example is not None], ROWS)
        for row, (ids, labels) in zip(sample, _collated(trainer, dataset(sample)), strict=True):
            assert row.example is not None
            difference = _own_answer(row, row.example) or self._difference(row, row.example, ids, labels)
            if difference:
                raise ArmError(f"training row of example {row.example.id}: {difference}; nothing was trained")
        return len(sample)

    def _difference(self, row: TrainingRow, example: Example, ids: list[int], labels: list[int]) -> str:
        prompt = self.chat.prompt_ids(self.render(example, row.passages, row.input_cut))
        answer = self.chat.answer_ids(target_answer(example, self.refusal))
        begin, end = len(prompt), len(prompt) + len(answer)
        at = _first_difference(ids[:end], [*prompt, *answer])
        if at is not None:
            part = "the prompt of answering" if at < begin else "the reference"
            return f"token {at} is {self._shown(ids, at)}, {part} has {self._shown([*prompt, *answer], at)}"
        at = _first_difference(labels, [IGNORED] * begin + answer + [IGNORED] * (len(labels) - end))
        if at is not None:
            return f"token {at} is learnt as {labels[at]}; the answer is tokens {begin} to {end - 1}, and nothing else"
        if answer[-1] not in self.chat.stop_ids:
            return f"it ends in {self._shown(answer, -1)}, and generation does not stop there"
        return ""

    def _shown(self, ids: Sequence[int], at: int) -> str:
        return repr(self.chat.tokenizer.decode([ids[at]])) if at < len(ids) else "missing"


def check_trainer(trainer: Any, recipe: QLoRA, rows: int) -> None:
    """Compare what the trainer was set up for with the recipe.

    Raises:
        ArmError: it has other rows, another rate, or another number of steps or of rows in them.
    """
    steps = ceil(ceil(rows / recipe.batch_size) * recipe.epochs)
    wanted = {
        "training rows": rows,
        "learning rate": recipe.learning_rate,
        "steps": steps,
        "rows per step": recipe.batch_size,
    }
    arguments = trainer.args
    given = {
        "training rows": len(trainer.train_dataset),
        "learning rate": arguments.learning_rate,
        "steps": arguments.max_steps,
        "rows per step": arguments.train_batch_size * arguments.gradient_accumulation_steps,
    }
    for name, value in wanted.items():
        if given[name] != value:
            raise ArmError(
                f"training: the trainer's {name}: {given[name]}, but the recipe says {value}; nothing was trained"
            )


def check_rows(rows: TrainingRows, examples: Sequence[Example]) -> None:
    """Count the examples that cannot be learnt from, independently of the code that leaves them out.

    Raises:
        ArmError: other examples were left out.
    """
    unlabelled = sum(example.answerable and not example.references for example in examples)
    left = len(examples) - unlabelled - rows.dropped
    if len(rows.rows) != left:
        raise ArmError(
            f"training: {len(rows.rows)} rows were made of {len(examples)} examples; {unlabelled} have no reference "
            f"and {rows.dropped} do not fit, so {left} are wanted (pipelines/qlora/formatting.py)"
        )


def _own_answer(row: TrainingRow, example: Example) -> str:
    own = f"pair:{example.id}"
    return "it is shown its own answer as a passage" if own in {one.document_id for one in row.passages} else ""


def _first_difference(given: Sequence[int], right: Sequence[int]) -> int | None:
    both = zip(given, right, strict=False)
    at = next((at for at, (one, other) in enumerate(both) if one != other), min(len(given), len(right)))
    return None if at == len(given) == len(right) else at


def _collated(trainer: Any, dataset: Any) -> Iterator[tuple[list[int], list[int]]]:
    """Yield ids and labels of each row, padded, as the model sees them."""
    import torch

    with torch.random.fork_rng():  # a loader draws from it, and training would begin elsewhere
        batches = list(trainer.get_eval_dataloader(dataset))
    for batch in batches:
        yield from zip(batch["input_ids"].tolist(), batch["labels"].tolist(), strict=True)
