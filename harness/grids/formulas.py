"""Notes that lead to the formulas and inputs in docs/COST.md."""

import re
from typing import Final

from harness.result import Link, Note

PAGE: Final = "docs/COST.md"


def formulas(*headings: str, topic: str = "Formulas") -> Note:
    """Return a note with a link to each of these headings of docs/COST.md."""
    text = f"{PAGE}, {headings[0]}" if len(headings) == 1 else f"every column by its name in {PAGE}"
    return Note(topic, text, links=tuple(Link(one, f"{PAGE}#{anchor(one)}") for one in headings))


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading: lower case, hyphens for spaces, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
