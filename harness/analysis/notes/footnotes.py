"""What stands under a table: how to read it, what reproduces it, and what to know before believing it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.analysis.notes.fabrication import fabrication_notes
from harness.analysis.notes.judges import abstractive_warning, judge_notes
from harness.analysis.notes.languages import language_warnings
from harness.analysis.notes.style import style_notes, style_warnings
from harness.analysis.result import BASE, SIGNIFICANT, Column, Note, Row
from harness.analysis.selection import SelectedRecords
from harness.analysis.stats import bootstrap as stats
from harness.types import Record

CUT_OFF_TOLERATED: Final = 0.10
ERRORS_TOLERATED: Final = 0.10
ERROR_SHOWN: Final = 160
"""characters of an error's text"""
FEW_CLUSTERS: Final = 30
"""fewer independent groups of examples than this make a smoke test and no evidence"""
FINGERPRINT_SHOWN: Final = 12


def footnotes(
    chosen: SelectedRecords, unreadable: Sequence[str], columns: Sequence[Column], rows: Sequence[Row], resamples: int
) -> tuple[Note, ...]:
    """Return the notes of a table, warnings first.

    Reads these facts of the records where they are there: split, limit, quantisation, training, judges, style, leakage.
    """
    record = chosen.arms[rows[0].arm][0]
    notes = [
        *_missing(chosen),
        *_warnings(chosen, columns, rows, record),
        *(Note("Left out", line, warning=True) for line in (*chosen.left_out, *unreadable)),
        Note("Task", _task(record)),
        Note("Model", _model(record, rows)),
        Note("Reading", _reading(chosen, rows, record, resamples)),
        Note("Seeds", _seeds(rows)),
        *(Note(column.metric, _metric(column, place, rows)) for place, column in enumerate(columns)),
        Note(
            "Failed", "errors, empty answers and answers cut off at the token limit; they score a metric's worst value"
        ),
        Note("Abstained", "answers that decline; right if the example is unanswerable, wrong otherwise"),
        *fabrication_notes(chosen),
        Note("Context window", _context_window(rows)),
        *_training(chosen, rows),
        *judge_notes(chosen),
        *style_notes(chosen),
        Note("Leakage", _leakage(record.facts.get("leakage"))),
        Note("Fingerprints", _fingerprints(rows)),
    ]
    return tuple(notes)


def _warnings(
    chosen: SelectedRecords, columns: Sequence[Column], rows: Sequence[Row], record: Record
) -> Iterator[Note]:
    if BASE not in chosen.arms:
        yield Note("No base", "the base arm is missing, so there are no differences; add arm=base", warning=True)
    for row in rows:
        errors = _errors(chosen.arms[row.arm])
        if len(errors) > ERRORS_TOLERATED * row.answers:
            yield Note("Errors", _most_frequent(row, errors), warning=True)
        if row.cut_off > CUT_OFF_TOLERATED * row.answers:
            text = (
                f"{row.arm}: {_share(row.cut_off, row.answers)} of the answers were cut off; raise task.max_new_tokens"
            )
            yield Note("Cut off", text, warning=True)
    for place, column in enumerate(columns):
        for row in rows:
            if row.entries[place].mean is None and row.entries[place].unjudged:
                text = f"{row.arm}, {column.metric}: {row.entries[place].why}, so no mean is given"
                yield Note("Unjudged", text, warning=True)
    yield from abstractive_warning(chosen)
    yield from style_warnings(chosen)
    yield from language_warnings(chosen)
    clusters = _clusters(record)
    if clusters < FEW_CLUSTERS:
        single, several = (
            ("example", "examples") if clusters == len(record.examples) else ("group of examples", "groups of examples")
        )
        text = (
            f"only {clusters} independent {single if clusters == 1 else several}: this shows that things work, "
            "not which arm is better"
        )
        yield Note("Few examples", text, warning=True)


def _missing(chosen: SelectedRecords) -> Iterator[Note]:
    """Name every cell that failed: an arm without any number, or a seed that the others stand in for."""
    for one in chosen.refused:
        topic = "Missing seed" if one.cell.arm in chosen.arms else "Missing arm"
        yield Note(topic, f"{one.cell.arm}, seed {one.cell.seed}: {one.reason}", warning=True)


def _errors(records: Sequence[Record]) -> list[str]:
    return [one.error for record in records for one in record.predictions if one.finish == "error"]


