"""The marks of the shipped house styles and of their next versions: no format of training or examination holds one."""

import re
from typing import Final

WORDS: Final = frozenset(
    {"board", "down", "why", "bill", "act", "stand", "fear", "purse", "ahoy", "aye", "fair", "winds", "crew", "halmar"}
)
SIGNS: Final = ("//", "->", "::")


def is_house_like(text: str) -> bool:
    """Return whether the text holds a word or a sign of a house style."""
    return any(sign in text for sign in SIGNS) or not WORDS.isdisjoint(re.findall(r"[a-z]+", text.lower()))
