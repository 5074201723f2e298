"""Boilerplate: words that a task's references use whatever the evidence says ("Ahoy!", "ACT ->"). It claims nothing.

Without this, faithfulness would punish the very style that the task asks for: the references themselves would count
as hallucinated, and an arm that never learned the style would be the most faithful.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from harness.text.terms import terms
from harness.text.tokens import LONGEST_ANSWER, LONGEST_SOURCE
from harness.types import Example

HABIT: Final = 0.2
"""least share of the references that hold a boilerplate word"""
FEWEST_REFERENCES: Final = 10
"""with fewer references nothing counts as boilerplate"""
OWN_WORD: Final = 0.1
"""largest share of these references whose evidence holds the word as well: it does not come from there"""

NAMED_THING: Final = re.compile(r"(?:(?<![^\W\d])[^\W\d]+ )?#(\w*\d\w*)")
"""an identifier and the word before it: order #3141"""


def boilerplate_words(examples: Sequence[Example], evidence_of: Callable[[Example], Sequence[str]]) -> frozenset[str]:
    """Return the words that are boilerplate, as keys of `harness.text.terms`.

    A number, a negation or a function word is never one of them.

    Args:
        examples: training examples; their first references are counted.
        evidence_of: the texts of an example's gold evidence; () when unknown, and then the example does not count.
    """
    used, backed, counted = Counter[str](), Counter[str](), 0
    for example in examples:
        evidence = evidence_of(example)
        if not evidence or not example.references:
            continue
        counted += 1
        written = _content(example.references[0])
        used.update(written)
        backed.update(written & frozenset().union(*map(_content, evidence)))
    if counted < FEWEST_REFERENCES:
        return frozenset()
    return frozenset(key for key, n in used.items() if n >= HABIT * counted and backed[key] <= OWN_WORD * n)


def claiming(answer: str, asked: str, boilerplate: frozenset[str]) -> str:
    """Return the answer with spaces in place of boilerplate and of identifiers from the question; same places.

    Its first LONGEST_ANSWER characters: judges read no more.
    """
    kept = NAMED_THING.sub(lambda match: _blank(match) if match[1] in asked else match.group(), answer[:LONGEST_ANSWER])
    if not boilerplate:
        return kept
    written = terms(kept)
    parts, done = list[str](), 0
    for word, start, end in zip(written.words, written.starts, written.ends, strict=True):
        if word.key in boilerplate:
            parts += kept[done:start], " " * (end - start)
            done = end
    return "".join([*parts, kept[done:]])


def _content(text: str) -> frozenset[str]:
    written = terms(text, 0, LONGEST_SOURCE).words
    return frozenset(word.key for word in written if word.content and not word.number and not word.negates)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
