"""Prompts against each other: the same question with the same passages is the same prompt, whatever the arm."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import Shown, answered, every_record, named, shown, side_by_side
from harness.analysis.result import Note, act
from harness.analysis.selection import SelectedRecords
from harness.store.records.last_run import Refusal
from harness.text.written_forms import written_forms
from harness.types import Example, Prediction, Record

LOST_TOLERATED: Final = 0.1
"""share of answers with a passage that is not in the prompt word for word: control tokens in it are escaped"""
OWN_QUESTION: Final = "their own question"
LISTED_PASSAGE: Final = "a passage that is listed as shown"
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
    split = Counter[tuple[str, ...]]()
    first: dict[tuple[str, ...], str] = {}
    for example, answers in side_by_side(source):
        for hashes in _prompts(answers):
            if len(hashes) > 1:
                groups = tuple(named(arms) for arms in hashes.values())
                split[groups] += 1
                first.setdefault(groups, example.id)
    for groups, count in split.most_common(1):
        text = f"{' against '.join(groups)}: other prompts for the same question and the same passages"
        yield act(
            "Prompts",
            f"{text} ({count:,} times, first {first[groups]}). Something else than passages and adapter differs: code "
            f"or chat template changed between the runs, or the template writes the date. To compare them, {AGAIN}",
        )


def _prompts(answers: Sequence[tuple[str, int, Prediction]]) -> list[dict[str, list[str]]]:
    """Return, for each set of passages shown, the arms by the hash of their prompt."""
    prompts: dict[Shown, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for arm, _, one in answers:
        if one.prompt_sha256:
            arms = prompts[shown(one)][one.prompt_sha256]
            arms += [arm] if arm not in arms else []
    return list(prompts.values())


def _incomplete(arm: str, record: Record) -> Iterator[Note]:
    """Flag prompts that lack their own question, or passages that they are said to show."""
    asked = {example.id: _last_turn(example) for example in record.examples}
    lacking: dict[str, list[str]] = {OWN_QUESTION: [], LISTED_PASSAGE: []}
    of = Counter[str]()
    for one in answered(record).values():
        for what, texts in _expected(one, asked[one.example_id]):
            of[what] += 1
            prompt = _spaced("".join(one.prompt))
            lacking[what] += [] if all(_shows(prompt, text) for text in texts) else [one.example_id]
    for what, odd in lacking.items():
        if len(odd) > LOST_TOLERATED * of[what]:
            text = f"{arm}: {len(odd):,} of {of[what]:,} prompts lack {what} (first {odd[0]})"
            yield act("Prompts", f"{text}. Look at how the prompt is written, and {AGAIN}")


def _expected(prediction: Prediction, question: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield what a prompt that was kept should hold."""
    if prediction.prompt and not prediction.input_cut:
        yield OWN_QUESTION, [question]
    if prediction.prompt and prediction.passages:
        yield LISTED_PASSAGE, [passage.text for passage in prediction.passages]


def _last_turn(example: Example) -> str:
    return example.input if isinstance(example.input, str) else example.input[-1].content


def _shows(prompt: str, text: str) -> bool:
    """Whether a prompt holds a text, as it is or escaped by the template."""
    return any(_spaced(form) in prompt for form in written_forms(text))


def _spaced(text: str) -> str:
    return " ".join(text.split())
