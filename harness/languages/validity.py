"""The section of docs/VALIDITY.md on refusals: precision and recall of the patterns on our own examples."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.languages.patterns import FOLDER, languages
from harness.metrics.refusal import is_refusal

EXAMPLES: Final = FOLDER / "refusal_examples.jsonl"
SECTION: Final = """
# Are refusals recognised?

On {count} examples of our own (`harness/languages/{file}`): refusals, and answers that look like
them ("I don't know the exact date, but it opened in 1990"). The patterns were mended until the examples of the first
figures passed, so these flatter. The {held} held out were written before the patterns were rewritten and measured as
sums alone: nobody looked at which of them fail. They come from the same hand as the patterns, and flatter, too: of 100
refusals that other people wrote (2026-11, in programs of all six languages) 84 were recognised, before these served to
mend the patterns further. `judged_abstention` asks a language model instead.

| language | examples | refusals | precision | recall | held out | refusals | precision | recall |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
"""


def section() -> str:
    """Return the section."""
    examples = read()
    rows = [_row(name, [one for one in examples if one["language"] == code]) for code, name in languages().items()]
    rows.append(_row("all", examples))
    held = sum(bool(one.get("held_out")) for one in examples)
    return SECTION.format(count=len(examples), held=held, file=EXAMPLES.name, rows="\n".join(rows))


def read() -> list[dict[str, Any]]:
    """Return the examples: `language`, `refusal`, `text`, and `held_out` where the patterns were not mended by it."""
    return [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]


def precision_and_recall(examples: Sequence[Mapping[str, object]]) -> tuple[float, float]:
    """Return both for rows with `text` and `refusal`; 0 where there is nothing to count."""
    taken = [bool(one["refusal"]) for one in examples if is_refusal(str(one["text"]))]
    there = [is_refusal(str(one["text"])) for one in examples if one["refusal"]]
    return sum(taken) / max(len(taken), 1), sum(there) / max(len(there), 1)


def _row(name: str, examples: Sequence[Mapping[str, object]]) -> str:
    parts = [[one for one in examples if bool(one.get("held_out")) == held] for held in (False, True)]
    return f"| {name} | {' | '.join(map(_cells, parts))} |"


def _cells(examples: Sequence[Mapping[str, object]]) -> str:
    precision, recall = precision_and_recall(examples)
    refusals = sum(bool(one["refusal"]) for one in examples)
    return f"{len(examples)} | {refusals} | {precision:.3f} | {recall:.3f}"
