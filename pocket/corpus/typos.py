"""Slips of the fingers in what is asked."""

from random import Random
from typing import Final

NEIGHBOURS: Final = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
"""keys beside each other"""
LEAST_LETTERS: Final = 3


def mistyped(rng: Random, text: str, share: float) -> str:
    """Return the text with a slip in this share of its words, in one at least if any has three letters."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if sum(map(str.isalpha, word)) >= LEAST_LETTERS]
    for place in rng.sample(long, min(len(long), max(1, round(share * len(words))))):
        words[place] = _slip(rng, words[place])
    return " ".join(words)


def _slip(rng: Random, word: str) -> str:
    """Swap, drop, double or mistake one letter; numbers and signs stay."""
    letters = [at for at, sign in enumerate(word) if sign.isalpha()]
    at = rng.choice(letters)
    letter, kind = word[at], rng.choice(("swap", "drop", "double", "mistake"))
    if kind == "swap" and at + 1 in letters and word[at + 1] != letter:
        return word[:at] + word[at + 1] + letter + word[at + 2 :]
    if kind == "double":
        return word[:at] + letter + word[at:]
    if kind == "mistake" and letter.lower() in NEIGHBOURS:
        return word[:at] + rng.choice(NEIGHBOURS[letter.lower()]) + word[at + 1 :]
    return word[:at] + word[at + 1 :]
