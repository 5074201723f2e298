"""How a question becomes a prompt, in training and in answering alike.

The instruction is the system turn. Retrieved passages are numbered and put before the input in the last
user turn. Nothing else differs between arms. The generator turns chat turns into tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from harness.store.spec import ADDED
from harness.tasks.knowledge.shown_text import shown_text
from harness.types import Example, Passage, Turn

Count = Callable[[Sequence[Turn]], int]
"""Tokens of the rendered prompt."""

Render = Callable[[Example, Sequence[Passage], bool], tuple[Turn, ...]]
"""The answering arm's prompt again, from what is kept of it: the passages shown, and whether the input was cut."""


@dataclass(frozen=True)
class Prompt:
    """The wording around passages.

    Args:
        passages_heading: the line before the numbered passages.
        input_heading: the line between the passages and the input; left out without passages.
        examples_heading: the line before training pairs that show how to answer, in place of passages_heading.
    """

    KEY: ClassVar[str] = "pipelines.prompts.Prompt"
    VERSION: ClassVar[int] = 1

    passages_heading: str
    input_heading: str
    examples_heading: str = field(default="Examples:", metadata=ADDED)

    def of_examples(self) -> Self:
        """Return the wording around training pairs that are shown as examples."""
        return replace(self, passages_heading=self.examples_heading)

    def turns(
        self, instruction: str, example_input: str | tuple[Turn, ...], passages: Sequence[Passage]
    ) -> tuple[Turn, ...]:
        """Return the chat turns for one input: a system turn, then the conversation."""
        conversation = (Turn("user", example_input),) if isinstance(example_input, str) else example_input
        instructions = tuple(turn for turn in conversation if turn.role == "system")
        dialogue = tuple(turn for turn in conversation if turn.role != "system")
        system = "\n\n".join([instruction, *(turn.content for turn in instructions)])
        last = Turn("user", self._user_text(dialogue[-1].content, passages))
        return (Turn("system", system), *dialogue[:-1], last)

    def _user_text(self, text: str, passages: Sequence[Passage]) -> str:
        if not passages:
            return text
        numbered = "\n\n".join(f"[{number}] {shown_text(passage)}" for number, passage in enumerate(passages, start=1))
        return f"{self.passages_heading}\n{numbered}\n\n{self.input_heading}\n{text}"


@dataclass(frozen=True, slots=True)
class FittedPrompt:
    """A prompt that fits the context window, and what was left out for it."""

    turns: tuple[Turn, ...]
    """the prompt"""
    passages: tuple[Passage, ...]
    """the passages that are in it"""
    dropped: int = 0
    """passages left out at the tail"""
    input_cut: bool = False
    """the input was shortened at its end"""
    error: str = ""
    """why no prompt fits; the other fields are then meaningless"""


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """How many tokens a prompt may have.

    Args:
        count: tokens of a rendered prompt.
        prompt_tokens: the most a prompt may take; None when only a server knows.
        cut_long_input: whether an input that does not fit even without passages is cut at its end. True for
            documents; a question is never cut, its prediction fails instead.
    """

    count: Count
    prompt_tokens: int | None
    cut_long_input: bool

    def fits(self, turns: Sequence[Turn]) -> bool:
        """Return whether the prompt has room."""
        return self.prompt_tokens is None or self.count(turns) <= self.prompt_tokens


def fit(
    prompt: Prompt, instruction: str, example: Example, passages: Sequence[Passage], window: ContextWindow
) -> FittedPrompt:
    """Drop passages from the last one on until the prompt fits; instruction and question are never cut.

    Where not even the bare input fits and the task allows it, the end of the input is cut.
    """
    for kept in range(len(passages), -1, -1):
        turns = prompt.turns(instruction, example.input, passages[:kept])
        if window.fits(turns):
            return FittedPrompt(turns, tuple(passages[:kept]), dropped=len(passages) - kept)
    if window.cut_long_input and isinstance(example.input, str):
        cut = _cut(prompt, instruction, example.input, window)
        if cut is not None:
            return replace(cut, dropped=len(passages))
    needed = window.count(prompt.turns(instruction, example.input, ()))
    error = f"the prompt needs {needed} tokens without any passage, the context window leaves {window.prompt_tokens}"
    return FittedPrompt((), (), dropped=len(passages), error=error)


def _cut(prompt: Prompt, instruction: str, text: str, window: ContextWindow) -> FittedPrompt | None:
    """Return the prompt with the longest beginning of the input that fits, ending at a word if there is one."""
    low, high = 0, len(text)
    while low < high - 1:
        middle = (low + high) // 2
        if window.fits(prompt.turns(instruction, text[:middle], ())):
            low = middle
        else:
            high = middle
    beginning = text[:low]
    space = beginning.rfind(" ")
    beginning = (beginning[:space] if space > low * 0.8 else beginning).rstrip()
    turns = prompt.turns(instruction, beginning, ())
    return FittedPrompt(turns, (), input_cut=True) if beginning and window.fits(turns) else None
