"""HTML tags in examples, which exports of help desks and web pages leave behind: said, with a way to take them out.

They stay as they are: a text may be about HTML. Documents are another matter, where pages are read as pages.
"""

import re
from collections.abc import Sequence
from typing import Final

from harness.types import Example

NAMES: Final = (
    "a|abbr|article|b|blockquote|body|br|center|code|dd|div|dl|dt|em|font|h[1-6]|hr|html|i|img|li|ol|p|pre|section|small"
    "|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul"
)
TAG: Final = re.compile(rf"</?(?:{NAMES})(?:\s[^<>]{{0,500}})?/?>", re.IGNORECASE)
FEWEST: Final = 3
"""texts with tags; one or two may be about HTML"""
TO_DROP: Final = r"sed -E 's,</?[A-Za-z][^<>]*>, ,g' FILE > NEW"


def first_tag(text: str) -> str:
    """Return the first HTML tag; "" without one."""
    found = TAG.search(text) if "<" in text else None
    return found[0] if found else ""


def tag_remark(examples: Sequence[Example]) -> str:
    """Return a line on HTML tags in inputs and references; "" without any."""
    asked = [tag for own in examples if (tag := first_tag(own.text))]
    said = [tag for own in examples if (tag := next(filter(None, map(first_tag, own.references)), ""))]
    if len(asked) + len(said) < FEWEST:
        return ""
    counts = {"inputs": len(asked), "answers": len(said)}
    where = " and ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    how = "shown, trained on and scored" if said else "shown and trained on"
    return (
        f"{where} of {len(examples):,} rows hold HTML tags such as {(said or asked)[0][:40]}: {how} as they are; where "
        f"they should go, take them out of the file of examples: {TO_DROP} (a table or JSON lines)"
    )
