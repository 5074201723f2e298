"""How a question becomes a prompt, in training and in answering alike.

The instruction is the system turn. Retrieved passages are numbered and put before the input in the last
user turn; with cite=true the system turn then also asks that sentences name them. Nothing else differs between arms.
The generator turns chat turns into tokens.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Self

from harness.store.spec import ADDED
from harness.tasks.knowledge.shown_text import shown_text
from harness.tasks.task import CutAway
from harness.types import Example, Passage, Turn

Input = str | tuple[Turn, ...]
DOES_NOT_FIT: Final = "the prompt needs"
"""how the error of a prediction begins whose prompt does not fit"""
LEFT_OUT: Final = "\n[…]\n"
"""stands for the middle of a text that was cut away"""
WHOLE_WORDS: Final = 0.8
"""part of a cut text that must be left when it is cut at a word"""

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
        cite: ask for citations where passages are shown; they are taken off answers before anything scores these.
        cite_request: the words that ask for them.
    """

    KEY: ClassVar[str] = "pipelines.prompts.Prompt"
    VERSION: ClassVar[int] = 1

    passages_heading: str
    input_heading: str
    examples_heading: str = field(default="Examples:", metadata=ADDED)
    cite: bool = field(default=False, metadata=ADDED)
    cite_request: str = field(
        default="End every sentence with the number of the passage that supports it, such as [2].", metadata=ADDED
    )

    def of_examples(self) -> Self:
        """Return the wording around training pairs that are shown as examples: they are no evidence to cite."""
        return replace(self, passages_heading=self.examples_heading, cite=False)

    def asks_for_citations(self, passages: Sequence[Passage]) -> bool:
        """Return whether a prompt with these passages asks for citations."""
        return self.cite and bool(passages)

    def turns(self, instruction: str, example_input: Input, passages: Sequence[Passage]) -> tuple[Turn, ...]:
        """Return the chat turns for one input: a system turn, then the conversation."""
        conversation = (Turn("user", example_input),) if isinstance(example_input, str) else example_input
        instructions = tuple(turn for turn in conversation if turn.role == "system")
        dialogue = tuple(turn for turn in conversation if turn.role != "system")
        asked = [self.cite_request] if self.asks_for_citations(passages) else []
        own = [instruction] if instruction else []  # a chat that brings its own system turn needs no other
        system = "\n\n".join([*own, *(turn.content for turn in instructions), *asked])
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
    """the input was shortened: a text lost a part, a conversation its oldest turns"""
    error: str = ""
    """why no prompt fits; the other fields are then meaningless"""


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """How many tokens a prompt may have.

    Args:
        count: tokens of a rendered prompt.
        prompt_tokens: the most a prompt may take; None when only a server knows.
        cut: what is cut away of an input that does not fit, as a task says it: "end" (or True) for documents;
            None (or False) for a question, which is never cut: its prediction fails instead.
    """

    count: Count
    prompt_tokens: int | None
    cut: CutAway | bool | None

    def fits(self, turns: Sequence[Turn]) -> bool:
        """Return whether the prompt has room."""
        return self.prompt_tokens is None or self.count(turns) <= self.prompt_tokens

    def half(self) -> "ContextWindow":
        """Return a window of half the tokens."""
        return replace(self, prompt_tokens=None if self.prompt_tokens is None else self.prompt_tokens // 2)


def fit(
    prompt: Prompt, instruction: str, example: Example, passages: Sequence[Passage], window: ContextWindow
) -> FittedPrompt:
    """Drop passages from the last one on until the prompt fits; the instruction is never cut.

    An input is cut where not even it alone fits and the task allows it. A conversation is another matter: its oldest
    turns go before passages do, as long as it takes more than half of the window; the last turn is cut as a text is.
    The same example with the passages that were shown gives the same prompt again.
    """
    if window.cut and not isinstance(example.input, str):
        return _fit_conversation(prompt, instruction, example.input, passages, window)
    for kept in range(len(passages), -1, -1):
        turns = prompt.turns(instruction, example.input, passages[:kept])
        if window.fits(turns):
            return FittedPrompt(turns, tuple(passages[:kept]), dropped=len(passages) - kept)
    if window.cut and isinstance(example.input, str):
        cut = _cut(lambda text: prompt.turns(instruction, text, ()), example.input, window)
        if cut is not None:
            return replace(cut, dropped=len(passages))
    return _unfit(prompt, instruction, example.input, passages, window)


def _unfit(
    prompt: Prompt, instruction: str, asked: Input, passages: Sequence[Passage], window: ContextWindow
) -> FittedPrompt:
    needed = window.count(prompt.turns(instruction, asked, ()))
    error = f"{DOES_NOT_FIT} {needed} tokens without any passage, the context window leaves {window.prompt_tokens}"
    return FittedPrompt((), (), dropped=len(passages), error=error)


def _fit_conversation(
    prompt: Prompt, instruction: str, said: tuple[Turn, ...], passages: Sequence[Passage], window: ContextWindow
) -> FittedPrompt:
    """Return the prompt with as many of the newest turns, and of the passages, as there is room for."""
    shortened = _from_each_user_turn(said)

    def longest(shown: Sequence[Passage], among: Sequence[tuple[Turn, ...]], room: ContextWindow) -> int | None:
        """Return the place of the longest conversation that fits; they get shorter from one to the next."""
        at = bisect_left(among, True, key=lambda turns: room.fits(prompt.turns(instruction, turns, shown)))
        return at if at < len(among) else None

    recent = longest((), shortened, window.half())
    enough = shortened[: len(shortened) if recent is None else recent + 1]  # half of the window is the passages'
    for kept in range(len(passages), -1, -1):
        at = longest(passages[:kept], enough, window)
        if at is not None:
            turns = prompt.turns(instruction, enough[at], passages[:kept])
            return FittedPrompt(turns, tuple(passages[:kept]), dropped=len(passages) - kept, input_cut=at > 0)
    *system, last = shortened[-1]
    cut = _cut(lambda text: prompt.turns(instruction, (*system, replace(last, content=text)), ()), last.content, window)
    return _unfit(prompt, instruction, said, passages, window) if cut is None else replace(cut, dropped=len(passages))


def _from_each_user_turn(said: tuple[Turn, ...]) -> list[tuple[Turn, ...]]:
    """Return the conversation whole, then from its second user turn on, and so on to the last; with all system turns.

    Chat templates want a conversation to begin with the user.
    """
    begins = [at for at, turn in enumerate(said) if turn.role == "user"]
    system = [tuple(turn for turn in said[:at] if turn.role == "system") for at in begins]
    return [said, *((*before, *said[at:]) for before, at in zip(system[1:], begins[1:], strict=True))]


def _cut(written: Callable[[str], tuple[Turn, ...]], text: str, window: ContextWindow) -> FittedPrompt | None:
    """Return the prompt with the longest part of the input that fits, at whole words if there are any.

    Args:
        written: gives the prompt with a text as its input.
        text: the input.
        window: that it does not fit; its `cut` says what to leave out.
    """
    away: CutAway = "end" if window.cut is True else window.cut or "end"
    low, high = 0, len(text)
    while low < high - 1:
        middle = (low + high) // 2
        if window.fits(written(_left(text, away, middle))):
            low = middle
        else:
            high = middle
    left = _left(text, away, low, whole_words=True)
    turns = written(left)
    return FittedPrompt(turns, (), input_cut=True) if low and left and window.fits(turns) else None


def _left(text: str, away: CutAway, length: int, *, whole_words: bool = False) -> str:
    """Return what is left of a text, at most so many characters of it."""
    first = {"end": length, "start": 0, "middle": length // 2}[away]
    beginning, ending = text[:first], text[len(text) - (length - first) :]
    if whole_words:
        space = beginning.rfind(" ")
        beginning = (beginning[:space] if space > first * WHOLE_WORDS else beginning).rstrip()
        space = ending.find(" ")
        ending = (ending[space:] if 0 <= space < (length - first) * (1 - WHOLE_WORDS) else ending).lstrip()
    return f"{beginning}{LEFT_OUT}{ending}" if away == "middle" else beginning + ending
