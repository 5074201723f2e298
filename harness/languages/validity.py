"""The section of docs/VALIDITY.md on refusals: precision and recall of the patterns on our own examples."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from harness.languages.patterns import FOLDER, languages
from harness.metrics.refusal import is_refusal

EXAMPLES: Final = FOLDER / "refusal_examples.jsonl"
SECTION: Final = """
# Are refusals recognised?

On {count} examples of our own (`harness/languages/{file}`): refusals, and answers that look like
them ("I don't know the exact date, but it opened in 1990"). The patterns were mended until these examples passed, so
the figures flatter: of refusals that were written before the patterns knew them, about three in four were recognised
(docs/LOG.md).

| language | examples | refusals | precision | recall |
| --- | --- | --- | --- | --- |
{rows}
"""


def section() -> str:
    """Return the section."""
    examples = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    rows = [_row(name, [one for one in examples if one["language"] == code]) for code, name in languages().items()]
    rows.append(_row("all", examples))
    return SECTION.format(count=len(examples), file=EXAMPLES.name, rows="\n".join(rows))


def precision_and_recall(examples: Sequence[Mapping[str, object]]) -> tuple[float, float]:
    """Return both for rows with `text` and `refusal`; 0 where there is nothing to count."""
    taken = [bool(one["refusal"]) for one in examples if is_refusal(str(one["text"]))]
    there = [is_refusal(str(one["text"])) for one in examples if one["refusal"]]
    return sum(taken) / max(len(taken), 1), sum(there) / max(len(there), 1)


def _row(name: str, examples: Sequence[Mapping[str, object]]) -> str:
    precision, recall = precision_and_recall(examples)
    refusals = sum(bool(one["refusal"]) for one in examples)
    return f"| {name} | {len(examples)} | {refusals} | {precision:.3f} | {recall:.3f} |"
