"""The section of docs/VALIDITY.md on refusals: precision and recall of the patterns on our own examples."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.text.refusal_patterns import languages
from harness.text.refusals import is_refusal

EXAMPLES: Final = Path(__file__).with_name("refusal_examples.jsonl")
LATEST: Final = "2026-11-28"
"""day of the newest examples that are held out"""
SECTION: Final = """
# Are refusals recognised?

On {count} examples of our own (`validation/{file}`): refusals, and answers that look like
them ("I don't know the exact date, but it opened in 1990"). The patterns were corrected until the examples of the
first figures passed, so these figures are optimistic. The {held} held-out examples were never used to correct a
pattern, but have the same author: {earlier}, whose failures were never inspected, and {latest} of {day}, written
after the last correction and measured once: precision {precision:.3f}, recall {recall:.3f}. Five earlier sets of 126 to
144 were measured in the same way, one after the other, and then used for corrections: recall .75, .74, .68, .91 and .84
at precision .86, 1.00, .91, .95 and .98. **Expect that one refusal in five with a new wording counts as an answer, and
that almost no answer counts as a refusal.** Chinese covers simplified and traditional characters. Of 100 refusals by
other authors (2026-11, in programs of all six languages) 84 were recognised, before these, too, were used for
corrections. `judged_abstention` asks a language model instead.

| language | examples | refusals | precision | recall | held out | refusals | precision | recall |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
"""


def section() -> str:
    """Return the section."""
    examples = read()
    rows = [
        _row(name, [example for example in examples if example["language"] == code])
        for code, name in languages().items()
    ]
    rows.append(_row("all", examples))
    held = [example["held_out"] for example in examples if example.get("held_out")]
    latest = [example for example in examples if example.get("held_out") == LATEST]
    precision, recall = precision_and_recall(latest)
    return SECTION.format(
        count=len(examples),
        held=len(held),
        file=EXAMPLES.name,
        earlier=len(held) - len(latest),
        latest=len(latest),
        day=LATEST,
        precision=precision,
        recall=recall,
        rows="\n".join(rows),
    )


def read() -> list[dict[str, Any]]:
    """Return the examples: `language`, `refusal`, `text`, and `held_out` where no pattern was corrected by it.

    `held_out` is the day on which it was written, or true for those of before 2026-11-21.
    """
    return [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]


def precision_and_recall(examples: Sequence[Mapping[str, object]]) -> tuple[float, float]:
    """Return both for rows with `text` and `refusal`; 0 where there is nothing to count."""
    recognised = [bool(example["refusal"]) for example in examples if is_refusal(str(example["text"]))]
    refusals = [is_refusal(str(example["text"])) for example in examples if example["refusal"]]
    return sum(recognised) / max(len(recognised), 1), sum(refusals) / max(len(refusals), 1)


def _row(name: str, examples: Sequence[Mapping[str, object]]) -> str:
    parts = [[row for row in examples if bool(row.get("held_out")) == held] for held in (False, True)]
    return f"| {name} | {' | '.join(map(_cells, parts))} |"


def _cells(examples: Sequence[Mapping[str, object]]) -> str:
    precision, recall = precision_and_recall(examples)
    refusals = sum(bool(example["refusal"]) for example in examples)
    return f"{len(examples)} | {refusals} | {precision:.3f} | {recall:.3f}"
