"""Text as LaTeX prints it: special characters spelt out, intervals kept on one line, long words that may be broken."""

import re
from typing import Final

from harness.reports.cells import printable

SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "Δ": r"$\Delta$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "→": r"$\rightarrow$",
    "α": r"$\alpha$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "−": r"$-$",
    "±": r"$\pm$",
    "…": r"\ldots{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "–": "--",
    "*": r"\textsuperscript{*}",
}
SIGNED: Final = re.compile(r"(?<![\w.-])-(?=[\d.])")
PIECE: Final = re.compile(r"(?:\[[-+.\d]+, [-+>.\d,]+\]|\S+)(?:(?:(?<=[\]\d]) \*| [↑↓])(?!\S))?")
"""what stays on one line: an interval, a word, and the mark behind it"""
SHORT: Final = 10
"""characters of a word that is never broken"""
LONGEST: Final = 20
"""characters in a row without a place to break"""
JOINT: Final = re.compile(r"[^_/=:.,@+-]*[_/=:.,@+-]+|[^_/=:.,@+-]+")


def pieces(text: str) -> list[str]:
    """Return the parts of a text between which a line may end."""
    return [part for piece in PIECE.findall(text) for part in _parts(piece)]


def _parts(piece: str) -> list[str]:
    if len(piece) <= SHORT or piece.startswith("[") or not any(map(str.isalpha, piece)):
        return [piece]
    joined = JOINT.findall(piece)
    return [part[at : at + LONGEST] for part in joined for at in range(0, len(part), LONGEST)]


def escaped(text: str) -> str:
    """Return `text` so that LaTeX prints it as it is."""
    return "".join(SPECIAL.get(character, character) for character in printable(text))


def set_text(text: str) -> str:
    """Return a text with places to break its long words; what belongs together is tied."""
    words = ["\\allowbreak{}".join(map(_tied, _parts(piece))) for piece in PIECE.findall(printable(text))]
    return " ".join(words)


def set_cell(text: str) -> str:
    """Return the text of a table's cell: a number's hyphens are minus signs."""
    number = text[:1] in "+-.0123456789"
    return SIGNED.sub("$-$", set_text(text)) if number else set_text(text)


def _tied(part: str) -> str:
    return escaped(part).replace(r" \textsuperscript", r"\textsuperscript").replace(" ", "~")
