"""The notes of a table: warnings, how to read it, what reproduces it. scoreboard_footnotes.py has the first page's."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.analysis.ceilings import ceiling_notes
from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.registry import flags
from harness.analysis.notes.audit_notes import audit_flags, audit_summary
from harness.analysis.notes.evaluation import (
    abstractive_warning,
    claimless_notes,
    evidence_notes,
    judge_notes,
    language_warnings,
    style_notes,
    style_warnings,
)
from harness.analysis.notes.failed_answers import failure_warnings
from harness.analysis.notes.halved import halved_batches
from harness.analysis.notes.retrieval_cautions import retrieval_cautions
from harness.analysis.notes.said_by_values import said_by_values
from harness.analysis.notes.shared_passages import shared_passages
from harness.analysis.notes.shown_to_all import shown_to_all
from harness.analysis.result import SIGNIFICANT, Column, Note, TableRow, act, by_level, warning
from harness.analysis.selection import SelectedRecords
from harness.tasks.data import FEW, FEW_SHOW
from harness.types import Record

FINGERPRINT_SHOWN: Final = 12


def table_notes(source: ComparisonData, unreadable: Sequence[str], rows: Sequence[TableRow]) -> tuple[Note, ...]:
    """Return the notes of a table: what must be acted on first, then warnings.

    Reads these facts of the records if present: split, limit, quantisation, training, judges, style, leakage, audits,
    halved_batches, shared_passages.
    """
    chosen, columns = source.chosen, source.columns
    record = chosen.arms[rows[0].arm][0]
    notes = [
        *_missing(chosen),
        *(act("Left out", line) for line in unreadable),
        *audit_flags(chosen),
        *flags(source),
        *_warnings(source, rows),
        *(warning("Left out", line) for line in (*by_reason(chosen.unrunnable), *chosen.left_out)),
        Note("Task", _task(record)),
        *(Note("Data", line) for line in (record.facts.get("provenance") or {}).get("remarks", ())),
        Note("Model", _model(record, rows)),
        Note("Reading", _reading(source)),
        Note("Seeds", _seeds(rows)),
        *(Note(column.metric, _metric(column, place, rows)) for place, column in enumerate(columns)),
        Note("Failed", _failed(source)),
        Note("Abstained", "refusals to answer; right if the example is unanswerable, wrong otherwise"),
        *evidence_notes(chosen),
        *claimless_notes(chosen),
        Note("Context window", _context_window(rows)),
        *halved_batches(chosen),
        *shared_passages(chosen),
        *retrieval_cautions(source),
        *shown_to_all(source),
        *said_by_values(source),
        *_training(chosen, rows),
        *judge_notes(chosen),
        *ceiling_notes(chosen, columns),
        *style_notes(chosen),
        Note("Leakage", _leakage(record.facts.get("leakage"))),
        audit_summary(chosen),
        Note("Fingerprints", _fingerprints(rows)),
    ]
    return by_level(notes)


def act_notes(source: ComparisonData, rows: Sequence[TableRow]) -> tuple[Note, ...]:
    """Return the notes of a table that must be acted on, each once; `rows` need no entries."""
    notes = (*_missing(source.chosen), *audit_flags(source.chosen), *flags(source), *failure_warnings(source, rows))
    return tuple(dict.fromkeys(note for note in notes if note.level == "act"))


def _warnings(source: ComparisonData, rows: Sequence[TableRow]) -> Iterator[Note]:
    if source.base is None:
        yield warning("No base", "no arm without retriever and adapter, so there are no differences; add arm=base")
    yield from failure_warnings(source, rows)
    for place, column in enumerate(source.columns):
        for row in rows:
            if row.entries[place].mean is None and row.entries[place].unjudged:
                yield warning("Unjudged", f"{row.arm}, {column.metric}: {row.entries[place].why}, so no mean is given")
    for warn in (abstractive_warning, style_warnings, language_warnings, _few_rows):
        yield from warn(source.chosen)
    if not source.decides:
        noun = "example" if source.independent == len(source.examples) else "group"
        few = f"only {_count(source.independent, f'independent {noun}')}"
        yield warning("Few examples", f"{few}. This run shows that things work, not which arm is better")


def _failed(source: ComparisonData) -> str:
    """Return what counts as failed; loops are named where there are any."""
    finishes = {one.finish for records in source.records.values() for record in records for one in record.predictions}
    ends = "at the token limit or in a repetition that did not end" if "loop" in finishes else "at the token limit"
    return f"errors, empty answers and answers cut off {ends}; they get a metric's worst value"


def _few_rows(chosen: SelectedRecords) -> Iterator[Note]:
    """Warn where adapters learnt from a handful of rows."""
    trained = [record.facts.get("training", {}).get("rows") for own in chosen.arms.values() for record in own]
    fewest = min((rows for rows in trained if rows is not None), default=FEW)
    if fewest < FEW:
        yield warning("Few training rows", f"adapters learnt from {fewest}: {FEW_SHOW}")


def _missing(chosen: SelectedRecords) -> Iterator[Note]:
    """Name every cell that failed: a whole arm, or one of its seeds."""
    for one in chosen.refused:
        topic = "Missing seed" if one.cell.arm in chosen.arms else "Missing arm"
        yield act(topic, f"{one.cell.arm}, seed {one.cell.seed}: {one.reason}")


def by_reason(arms: Mapping[str, str]) -> Iterator[str]:
    """Yield a line per reason with all arms that it is true of."""
    for reason in dict.fromkeys(arms.values()):
        yield f"{', '.join(arm for arm, why in arms.items() if why == reason)}: {reason}"


def _task(record: Record) -> str:
    split = f"{record.facts['split']} split" if "split" in record.facts else "split not recorded"
    limit = record.facts.get("limit")
    limited = f"limited to {limit}" if limit is not None else "all of it"
    return f"{record.cell.task}, {split}, {_count(len(record.examples), 'example')} ({limited})"


def _model(record: Record, rows: Sequence[TableRow]) -> str:
    kinds = {row.quantisation or "quantisation not recorded" for row in rows}
    if len(kinds) == 1:
        return f"{record.cell.model}, {kinds.pop()}"
    return f"{record.cell.model}; " + ", ".join(f"{row.arm} {row.quantisation or 'not recorded'}" for row in rows)


def _reading(source: ComparisonData) -> str:
    clusters, compared = source.independent, len(source.arms) - 1
    what = "examples" if clusters == len(source.examples) else f"the {clusters:,} groups of examples"
    text = f"in brackets 95 % intervals from {source.resamples:,} paired bootstrap resamples of {what}"
    if source.base is None or not compared:
        return text
    over = f", Holm-adjusted over {compared} arms" if compared > 1 else ""
    return (
        f"{text}; Δ: paired difference to {source.base}, * where p < {SIGNIFICANT} (sign-flip permutation test{over}) "
        "and the interval excludes 0"
    )


def _seeds(rows: Sequence[TableRow]) -> str:
    several = [row for row in rows if len(row.seeds) > 1]
    if not several:
        return "one; the intervals do not include the seed variance (seed=0,1,2 measures it)"
    counts = ", ".join(f"{row.arm} {len(row.seeds)}" for row in several)
    few = min(len(row.seeds) for row in several) < 3
    doubt = ". Two seeds say little about their variance: such intervals may cover only 91 %" if few else ""
    return (
        f"{counts}; an example's value is its mean over seeds, intervals include the seed variance (Student's t); p is "
        f"the larger of that of the permutation test and that of the interval{doubt}"
    )


def _metric(column: Column, place: int, rows: Sequence[TableRow]) -> str:
    direction = {True: "higher is better", False: "lower is better", None: "neither high nor low is better"}
    parts = [column.unit, direction[column.higher_is_better]]
    for why in dict.fromkeys(row.entries[place].why for row in rows if row.entries[place].why):
        arms = ", ".join(row.arm for row in rows if row.entries[place].why == why)
        parts.append(f"no value for {arms}: {why}")
    partial = [row for row in rows if 0 < row.entries[place].n < row.n]
    for n in dict.fromkeys(row.entries[place].n for row in partial):
        arms = ", ".join(row.arm for row in partial if row.entries[place].n == n)
        parts.append(f"{n:,} of {partial[0].n:,} examples have a value ({arms})")
    if len({row.entries[place].n for row in rows if row.entries[place].n}) > 1:
        parts.append("means are over an arm's own examples, differences over those where both arms have a value")
    return "; ".join(parts)


def _context_window(rows: Sequence[TableRow]) -> str:
    parts = [
        f"{row.arm} {_count(row.passages_dropped, 'passage')} dropped, {_count(row.inputs_cut, 'input')} cut"
        for row in rows
        if row.passages_dropped or row.inputs_cut
    ]
    return "; ".join(parts) or "no passage dropped, no input cut"


def _training(chosen: SelectedRecords, rows: Sequence[TableRow]) -> Iterator[Note]:
    """Yield what the adapters were trained on, once for all arms that share one."""
    lines: dict[str, list[str]] = {}
    for row in rows:
        facts = chosen.arms[row.arm][0].facts.get("training", {})
        if "rows" in facts or "brought" in facts:
            lines.setdefault(_trained(facts), []).append(row.arm)
    if lines:
        yield Note("Training", "; ".join(f"{', '.join(arms)} {line}" for line, arms in lines.items()))


def _trained(facts: Mapping[str, Any]) -> str:
    if brought := facts.get("brought"):
        return (
            f"brought from {brought['from']} (rank {brought['rank']}, trained on {brought['base'] or 'no named base'})"
        )
    lost = facts["rows_dropped"] + facts["rows_without_reference"]
    left_out = f" ({lost:,} left out: longer than the context window, or without reference)" if lost else ""
    loss = dict(map(tuple, facts["validation_loss"])).get(facts["kept_step"])
    validated = "" if loss is None else f", validation loss {loss:.3f}"
    kept = f"step {facts['kept_step']:,} of {facts['steps']:,} kept{validated}"
    return f"{_count(facts['rows'], 'row')}{left_out}, {kept}"


def _leakage(audit: Mapping[str, Any] | None) -> str:
    if not audit:
        return "not audited"
    counts = (
        f"of {audit['test_examples']:,} test inputs {audit['exact']:,} equal a training input and {audit['near']:,} "
        "are near duplicates of one"
    )
    return "; ".join((counts, *audit.get("said", ())))


def _fingerprints(rows: Sequence[TableRow]) -> str:
    return "; ".join(
        f"{row.arm} {', '.join(fingerprint[:FINGERPRINT_SHOWN] for fingerprint in row.fingerprints)}" for row in rows
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
