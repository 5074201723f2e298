"""How many terminal columns a text takes, and text fitted to them."""

import unicodedata
from collections.abc import Iterator


def display_width(text: str) -> int:
    """Return the terminal columns of `text`: two for wide (Chinese, Japanese, Korean) characters, none for marks."""
    return sum(_width(character) for character in text)


def padded(text: str, width: int) -> str:
    """Return `text` with spaces after it up to `width` columns."""
    return text + " " * (width - display_width(text))


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of `text` of at most `width` columns; a word that is longer than a line is cut."""
    line, used = "", 0
    for word in text.split():
        needed = display_width(word)
        if line and used + 1 + needed <= width:
            line, used = f"{line} {word}", used + 1 + needed
            continue
        if line:
            yield line
        *full, line = _pieces(word, width)
        yield from full
        used = display_width(line)
    if line:
        yield line


def printable(text: str) -> str:
    """Return `text` with control characters shown as escapes, so that a name cannot drive the terminal."""
    return "".join(
        character if unicodedata.category(character)[0] != "C" else f"\\u{ord(character):04x}" for character in text
    )


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and display_width(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
