"""Timings as JSON lines of a record: one line per timed pass, and short rows for its requests."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.machine.measured import Span, TimedPass, TimedRequest, Timings
from harness.store.records.plain import fields_of, of_kind


def written(timings: Timings) -> Iterator[dict[str, Any]]:
    """Yield the head of the timings, then a line per pass."""
    yield {"kind": "timings", **fields_of(timings, leave_out=("passes",))}
    for timed in timings.passes:
        requests = [_row(request) for request in timed.requests]
        yield {"kind": "timed_pass", **fields_of(timed, leave_out=("requests",)), "requests": requests}


def read(lines: Sequence[Mapping[str, Any]]) -> Timings | None:
    """Return what `written` was given, found among the lines of a record; None for a record without timings."""
    passes = tuple(_pass(line) for line in of_kind(lines, "timed_pass"))
    return next((Timings(**head, passes=passes) for head in of_kind(lines, "timings")), None)


def _row(request: TimedRequest) -> list[Any]:
    """Return [example id, repeat, at, seconds, spans], and the error if there is one."""
    spans = [list(fields_of(span).values()) for span in request.spans]
    row = list({**fields_of(request), "spans": spans}.values())
    return row if request.error else row[:-1]


def _pass(line: Mapping[str, Any]) -> TimedPass:
    return TimedPass(**{**line, "requests": tuple(_request(row) for row in line["requests"])})


def _request(row: Sequence[Any]) -> TimedRequest:
    example_id, repeat, at, seconds, spans, *error = row
    return TimedRequest(example_id, repeat, at, seconds, tuple(Span(*span) for span in spans), *error)
