"""Does a part of a sentence state something? Decided by closed classes of words, in six languages, without a parser.

A part states something when it holds a figure, or a finite verb or a subject pronoun and a content word, or enough
content words to be more than an address or an aside.
"""

import re
from typing import Final

from harness.text.language_files import expression, words_of
from harness.text.terms import terms
from harness.text.tokens import WITHOUT_SPACES

ENOUGH: Final = 3
"""content words that make even a part without a known verb a statement"""

BREAK: Final = expression("break")
"""where one part of a sentence ends and another may begin"""

FINITE: Final = words_of("finite")
SUBJECTS: Final = words_of("subjects")
CONDITION: Final = expression("condition")
"""begins a part that is only supposed or wished for"""
LIST: Final = re.compile(r"(?<!\w)(?:or|oder|ou|o|u|или|либо)(?!\w)|[或]", re.IGNORECASE)


def states(part: str) -> bool:
    """Return whether `part` states something that could be true or false."""
    part = part.strip()
    if CONDITION.match(part):
        return False
    words = terms(part).words
    content = content_words(part)
    if any(word.number for word in words):
        return True
    if not content:
        return False
    return content >= ENOUGH or is_clause(part)


def is_clause(part: str) -> bool:
    """Return whether `part` holds a known finite verb or begins with a subject pronoun."""
    written = terms(part)
    keys = [part[start:end].casefold() for start, end in zip(written.starts, written.ends, strict=True)]
    return bool(keys) and (keys[0] in SUBJECTS or not FINITE.isdisjoint(keys))


def has_figure(part: str) -> bool:
    """Return whether `part` holds a digit."""
    return any(map(str.isdigit, part))


def content_words(part: str) -> float:
    """Return the number of content words in `part`; in scripts without spaces two characters count as one."""
    written = terms(part)
    return sum(
        0.5 if WITHOUT_SPACES.match(part, start) else 1.0
        for word, start in zip(written.words, written.starts, strict=True)
        if word.content
    )


def parts(sentence: str) -> list[tuple[int, int]]:
    """Return (start, end) of the parts of `sentence` in order, without the signs and words that join them."""
    spans = []
    start = 0
    for cut in BREAK.finditer(sentence):
        spans.append((start, cut.start()))
        start = cut.end()
    return [*spans, (start, len(sentence))]
