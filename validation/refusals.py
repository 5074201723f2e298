"""The section of docs/VALIDITY.md on refusals: precision and recall of the patterns on our own examples."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.text.refusal_patterns import languages
from harness.text.refusals import is_refusal

EXAMPLES: Final = Path(__file__).with_name("refusal_examples.jsonl")
WRITTEN: Final = Path(__file__).with_name("refusals_written")
"""examples that were written without sight of the patterns; of held_out.jsonl only the figures are looked at"""
LATEST: Final = "2026-11-28"
"""day of the newest examples that are held out"""
SECTION: Final = """
# Are refusals recognised?

A score learned from examples and patterns decide together (`harness/text/refusals.py`). **On {written} lines by another
author, written without sight of the patterns and never mended by: precision {precision:.3f}, recall {recall:.3f}**
({file_held}; half of them are look-alikes chosen to be hard). Asked for was .93 of both.

| language | lines | refusals | precision | recall |
| --- | --- | --- | --- | --- |
{fresh}

On {count} examples of our own (`validation/{file}`): refusals, and answers that look like them ("I don't know the exact
date, but it opened in 1990"). The first figures are of examples that the patterns were corrected by and the score was
trained on, so they are optimistic. The {held} held-out ones were used for neither, but have the same author: {earlier},
and {latest} of {day}, on which the patterns alone had precision .98 and recall .79: now {late_precision:.3f} and
{late_recall:.3f}. Chinese covers simplified and traditional characters. `judged_abstention` asks a language model
instead.

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
    fresh = written_apart()
    (precision, recall), (late_precision, late_recall) = map(precision_and_recall, (fresh, latest))
    return SECTION.format(
        written=len(fresh),
        file_held=f"`validation/{WRITTEN.name}/held_out.jsonl`",
        fresh="\n".join(_fresh_rows(fresh)),
        late_precision=late_precision,
        late_recall=late_recall,
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


def written_apart() -> list[dict[str, Any]]:
    """Return the examples that nothing was chosen by: `lang`, `refusal`, `text`. Nobody looks at them."""
    return [json.loads(line) for line in (WRITTEN / "held_out.jsonl").read_text(encoding="utf-8").splitlines()]


def _fresh_rows(examples: Sequence[Mapping[str, object]]) -> list[str]:
    of = {name: [one for one in examples if one["lang"] == code] for code, name in languages().items()}
    return [f"| {name} | {_cells(own)} |" for name, own in {**of, "all": examples}.items()]


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
