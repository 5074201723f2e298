"""Prompts against each other: the same question with the same passages is the same prompt, whatever the arm."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import Shown, answered, every_record, named, shown
from harness.analysis.result import Note, act
from harness.analysis.selection import SelectedRecords
from harness.store.records.last_run import Refusal
from harness.text.written_forms import written_forms
from harness.types import Example, Prediction, Record

LOST_TOLERATED: Final = 0.1
"""share of answers with a passage that is not in the prompt word for word: control tokens in it are escaped"""
AGAIN: Final = "run all arms again into an empty store (store=FOLDER)"


def prompt_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield what shows that prompts differ by more than the passages."""
    yield from _other_prompts(source)
    for arm, record in every_record(source):
        yield from _incomplete(arm, record)


def unread_passages(chosen: SelectedRecords) -> Iterator[Refusal]:
    """Yield the records whose prompts with passages are those of an arm that was shown none."""
    records = [record for group in chosen.arms.values() for record in group]
    bare: dict[tuple[str, str], str] = {}
    for record in records:
        for one in _hashed(record):
            if not one.passages:
                bare.setdefault((one.example_id, one.prompt_sha256), record.cell.arm)
    for record in records:
        same = [
            one.example_id for one in _hashed(record) if one.passages and (one.example_id, one.prompt_sha256) in bare
        ]
        if same:
            other = bare[same[0], next(one.prompt_sha256 for one in _hashed(record) if one.example_id == same[0])]
            text = f"{len(same)} of its prompts are those of {other}, which is shown no passages (first {same[0]})"
            advice = "its passages never reached the model: look at how the prompt is written, then run it again"
            yield Refusal(record.cell, f"{text}; {advice}", record.fingerprint, record.comparison)


def _hashed(record: Record) -> list[Prediction]:
    return [one for one in answered(record).values() if one.prompt_sha256]


def _other_prompts(source: ComparisonData) -> Iterator[Note]:
    prompts: dict[tuple[str, Shown], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for arm, record in every_record(source):
        for one in _hashed(record):
            arms = prompts[one.example_id, shown(one)][one.prompt_sha256]
            arms += [arm] if arm not in arms else []
    split = Counter[tuple[str, ...]]()
    first: dict[tuple[str, ...], str] = {}
    for (example_id, _), hashes in prompts.items():
        if len(hashes) > 1:
            groups = tuple(named(arms) for arms in hashes.values())
            split[groups] += 1
            first.setdefault(groups, example_id)
    for groups, count in split.most_common(1):
        text = f"{' against '.join(groups)}: other prompts for the same question and the same passages"
        yield act(
            "Prompts",
            f"{text} ({count:,} times, first {first[groups]}). Something else than passages and adapter differs: code "
            f"or chat template changed between the runs, or the template writes the date. To compare them, {AGAIN}",
        )


def _incomplete(arm: str, record: Record) -> Iterator[Note]:
    """Flag prompts that lack their own question, or passages that they are said to show."""
    asked = {example.id: _last_turn(example) for example in record.examples}
    kept = [one for one in answered(record).values() if one.prompt]
    texts = {one.example_id: _spaced("".join(one.prompt)) for one in kept}
    whole = [one.example_id for one in kept if not one.input_cut]
    shown_any = [one for one in kept if one.passages]
    other = [key for key in whole if not _shows(texts[key], asked[key])]
    lost = [
        one.example_id
        for one in shown_any
        if not all(_shows(texts[one.example_id], passage.text) for passage in one.passages)
    ]
    for what, odd, of in (("their own question", other, whole), ("a passage that is listed as shown", lost, shown_any)):
        if len(odd) > LOST_TOLERATED * len(of):
            text = f"{arm}: {len(odd):,} of {len(of):,} prompts lack {what} (first {odd[0]})"
            yield act("Prompts", f"{text}. Look at how the prompt is written, and {AGAIN}")


def _last_turn(example: Example) -> str:
    return example.input if isinstance(example.input, str) else example.input[-1].content


def _shows(prompt: str, text: str) -> bool:
    """Whether a prompt holds a text, as it is or escaped by the template."""
    return any(_spaced(form) in prompt for form in written_forms(text))


def _spaced(text: str) -> str:
    return " ".join(text.split())
