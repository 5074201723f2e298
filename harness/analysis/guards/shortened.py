"""Inputs, passages and training rows that did not fit the context window: their shares, and what to set."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import named
from harness.analysis.result import Note, act
from harness.analysis.roles import Role, role_of
from harness.types import Prediction, Record, Turn

TOLERATED: Final = 0.01
"""share of cut inputs or unfit prompts up to which the count in the details is enough"""
ROWS_TOLERATED: Final = 0.05
"""the same of training rows: what an adapter learns hardly depends on a few of them"""
BARE_TOLERATED: Final = 0.1
"""share of prompts, or of training rows, without room for any of their passages, up to which there is no flag"""
UNFIT: Final = "the prompt needs"
"""how the error of a prediction begins whose prompt does not fit (`pipelines/prompts.py`)"""
LOST_PART: Final[Mapping[object, str]] = {True: "end", "start": "start", "middle": "middle"}

Flagged = tuple[str, str]
"""Topic and text."""


def shortening_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield what was cut or left out for the context window; arms with the same shares are named together."""
    arms: dict[Flagged, list[str]] = {}
    for arm, records in source.records.items():
        for one in (*_answers(records), *_training(records[0].facts.get("training", {}))):
            arms.setdefault(one, []).append(arm)
    for (topic, text), of in arms.items():
        yield act(topic, f"{named(of)}: {text}")


def _answers(records: Sequence[Record]) -> Iterator[Flagged]:
    predictions = [one for record in records for one in record.predictions]
    yield from _cut(predictions, records)
    yield from _unfit(predictions)
    yield from _bare(predictions, role_of(records[0]))


def _cut(predictions: Sequence[Prediction], records: Sequence[Record]) -> Iterator[Flagged]:
    cut = [one for one in predictions if one.input_cut]
    if len(cut) > TOLERATED * len(predictions):
        text = f"{_share(len(cut), len(predictions))} inputs did not fit the context window and lost"
        advice = (
            "task.cut says which part of a text goes (start, middle or end); a model with a longer window keeps all"
        )
        yield "Cut inputs", f"{text} {_lost(cut, records)}; what stands there was never read. {advice}"


def _unfit(predictions: Sequence[Prediction]) -> Iterator[Flagged]:
    unfit = [one for one in predictions if one.error.startswith(UNFIT)]
    if len(unfit) > TOLERATED * len(predictions):
        text = f"{_share(len(unfit), len(predictions))} inputs did not fit the context window, were not asked and count"
        yield "Long inputs", f"{text} as failed (first {unfit[0].example_id}); task.cut=start, middle or end cuts them"


def _bare(predictions: Sequence[Prediction], role: Role) -> Iterator[Flagged]:
    """Yield a flag where many prompts show no passage; where all do, another guard speaks."""
    bare = [one for one in predictions if one.passages_dropped and not one.passages and not one.error]
    if BARE_TOLERATED * len(predictions) < len(bare) < len(predictions):
        text = f"{_share(len(bare), len(predictions))} prompts had no room for any of the"
        yield "Passages left out", f"{text} {_advice(role)}a model with a longer window (model.max_context)"


def _advice(role: Role) -> str:
    """Return what found no room, and what helps: only passages that are searched for can be cut shorter."""
    if role.few_shot:
        return "pairs, which are shown whole; take "
    if role.whole_base:
        return "documents, which are shown whole beside the longest questions; leave the arm out, or take "
    return "passages found; lower retriever.chunking.max_tokens, or take "


def _lost(cut: Sequence[Prediction], records: Sequence[Record]) -> str:
    """Return what the cut inputs lost; of a conversation with one question, that is cut as a text is."""
    chats = {one.id for one in records[0].examples if not isinstance(one.input, str) and _asks_twice(one.input)}
    part = LOST_PART.get(records[0].spec.get("cell", {}).get("answers", {}).get("cut_long_input"), "end")
    kinds = {one.example_id in chats for one in cut}
    return " or ".join(["their oldest turns"] * (True in kinds) + [f"their {part}"] * (False in kinds))


def _asks_twice(turns: Sequence[Turn]) -> bool:
    return sum(turn.role == "user" for turn in turns) > 1


def _training(facts: Mapping[str, Any]) -> Iterator[Flagged]:
    """Yield what an adapter did not learn from, or saw in part; nothing of adapters that were not trained here."""
    rows, dropped = facts.get("rows", 0), facts.get("rows_dropped", 0)
    if dropped > ROWS_TOLERATED * (rows + dropped):
        text = f"{_share(dropped, rows + dropped)} training rows were longer than the context window and were left out"
        yield "Training rows", f"{text}; task.cut=start, middle or end shortens their inputs"
    if facts.get("inputs_cut", 0) > ROWS_TOLERATED * rows:
        yield "Training rows", f"{_share(facts['inputs_cut'], rows)} training rows have a shortened input (task.cut)"
    if facts.get("rows_bare", 0) > BARE_TOLERATED * rows:
        text = f"{_share(facts['rows_bare'], rows)} training rows had no room for any of their passages"
        yield "Training rows", f"{text}; lower retriever.k or retriever.chunking.max_tokens"


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.0f} %)"
