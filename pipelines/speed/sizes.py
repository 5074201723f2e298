"""How many tokens an arm will read and write, from a few evenly spaced examples and documents."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from statistics import fmean
from typing import Final

from harness.audits import spread
from harness.tasks.task import Task
from harness.types import Document, Example, Passage, Split, Turn
from pipelines.generators.generator import Loaded
from pipelines.generators.hf import LoadedHf
from pipelines.prompts import Prompt
from pipelines.qlora.formatting import target_answer
from pipelines.rag.chunking import plain_tokenizer
from pipelines.rag.embedding import Embedding
from pipelines.rag.protocols import Retriever
from pipelines.rag.queries import query_text
from pipelines.speed.forecast import Answering, Sample

EXAMPLES: Final = 50
"""of a split that are counted"""
DOCUMENTS: Final = 12
"""of the knowledge base that are cut and counted"""

MORE: Final = 1.25
"""room for an answer that is longer than the longest reference"""
ROUND: Final = 16
"""a limit of tokens that a remark names is a multiple of it"""


@dataclass(frozen=True)
class Sizes:
    """Tokens of an arm's prompts, answers and passages.

    Args:
        task: what is asked.
        loaded: counts tokens of prompts.
        prompt: wording around passages.
        retriever: None for a closed-book arm.
        documents: what it takes passages from.
    """

    task: Task
    loaded: Loaded
    prompt: Prompt
    retriever: Retriever | None
    documents: Sequence[Document]

    def prompts(self) -> Sample:
        """Return the tokens of the test split's prompts with passages, as far as the context window has room."""
        return self._sample("test", lambda example: self._prompt(example, with_passages=True))

    def rows(self, refusal: str, *, with_passages: bool) -> Sample:
        """Return the tokens of the training rows: prompts with answers.

        Args:
            refusal: the answer where there is no reference.
            with_passages: whether they show passages.
        """
        return self._sample(
            "train", lambda example: self._prompt(example, with_passages) + self._reply(target_answer(example, refusal))
        )

    def answering(self, loaded: LoadedHf, embedding: Embedding | None, *, adapted: bool) -> Answering:
        """Return what is asked of the arm, in all.

        Args:
            loaded: the generator.
            embedding: of the retriever; None without a search by vectors.
            adapted: whether the arm has an adapter.
        """
        return Answering(
            prompts=self.prompts(),
            replies=self.replies(),
            limit=self.task.max_new_tokens,
            queries=0.0 if embedding is None else self.queries(embedding),
            adapted=adapted,
            uses=len(loaded.adapter_uses) if adapted else 1,
            batch_size=loaded.generator.batch_size,
            batch_tokens=loaded.generator.batch_tokens,
        )

    def replies(self) -> Sample:
        """Return the tokens of the references of the test split."""
        examples = [example for example in self.task.examples("test") if example.references]
        return Sample(tuple(self._reply(one.references[0]) for one in spread(examples, EXAMPLES)), len(examples))

    def long_references(self) -> Iterator[str]:
        """Yield a remark if references of the test split do not fit into an answer, with a limit that they fit into."""
        shortest = [min(one.references, key=len) for one in self.task.examples("test") if one.references]
        longest = sorted(shortest, key=lambda text: len(text.encode()), reverse=True)[:EXAMPLES]
        sizes, limit = [self._reply(text) for text in longest], self.task.max_new_tokens
        if over := [size for size in sizes if size >= limit]:  # the token that ends an answer takes room as well
            wanted, window = ROUND * ceil(MORE * max(over) / ROUND), self.loaded.window
            fits = window is None or wanted <= window // 2
            cure = (
                f"set task.max_new_tokens={wanted}" if fits else f"the window of {window:,} tokens has no room for more"
            )
            at_least = "at least " if len(over) == len(longest) < len(shortest) else ""
            yield (
                f"{at_least}{len(over):,} of {len(shortest):,} references of the test split have up to {max(over):,} "
                f"tokens of this model, and task.max_new_tokens={limit:,} cuts such an answer off, which is a failure: "
                f"{cure}"
            )

    def queries(self, embedding: Embedding) -> float:
        """Return the tokens that are embedded to search for all test examples."""
        examples = self.task.examples("test")
        sizes = _embedded([query_text(example) for example in spread(examples, EXAMPLES)], embedding)
        return Sample(sizes, len(examples)).total

    def passages(self, embedding: Embedding) -> float:
        """Return the tokens of all passages, as the embedder counts them."""
        sizes = _embedded([passage.text for passage in self._pieces], embedding)
        return sum(sizes) / max(1, len(self._sampled)) * len(self._searched)

    def _sample(self, split: Split, size: Callable[[Example], int]) -> Sample:
        examples = self.task.examples(split)
        return Sample(tuple(map(size, spread(examples, EXAMPLES))), len(examples))

    @property
    def _searched(self) -> Sequence[Document]:
        return () if self.retriever is None else self.retriever.searched(self.documents)

    @cached_property
    def _sampled(self) -> list[Document]:
        return spread(self._searched, DOCUMENTS)

    @cached_property
    def _pieces(self) -> Sequence[Passage]:
        return () if self.retriever is None else self.retriever.as_passages(self._sampled)

    def _prompt(self, example: Example, with_passages: bool) -> int:
        bare = self.loaded.count(self._turns(example, ()))
        shown = bare + round(self._of_passages) if with_passages else bare
        window = self.loaded.window
        return shown if window is None else max(min(bare, window), min(shown, window - self.task.max_new_tokens))

    def _turns(self, example: Example, passages: Sequence[Passage]) -> tuple[Turn, ...]:
        return self.prompt.turns(self.task.instruction, example.input, passages)

    @cached_property
    def _of_passages(self) -> float:
        """Tokens that the passages of one prompt take."""
        if self.retriever is None or not self._pieces:
            return 0.0
        example = self.task.examples("test")[0]
        shown = min(self.retriever.k, round(len(self._pieces) / len(self._sampled) * len(self._searched)))
        groups = max(1, len(self._pieces) // shown)
        bare = self.loaded.count(self._turns(example, ()))
        each = [self._pieces[at::groups][:shown] for at in range(groups)]
        return fmean((self.loaded.count(self._turns(example, own)) - bare) * shown / len(own) for own in each)

    def _reply(self, answer: str) -> int:
        return max(1, self.loaded.count((Turn("user", answer),)) - self._frame) if answer else 0

    @cached_property
    def _frame(self) -> int:
        """Tokens that the template writes around a turn."""
        return self.loaded.count((Turn("user", "x"),)) - 1


def _embedded(texts: Sequence[str], embedding: Embedding) -> tuple[int, ...]:
    tokenizer = plain_tokenizer(embedding.tokenizer_file())
    return tuple(min(len(encoded.ids), embedding.max_tokens) for encoded in tokenizer.encode_batch(list(texts)))
