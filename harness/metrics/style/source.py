"""What a source says of a text's content, in the source's own words."""

import re
from typing import Final

from harness.text.sentences import sentences
from harness.text.terms import terms

SPEAKER: Final = re.compile(r"(?m)^\s*#?[^\W\d_][\w .]{0,24}#?\s*[:：]\s*")
"""Doctor: …, #Person1#: …"""


def closest(source: str, text: str) -> str:
    """Return the sentences of `source` that share most words with `text`, in order, about as many words as it has.

    Speakers' names before lines are left out, so that a transcript is not known by its form.
    """
    parts = sentences(without_speakers(source))
    wanted, length = _keys(text), len(terms(text))
    found = [(len(_keys(part) & wanted) / (len(terms(part)) + 1) ** 0.5, -place) for place, part in enumerate(parts)]
    chosen: list[int] = []
    written = 0
    for _, minus in sorted(found, reverse=True):
        size = len(terms(parts[-minus]))
        if chosen and written + size / 2 > length:
            break
        chosen.append(-minus)
        written += size
    return " ".join(parts[place] for place in sorted(chosen))


def without_speakers(source: str) -> str:
    """Return a transcript without the speakers' names; other texts as they are."""
    lines = [line for line in source.splitlines() if line.strip()]
    spoken = sum(SPEAKER.match(line) is not None for line in lines)
    return SPEAKER.sub("", source) if len(lines) > 1 and spoken > len(lines) / 2 else source


def _keys(text: str) -> frozenset[str]:
    return frozenset(one.key for one in terms(text).words if one.content)
