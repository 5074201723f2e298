"""How many tokens a prompt has when the model runs on a server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final, Protocol

from harness.errors import ArmError, reason
from harness.store.spec import digest, file_sha256
from harness.types import Turn
from pipelines.generators.chat import ChatFormat, SystemRole

ASCII_PER_TOKEN: Final = 3.0
"""English prose has 4 to 5 characters per token with today's vocabularies, code and numbers about 3"""

BYTES_PER_TOKEN: Final = 2.0
"""UTF-8 bytes per token outside ASCII: one token per Cyrillic or accented letter, one and a half per Chinese one"""

TOKENS_PER_TURN: Final = 8
"""role names and turn marks of the chat template"""

TOKENIZER_FILES: Final = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "chat_template.jinja")


class Tokens(Protocol):
    """Counts tokens."""

    @property
    def exact(self) -> bool: ...
    def of_turns(self, turns: Sequence[Turn]) -> int:
        """Return the tokens of the rendered prompt."""
        ...

    def of_text(self, text: str) -> int:
        """Return the tokens of a text by itself."""
        ...


@dataclass(frozen=True, slots=True)
class EstimatedTokens:
    """An estimate from characters that is meant to be too high.

    It is too high for prose in every language we tried and for most code, but not a bound: a page of rare symbols can
    have one token per byte. A passage may be dropped that would have fitted; the server's tokenizer gives exact
    counts.
    """

    exact: bool = False

    def of_turns(self, turns: Sequence[Turn]) -> int:
        return sum(self.of_text(turn.content) + TOKENS_PER_TURN for turn in turns) + TOKENS_PER_TURN

    def of_text(self, text: str) -> int:
        ascii_characters = sum(character.isascii() for character in text)
        other_bytes = len(text.encode("utf-8", errors="replace")) - ascii_characters
        return ceil(ascii_characters / ASCII_PER_TOKEN + other_bytes / BYTES_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class TokenizerTokens:
    """Exact counts by the tokenizer and chat template that the server uses."""

    format: ChatFormat
    exact: bool = True

    def of_turns(self, turns: Sequence[Turn]) -> int:
        return len(self.format.prompt_ids(turns))

    def of_text(self, text: str) -> int:
        return len(self.format.tokenizer(text, add_special_tokens=False)["input_ids"])


def load_tokens(
    folder: str | None, system_role: SystemRole, template_options: Mapping[str, Any], chat_template: str = "own"
) -> Tokens:
    """Return the exact counter of a tokenizer folder, or without one the estimate.

    Args:
        folder: a folder that holds the server's tokenizer.
        system_role: as in `ChatFormat`.
        template_options: what the server's template is given besides the messages.
        chat_template: own, the tokenizer's; plain: the server was told texts in separate paragraphs.

    Raises:
        ArmError: the folder holds no usable tokenizer with a chat template.
    """
    if folder is None:
        return EstimatedTokens()
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # whatever comes of half a file, or of one that is something else
        raise ArmError(f"model.tokenizer={folder}: no tokenizer can be loaded from there ({reason(error)})") from error
    if chat_template == "plain":
        tokenizer.chat_template = None  # ChatFormat then takes the plain one
    elif not tokenizer.chat_template:
        raise ArmError(f"model.tokenizer={folder}: it has no chat template, so prompts cannot be counted exactly")
    return TokenizerTokens(ChatFormat(tokenizer, (), system_role, template_options))


def tokenizer_content(folder: str | None) -> str:
    """Return a hash of the files that decide the counts; "" without a tokenizer."""
    if folder is None:
        return ""
    files = [Path(folder) / name for name in TOKENIZER_FILES]
    return digest({file.name: file_sha256(file) for file in files if file.is_file()})
