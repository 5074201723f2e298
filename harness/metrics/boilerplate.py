"""Words that a house writes whatever the evidence says: "Ahoy!", "ACT ->". They are style and claim nothing.

Without this, faithfulness would punish the very style that the task asks for: the references themselves would be
"fabricated", and an arm that never learned the style would be the most faithful.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from harness.text.terms import terms
from harness.types import Example

HABIT: Final = 0.2
"""share of the references that hold a house word, at least"""
FEWEST_REFERENCES: Final = 10
"""fewer references tell no habit"""
OWN_WORD: Final = 0.1
"""share of these whose evidence holds the word as well, at most: it does not come from there"""

NAMED_THING: Final = re.compile(r"(?:[^\W\d]+ )?#(\w*\d\w*)")
"""an identifier and the word that says of what: order #3141"""


def house_words(examples: Sequence[Example], evidence_of: Callable[[Example], Sequence[str]]) -> frozenset[str]:
    """Return the house's words, as keys of `harness.text.terms`.

    A number, a denial or a function word is never one of them.

    Args:
        examples: training examples; their first references show the habit.
        evidence_of: the texts of an example's gold evidence; () when unknown, and then the example tells nothing.
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


def claiming(answer: str, asked: str, house: frozenset[str]) -> str:
    """Return the answer with spaces in place of house words and of identifiers that the asker named; same length."""
    kept = NAMED_THING.sub(lambda found: _blank(found) if found[1] in asked else found.group(), answer)
    if not house:
        return kept
    found = terms(kept)
    for one, start, end in zip(found.words, found.starts, found.ends, strict=True):
        if one.key in house:
            kept = f"{kept[:start]}{' ' * (end - start)}{kept[end:]}"
    return kept


def _content(text: str) -> frozenset[str]:
    return frozenset(one.key for one in terms(text).words if one.content and not one.number and not one.negates)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())
