"""What a table says where answers may be refusals that no pattern can recognise."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from harness.comparable import Comparable
from harness.languages.guess import guessed
from harness.languages.patterns import languages
from harness.result import Note

TOLERATED: Final = 0.05
"""share of the texts whose language is told"""


def language_warnings(chosen: Comparable) -> Iterator[Note]:
    """Yield a warning where references or answers are in a language without refusal patterns."""
    texts = {
        reference for records in chosen.arms.values() for one in records[0].examples for reference in one.references
    }
    texts |= {answer.text for records in chosen.arms.values() for record in records for answer in record.predictions}
    told = Counter(code for code in map(guessed, sorted(texts)) if code)
    without = {code: n for code, n in told.most_common() if code not in languages()}
    if sum(without.values()) > TOLERATED * sum(told.values()):
        names = ", ".join(f"{code} ({n / sum(told.values()):.0%} of the texts)" for code, n in without.items())
        known = ", ".join(languages().values())
        text = f"there are no refusal patterns for {names}, only for {known}: refusals there count as answers"
        yield Note("Language", text, warning=True)
