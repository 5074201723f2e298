"""From a raw reading to the scale on which 0 is one kind of text and 1 the other."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.metrics.style.profile import Floats

STEEPNESS: Final = 8.0
"""The curve through (½, ½): .02 at place 0, .98 at place 1. A text beyond an anchor is no more than the anchor, and
texts keep their order: nothing is cut off."""


@dataclass(frozen=True)
class Scale:
    """Two anchors on a line."""

    zero: float
    """raw reading that is 0"""
    one: float
    """raw reading that is 1"""

    def place(self, raw: Floats) -> Floats:
        """Return where readings lie: linear, 0 and 1 at the anchors, unbounded."""
        return (raw - self.zero) / (self.one - self.zero)

    def within(self, raw: Floats) -> Floats:
        """Return places cut to 0 to 1: wholly 1 from the upper anchor on."""
        return np.clip(self.place(raw), 0, 1)

    def curved(self, raw: Floats) -> Floats:
        """Return readings between 0 and 1 that keep their order beyond the anchors too."""
        return 1 / (1 + np.exp(-STEEPNESS * (np.clip(self.place(raw), -4, 5) - 0.5)))
