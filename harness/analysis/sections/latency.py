"""Latency and throughput: first token, next token, whole request; tokens and requests per second."""

from collections.abc import Iterator
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.percentiles import FEW_FOR_P99, difference, percentile, tail, values
from harness.analysis.sections.stages import stage_section
from harness.analysis.sections.timing_session import USED, TimedRow, TimingSession, timing_session
from harness.analysis.sections.timing_warnings import timing_warnings
from harness.machine.measured import TimedRequest

BEFORE_DELTA: Final = (
    SectionColumn("arm"),
    SectionColumn("adapter"),
    SectionColumn("at once", "requests", decimals=0),
    SectionColumn("first token p50, ms", "ms", decimals=1),
    SectionColumn("next token p50, ms", "ms", decimals=2),
    SectionColumn("p50, ms", "ms", decimals=1),
)
AFTER_DELTA: Final = (
    SectionColumn("p95, ms", "ms", decimals=1),
    SectionColumn("p99, ms", "ms", decimals=1),
    SectionColumn("tokens/s", "tokens per second", decimals=1),
    SectionColumn("requests/s", "requests per second", decimals=2),
)


def latency_sections(source: ComparisonData) -> Iterator[Section]:
    """Yield latency and its stages, where arms were timed."""
    session = timing_session(source.records)
    if session is not None:
        delta = SectionColumn(f"Δ vs {source.base or 'base'}, ms", "ms", decimals=1)
        yield Section(
            name="latency",
            title=f"Latency per request on {session.timings.device}",
            columns=(*BEFORE_DELTA, delta, *AFTER_DELTA),
            rows=tuple(_row(row, _base(session, row, source.base), source.resamples) for row in session.rows),
            notes=(*timing_warnings(session), *_notes(session)),
        )
        yield stage_section(session)


def _base(session: TimingSession, row: TimedRow, base: str | None) -> TimedRow | None:
    """Return the base with as many requests at once, if this is another arm."""
    same = [one for one in session.rows if one.arm == base and one.run.concurrency == row.run.concurrency]
    return same[0] if same and row.arm != base else None


def _row(row: TimedRow, base: TimedRow | None, resamples: int) -> tuple[SectionCell, ...]:
    whole = values(row.answered, total)
    times = (
        percentile(values(row.answered, first_token), 50, resamples),
        percentile(values(row.answered, next_token), 50, resamples),
        percentile(whole, 50, resamples),
        None if base is None else difference(whole, values(base.answered, total), 50, resamples),
        tail(whole, 95),
        tail(whole, 99) if len(whole) >= FEW_FOR_P99 else None,
    )
    return (
        row.arm,
        USED[row.run.adapter],
        Figure(row.run.concurrency),
        *(times if row.run.concurrency == 1 else map(_bare, times)),
        Figure(_tokens(row) / row.run.seconds) if row.run.seconds and _tokens(row) else None,
        Figure(len(row.answered) / row.run.seconds) if row.run.seconds else None,
    )


def _bare(figure: Figure | None) -> Figure | None:
    """Return the figure without interval and star: concurrent requests wait for each other and are not independent."""
    return None if figure is None else Figure(figure.value, n=figure.n)


def total(request: TimedRequest) -> float:
    """Return seconds from the request to its end."""
    return request.seconds


def first_token(request: TimedRequest) -> float | None:
    """Return seconds until the first token; None where a server did not stream."""
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


def _notes(session: TimingSession) -> Iterator[Note]:
    alone = session.alone()
    yield Note("Measured", _measured(session))
    yield Note(
        "Reading",
        "from the request to its end, retrieval included; percentiles over examples, of each the median of its "
        "repeats. In brackets 95 % intervals: p50 and Δ from a bootstrap over examples, p95 and p99 from order "
        "statistics (> where there are too few examples for an upper end); * where the interval of Δ excludes 0",
    )
    if any(row.run.adapter == "unmerged" for row in alone):
        merged = any(row.run.adapter == "merged" for row in alone)
        why = "" if merged else ". For merged rows use an unquantised base (model.quantisation=none)"
        yield Note("Adapter", f"unmerged: its matrices run next to the base's; merged: added into the weights{why}")
    if len(session.rows) > len(alone):
        yield Note("Concurrent requests", _concurrent(session))


def _measured(session: TimingSession) -> str:
    settings, conditions = session.timings.settings, session.timings.conditions
    alone = session.alone()
    examples = len({request.example_id for request in alone[0].answered}) if alone else 0
    wanted = conditions.get("repeats_wanted")
    fewer = f" (not {wanted}: no more requests than answers were scored; timing.per_answer)" if wanted else ""
    return (
        f"{session.timings.measured_at}, {examples} examples × {settings.get('repeats')}{fewer}, after "
        f"{settings.get('warmup')} warm-up requests per arm, one at a time with the arms in turn, without a "
        f"cache; {conditions.get('cores')} CPU cores"
    )


def _concurrent(session: TimingSession) -> str:
    asked = {row.run.concurrency: len(row.run.requests) for row in session.rows if row.run.concurrency > 1}
    counts = ", ".join(f"{many} requests at {level}" for level, many in sorted(asked.items()))
    return (
        f"at once: number of requests under way ({counts}). Passages are fetched before, one request after another, "
        "and count in full. Each arm ran one burst of its own and its requests wait for each other, so there is no "
        "interval and no *"
    )
