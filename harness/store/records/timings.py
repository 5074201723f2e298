"""Timings and resources as JSON lines of a record: one line per timed pass, and short rows for its requests."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.types import Resource, Span, TimedPass, TimedRequest, Timings

Line = dict[str, Any]


def written(timings: Timings) -> Iterator[Line]:
    """Yield the head of the timings, then a line per pass."""
    yield {"kind": "timings", **_without(timings, "passes")}
    for timed in timings.passes:
        requests = [_row(request) for request in timed.requests]
        yield {"kind": "timed_pass", **_without(timed, "requests"), "requests": requests}


def read(heads: Sequence[Mapping[str, Any]], passes: Sequence[Mapping[str, Any]]) -> Timings | None:
    """Return what `written` was given; None for a record without timings."""
    if not heads:
        return None
    return Timings(**heads[0], passes=tuple(_pass(line) for line in passes))


def resources(lines: Sequence[Mapping[str, Any]]) -> tuple[Resource, ...]:
    """Return resources from their fields."""
    return tuple(Resource(**line) for line in lines)


def _without(value: Timings | TimedPass, left_out: str) -> Line:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.name != left_out}


def _row(request: TimedRequest) -> list[Any]:
    """Return [example id, repeat, at, seconds, spans], and the error if there is one."""
    row = [request.example_id, request.repeat, request.at, request.seconds, [_span(span) for span in request.spans]]
    return [*row, request.error] if request.error else row


def _span(span: Span) -> list[Any]:
    return [getattr(span, field.name) for field in dataclasses.fields(span)]


def _pass(line: Mapping[str, Any]) -> TimedPass:
    return TimedPass(**{**line, "requests": tuple(_request(row) for row in line["requests"])})


def _request(row: Sequence[Any]) -> TimedRequest:
    example_id, repeat, at, seconds, spans, *error = row
    return TimedRequest(example_id, repeat, at, seconds, tuple(Span(*span) for span in spans), *error)
