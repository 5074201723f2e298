"""What a table says where answers may be refusals that no pattern can recognise."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.result import Note
from harness.analysis.selection import SelectedRecords
from harness.text.language_id import guessed, guessed_together
from harness.text.refusal_patterns import languages
from harness.types import Record

TOLERATED: Final = 0.05
"""share of an arm's answers in a language without patterns that is not worth a word"""


def language_warnings(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a warning where references, or the answers of an arm, are in a language without refusal patterns."""
    origins = {"references": sorted({text for one in _records(chosen)[0].examples for text in one.references})}
    origins |= {
        f"answers of {arm}": [answer.text for record in records for answer in record.predictions]
        for arm, records in chosen.arms.items()
    }
    found = [
        f"{code} ({share:.0%} of the {name})" for name, texts in origins.items() for code, share in _foreign(texts)
    ]
    if found:
        known = ", ".join(languages().values())
        text = (
            f"there are no refusal patterns for {', '.join(found)}, only for {known}: refusals there count as answers"
        )
        yield Note("Language", text, warning=True)


def _records(chosen: SelectedRecords) -> Sequence[Record]:
    return next(iter(chosen.arms.values()))


def _foreign(texts: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield the languages without patterns and their shares; a text that does not tell is in that of the others."""
    told = Counter(map(guessed, texts))
    silent = told.pop("", 0)
    if silent:
        told[guessed_together(texts)] += silent
    for code, count in told.most_common():
        if code and code not in languages() and count > TOLERATED * len(texts):
            yield code, count / len(texts)
