"""Cuts documents into passages.

Lengths are counted by the tokenizer of the embedder, so that no passage is cut off when it is
embedded; without an embedder they are counted in words.

A text with headings, lists, tables or blocks of code is cut along them, and its passages have heads (structure.py)
whose tokens count too; any other text is cut as ever.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from harness.types import Document, Passage
from pipelines.rag.lexical import words
from pipelines.rag.structure import has_structure, head_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Cut = Callable[[Document], list[Passage]]
"""Document in, its passages out, in the order of the text; [] for a document without text."""


@dataclass(frozen=True)
class Chunking:
    """How long a passage is.

    Args:
        max_tokens: most tokens of a passage; title, prefix and the model's start and end tokens are not counted.
        overlap_tokens: most tokens that a passage shares with the one before.
    """

    KEY: ClassVar[str] = "pipelines.rag.chunking.Chunking"
    VERSION: ClassVar[int] = 1

    max_tokens: int
    overlap_tokens: int

    def problems(self) -> Sequence[str]:
        problems = []
        if self.max_tokens < 8:
            problems.append(f"max_tokens: got {self.max_tokens}, use 8 or more")
        if not 0 <= self.overlap_tokens < max(self.max_tokens, 1):
            problems.append(f"overlap_tokens: got {self.overlap_tokens}, use 0 up to max_tokens - 1")
        return problems

    def cutter(self, tokenizer: Path | None) -> Cut:
        """Return the function that cuts documents.

        Args:
            tokenizer: a tokenizer.json; None counts words instead of tokens.
        """
        count = _words if tokenizer is None else _counter(plain_tokenizer(tokenizer))
        splitter = self._splitter(tokenizer)

        def cut(document: Document) -> list[Passage]:
            if not document.text.strip():
                return []
            if document.example_id:
                return [whole(document)]
            if has_structure(document):
                return list(self._structured(document, 0, len(document.text), count, self.max_tokens))
            pieces = splitter.chunk_indices(document.text)
            return [_passage(document, start, start + len(text)) for start, text in pieces]

        return cut

    def _structured(
        self, document: Document, start: int, end: int, count: Callable[[str], int], room: int
    ) -> Iterator[Passage]:
        """Yield the passages of text[start:end], each cut again where its head leaves it less room."""
        from semantic_text_splitter import MarkdownSplitter

        splitter = MarkdownSplitter.from_callback(count, room, min(self.overlap_tokens, room - 1))
        for offset, text in splitter.chunk_indices(document.text[start:end]):
            first = start + offset
            passage = _passage(document, first, first + len(text))
            left = max(self.max_tokens - count(passage.head), self.max_tokens // 2)
            if left < room and count(text) > left:
                yield from self._structured(document, passage.start, passage.end, count, left)
            else:
                yield passage

    def _splitter(self, tokenizer: Path | None) -> Any:
        from semantic_text_splitter import TextSplitter

        if tokenizer is None:
            return TextSplitter.from_callback(_words, self.max_tokens, self.overlap_tokens)
        counter = plain_tokenizer(tokenizer)
        return TextSplitter.from_huggingface_tokenizer(counter, self.max_tokens, self.overlap_tokens)


def plain_tokenizer(path: Path) -> "Tokenizer":
    """Return the tokenizer with truncation and padding off.

    MiniLM's tokenizer.json truncates at 128 tokens. Counts would saturate there, and the splitter would
    return one passage of any length.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def whole(document: Document) -> Passage:
    """Return a document as one passage."""
    return _passage(document, 0, len(document.text))


def _passage(document: Document, start: int, end: int) -> Passage:
    return Passage(
        document_id=document.id,
        text=document.text[start:end],
        start=start,
        end=end,
        score=0.0,
        title=document.title,
        metadata=document.metadata,
        head=head_of(document, start),
    )


def _words(text: str) -> int:
    return len(words(text))


def _counter(tokenizer: "Tokenizer") -> Callable[[str], int]:
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
