"""Tokens that servers read and wrote for this process: what a budget of money counts while it runs."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final


@dataclass
class TokenMeter:
    """Counts since the process began, of replies that came whole."""

    read: Counter[str] = field(default_factory=Counter)
    """model name -> prompt tokens that were not read before"""
    cached: Counter[str] = field(default_factory=Counter)
    """model name -> prompt tokens that the server had read before"""
    written: Counter[str] = field(default_factory=Counter)
    """model name -> answer tokens"""

    def add(self, model: str, read: int, written: int, cached: int = 0) -> None:
        """Count one reply; `cached` is a part of `read`."""
        self.read[model] += read - cached
        self.cached[model] += cached
        self.written[model] += written


METER: Final = TokenMeter()
"""of this process: every client of a server adds to it"""
