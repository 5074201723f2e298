"""How long an answer takes: first token, each further one, all of it; and how many fit into a second."""

from collections.abc import Iterator
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import BASE, Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.percentiles import FEW_FOR_P99, difference, percentile, tail, values
from harness.analysis.sections.stages import stage_section
from harness.analysis.sections.timing_session import USED, Timed, TimedRow, timed
from harness.analysis.sections.timing_warnings import timing_warnings
from harness.types import TimedRequest

COLUMNS: Final = (
    SectionColumn("arm"),
    SectionColumn("adapter"),
    SectionColumn("at once", "requests", decimals=0),
    SectionColumn("first token p50, ms", "ms", decimals=1),
    SectionColumn("next token p50, ms", "ms", decimals=2),
    SectionColumn("p50, ms", "ms", decimals=1),
    SectionColumn("Δ vs base, ms", "ms", decimals=1),
    SectionColumn("p95, ms", "ms", decimals=1),
    SectionColumn("p99, ms", "ms", decimals=1),
    SectionColumn("tokens/s", "tokens per second", decimals=1),
    SectionColumn("requests/s", "requests per second", decimals=2),
)


def latency_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield latency and its stages, where arms were timed."""
    found = timed({arm: source.chosen.arms[arm] for arm in source.arms})
    if found is not None:
        yield Section(
            name="latency",
            title=f"Latency per request on {found.timings.device}",
            columns=COLUMNS,
            rows=tuple(_row(row, _base(found, row), source.resamples) for row in found.rows),
            notes=(*timing_warnings(found), *_notes(found)),
        )
        yield stage_section(found)


def _base(found: Timed, row: TimedRow) -> TimedRow | None:
    """Return base with as many requests at once, if this is another arm."""
    same = [one for one in found.rows if one.arm == BASE and one.one.concurrency == row.one.concurrency]
    return same[0] if same and row.arm != BASE else None


def _row(row: TimedRow, base: TimedRow | None, resamples: int) -> tuple[SectionCell, ...]:
    whole = values(row.answered, total)
    found = (
        percentile(values(row.answered, first_token), 50, resamples),
        percentile(values(row.answered, next_token), 50, resamples),
        percentile(whole, 50, resamples),
        None if base is None else difference(whole, values(base.answered, total), 50, resamples),
        tail(whole, 95),
        tail(whole, 99) if len(whole) >= FEW_FOR_P99 else None,
    )
    return (
        row.arm,
        USED[row.one.adapter],
        Figure(row.one.concurrency),
        *(found if row.one.concurrency == 1 else map(_bare, found)),
        Figure(_tokens(row) / row.one.seconds) if row.one.seconds and _tokens(row) else None,
        Figure(len(row.answered) / row.one.seconds) if row.one.seconds else None,
    )


def _bare(figure: Figure | None) -> Figure | None:
    """Return the figure without interval and star: requests under way together wait for each other: no samples."""
    return None if figure is None else Figure(figure.value, n=figure.n)


def total(request: TimedRequest) -> float:
    """Return seconds from the request to its end."""
    return request.seconds


def first_token(request: TimedRequest) -> float | None:
    """Return seconds until the first token was there; None where a server did not stream."""
    stages = {span.stage for span in request.spans}
    if "prefill" not in stages:
        return None
    return request.seconds - sum(span.seconds for span in request.spans if span.stage == "decode")


def next_token(request: TimedRequest) -> float | None:
    """Return seconds per further token; None for answers of one token, and where a server did not stream."""
    decoded = [span for span in request.spans if span.stage == "decode"]
    tokens = sum(span.tokens_out for span in decoded)
    if not tokens or all(span.stage != "prefill" for span in request.spans):
        return None
    return sum(span.seconds for span in decoded) / tokens


def _tokens(row: TimedRow) -> int:
    return sum(span.tokens_out for request in row.answered for span in request.spans)


def _notes(found: Timed) -> Iterator[Note]:
    settings, conditions = found.timings.settings, found.timings.conditions
    alone = found.alone()
    examples = len({request.example_id for request in alone[0].answered}) if alone else 0
    wanted = conditions.get("repeats_wanted")
    fewer = f" (not {wanted}: no more requests than answers were scored; timing.per_answer)" if wanted else ""
    beside = "" if len(found.rows) == len(alone) else " (rows of several at once: not in turn, see At once)"
    yield Note(
        "Measured",
        f"{found.timings.measured_at}, {examples} examples × {settings.get('repeats')}{fewer}, after "
        f"{settings.get('warmup')} "
        f"warm-up requests per arm, one at a time with the arms in turn{beside}; {conditions.get('cores')} CPU cores",
    )
    yield Note(
        "Reading",
        "from the request to its end, retrieval included; p50, p95, p99 over examples, of each the median of its "
        "repeats; in brackets 95 % intervals: of p50 and Δ from a bootstrap over examples, of p95 and p99 from order "
        "statistics (> where so few examples give no upper end); * where the interval of Δ leaves 0 out; nothing comes "
        "from a cache",
    )
    if any(row.one.adapter == "unmerged" for row in alone):
        merged = any(row.one.adapter == "merged" for row in alone)
        why = "" if merged else "; merged rows need an unquantised base (model.quantisation=none)"
        yield Note("Adapter", f"beside: its matrices run next to the base's; merged: added into the weights{why}")
    if len(found.rows) > len(alone):
        asked = {row.one.concurrency: len(row.one.requests) for row in found.rows if row.one.concurrency > 1}
        counts = ", ".join(f"{many} requests at {level}" for level, many in sorted(asked.items()))
        yield Note(
            "At once",
            "so many requests under way; passages are fetched beforehand, one request after another, and count in full"
            f"; {counts}: every place is taken at least twice. One burst per arm, one arm after the other: requests "
            "under way together wait for each other and drift is not shared, so there is no interval and no *",
        )