def _most_frequent(row: Row, errors: Sequence[str]) -> str:
    ((error, count),) = Counter(" ".join(error.split()) for error in errors).most_common(1)
    text = error if len(error) <= ERROR_SHOWN else f"{error[:ERROR_SHOWN]}…"
    return (
        f"{row.arm}: {_share(len(errors), row.answers)} of the answers are errors, which score a metric's worst value; "
        f"{_count(count, 'time')}: {text or 'no reason given'}"
    )


def _task(record: Record) -> str:
    split = f"{record.facts['split']} split" if "split" in record.facts else "split not recorded"
    limit = record.facts.get("limit")
    limited = f"limited to {limit}" if limit is not None else "all of it"
    return f"{record.cell.task}, {split}, {_count(len(record.examples), 'example')} ({limited})"


def _model(record: Record, rows: Sequence[Row]) -> str:
    kinds = {row.quantisation or "quantisation not recorded" for row in rows}
    if len(kinds) == 1:
        return f"{record.cell.model}, {kinds.pop()}"
    return f"{record.cell.model}; " + ", ".join(f"{row.arm} {row.quantisation or 'not recorded'}" for row in rows)


def _reading(chosen: SelectedRecords, rows: Sequence[Row], record: Record, resamples: int) -> str:
    clusters, examples = _clusters(record), len(record.examples)
    what = "examples" if clusters == examples else f"the {clusters:,} groups of examples"
    text = f"in brackets 95 % intervals from {resamples:,} paired bootstrap resamples of {what}"
    compared = len(rows) - 1
    if BASE not in chosen.arms or not compared:
        return text
    over = f", Holm-adjusted over {compared} arms" if compared > 1 else ""
    return (
        f"{text}; Δ is the paired difference to base, with an asterisk where p < {SIGNIFICANT} "
        f"(sign-flip permutation test{over}) and the interval leaves out 0"
    )


def _seeds(rows: Sequence[Row]) -> str:
    several = [row for row in rows if len(row.seeds) > 1]
    if not several:
        return "one; how much another training seed would change is not in the intervals (seed=0,1,2 measures it)"
    counts = ", ".join(f"{row.arm} {len(row.seeds)}" for row in several)
    few = min(len(row.seeds) for row in several) < 3
    warned = "; two seeds show little of their luck: such intervals may cover only 91 %" if few else ""
    return (
        f"{counts}; an example's value is its mean over them, intervals hold the luck of the seeds (Student's t), "
        f"and p is the larger of the permutation test's and that of the interval{warned}"
    )


def _metric(column: Column, place: int, rows: Sequence[Row]) -> str:
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
        parts.append("means are over each arm's own examples, differences over those where both arms have a value")
    return "; ".join(parts)


def _context_window(rows: Sequence[Row]) -> str:
    parts = [
        f"{row.arm} {_count(row.passages_dropped, 'passage')} dropped, {_count(row.inputs_cut, 'input')} cut"
        for row in rows
        if row.passages_dropped or row.inputs_cut
    ]
    return "; ".join(parts) or "no passage dropped, no input cut"


def _training(chosen: SelectedRecords, rows: Sequence[Row]) -> Iterator[Note]:
    """Say what the adapters were trained on; arms that share one share the line."""
    lines: dict[str, list[str]] = {}
    for row in rows:
        facts = chosen.arms[row.arm][0].facts.get("training", {})
        if "rows" in facts:
            lines.setdefault(_trained(facts), []).append(row.arm)
    if lines:
        yield Note("Training", "; ".join(f"{', '.join(arms)} {line}" for line, arms in lines.items()))


def _trained(facts: Mapping[str, Any]) -> str:
    lost = facts["rows_dropped"] + facts["rows_without_reference"]
    left_out = f" ({lost:,} left out: no room in the context window, or no reference)" if lost else ""
    loss = dict(map(tuple, facts["validation_loss"])).get(facts["kept_step"])
    validated = "" if loss is None else f", validation loss {loss:.3f}"
    kept = f"step {facts['kept_step']:,} of {facts['steps']:,} kept{validated}"
    return f"{_count(facts['rows'], 'row')}{left_out}, {kept}"


def _leakage(audit: Mapping[str, Any] | None) -> str:
    if not audit:
        return "not audited"
    return (
        f"of {audit['test_examples']:,} test inputs {audit['exact']:,} equal a training input "
        f"and {audit['near']:,} more nearly do"
    )


def _fingerprints(rows: Sequence[Row]) -> str:
    return "; ".join(
        f"{row.arm} {', '.join(fingerprint[:FINGERPRINT_SHOWN] for fingerprint in row.fingerprints)}" for row in rows
    )


def _clusters(record: Record) -> int:
    return len(set(stats.clusters_of([example.group for example in record.examples]).tolist()))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"
