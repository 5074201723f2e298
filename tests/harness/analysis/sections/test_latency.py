"""Latency and stages under a scoreboard: percentiles by hand, sessions that do not mix, what spoils timings."""

from dataclasses import replace

import pytest

from harness.analysis.table import build
from harness.machine.measured import Resource, Span, TimedPass, TimedRequest, Timings
from tests.harness import records as making_records
from tests.harness.records import section

QUIET = {
    "cores": 4,
    "other_cores": 0.0,
    "before": {"load": 0.1, "gpu_processes": 0, "gpu": {}},
    "after": {"load": 0.9, "gpu_processes": 0, "gpu": {}},
    "left_out": [],
}


def spans(embed, prefill, decode, tokens):
    found = (Span("embed", embed),) if embed else ()
    return (*found, Span("prefill", prefill, tokens_in=50, tokens_out=1), Span("decode", decode, tokens_out=tokens))


def request(number, repeat=0, embed=0.0, slower=1.0, at=None):
    """Number n decodes 10 + n milliseconds for each of four tokens, after 20 ms of prefill; a tenth more is glue."""
    stages = spans(embed, 0.02, 4 * (0.010 + number / 1000) * slower, 4)
    total = sum(span.seconds for span in stages)
    at = 1000 * repeat + 37 * number % 101 if at is None else at  # no drift: slower requests stand anywhere
    return TimedRequest(f"e{number:03}", repeat, float(at), total / 0.99, stages)


def one_pass(count=101, embed=0.0, adapter="none", concurrency=1, repeats=1, **changes):
    requests = tuple(request(n, repeat, embed) for repeat in range(repeats) for n in range(count))
    return TimedPass(adapter, concurrency, sum(one.seconds for one in requests) / concurrency, requests, **changes)


def timings(*passes, session="one", **changes):
    settings = {"examples": 101, "repeats": 1, "warmup": 2, "concurrency": [1], "seed": 0}
    made = Timings(session, "2026-11-20T20:00:00+00:00", "cpu", "m", settings, QUIET, passes)
    return replace(made, **changes)


def record(arm, found, **changes):
    return replace(making_records.record(arm, [0.5] * 10), timings=found, **changes)


def table(*records):
    return build(list(records), resamples=300)


def row(found, arm, name="latency"):
    return {
        column.name: cell
        for column, cell in zip(
            section(found, name).columns, next(one for one in section(found, name).rows if one[0] == arm), strict=True
        )
    }


def topics(found, name="latency"):
    return [note.topic for note in section(found, name).notes if note.warning]


def test_percentiles_by_hand():
    """Totals are (20 + 4 (10 + n)) / 0.99 ms for n from 0 to 100, so the median is (20 + 4 × 60) / 0.99."""
    found = row(table(record("base", timings(one_pass()))), "base")
    assert found["p50, ms"].value == pytest.approx(260 / 0.99)
    assert found["p95, ms"].value == pytest.approx((20 + 4 * 105) / 0.99)
    assert found["p99, ms"].value == pytest.approx((20 + 4 * 109) / 0.99)
    assert found["next token p50, ms"].value == pytest.approx(60.0)
    assert found["p50, ms"].low < 260 / 0.99 < found["p50, ms"].high
    seconds = sum(0.02 + 4 * (0.01 + n / 1000) for n in range(101)) / 0.99
    assert found["requests/s"].value == pytest.approx(101 / seconds)
    assert found["tokens/s"].value == pytest.approx(5 * 101 / seconds)
    assert found["Δ vs base, ms"] is None


def test_the_first_token_waits_for_retrieval():
    requests = tuple(replace(request(n, embed=0.1), seconds=0.2 + 4 * 0.01) for n in range(3))
    fixed = tuple(replace(one, spans=spans(0.1, 0.02, 0.04, 4)) for one in requests)
    found = row(table(record("rag", timings(TimedPass("none", 1, 1.0, fixed)))), "rag")
    assert found["first token p50, ms"].value == pytest.approx(200.0)


def test_the_difference_to_base_is_paired():
    """Retrieval takes 100 ms whatever the request: unpaired, the interval would be as wide as the requests differ."""
    found = table(record("base", timings(one_pass())), record("rag", timings(one_pass(embed=0.1))))
    delta = row(found, "rag")["Δ vs base, ms"]
    assert delta.value == pytest.approx(100 / 0.99)
    assert (delta.low, delta.high) == pytest.approx((100 / 0.99, 100 / 0.99))
    assert delta.significant


def test_repeats_make_no_interval_narrower():
    once = row(table(record("base", timings(one_pass()))), "base")["p50, ms"]
    often = row(table(record("base", timings(one_pass(repeats=5)))), "base")["p50, ms"]
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.05)


def test_few_samples_give_no_p99_and_say_so():
    found = table(record("base", timings(one_pass(count=99))))
    assert row(found, "base")["p99, ms"] is None
    assert topics(found) == ["p99"]
    assert topics(table(record("base", timings(one_pass(count=100))))) == []


def test_repeats_make_no_p99():
    """50 examples asked three times are 50 examples."""
    found = table(record("base", timings(one_pass(count=50, repeats=3))))
    assert row(found, "base")["p99, ms"] is None
    assert topics(found) == ["p99"]


def test_tails_have_an_open_end_where_no_value_bounds_them():
    """Of 24 values the largest lies below the true p95 with 0.95^24 = 29 %; the 21st above it with 3 %."""
    found = row(table(record("base", timings(one_pass(count=24)))), "base")["p95, ms"]
    assert (found.low, found.high) == pytest.approx(((20 + 4 * 30) / 0.99, (20 + 4 * 33) / 0.99))
    assert found.open_high
    assert not row(table(record("base", timings(one_pass(count=101)))), "base")["p95, ms"].open_high


def test_several_at_once_have_no_interval_and_no_star():
    several = one_pass(concurrency=4), one_pass(embed=0.1, concurrency=4)
    found = table(record("base", timings(one_pass(), several[0])), record("rag", timings(one_pass(), several[1])))
    rows = [one for one in section(found, "latency").rows if one[2].value == 4]
    figures = [cell for one in rows for cell in one[3:] if cell is not None]
    assert {(cell.low, cell.high, cell.significant, cell.open_high) for cell in figures} == {(None, None, False, False)}
    assert rows[1][6].value == pytest.approx(100 / 0.99)
    notes = {note.topic: note.text for note in section(found, "latency").notes}
    assert "no interval and no *" in notes["Concurrent requests"]


def test_merged_and_several_at_once_are_rows_of_their_own():
    found = table(
        record("base", timings(one_pass(), one_pass(concurrency=4))),
        record("qlora", timings(one_pass(adapter="unmerged"), one_pass(adapter="merged"))),
    )
    assert [(*one[:2], one[2].value) for one in section(found, "latency").rows] == [
        ("base", "–", 1), ("base", "–", 4), ("qlora", "unmerged", 1), ("qlora", "merged", 1),
    ]  # fmt: skip
    assert len(section(found, "stages").rows) == 3


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"session": "two"}, "another pass"),
        ({"session": "two", "device": "cuda:H100"}, "timed on cuda:H100 and not on cpu"),
        ({"session": "two", "machine": "other"}, "another machine"),
        ({"device": "cuda:H100"}, "timed on cuda:H100"),
        ({"problem": "out of memory", "passes": ()}, "out of memory"),
    ],
)
def test_other_timings_are_refused_and_named(change, why):
    found = table(
        record("base", timings(one_pass())),
        record("rag", timings(one_pass())),
        record("qlora", timings(one_pass(), **change)),
    )
    assert [one[0] for one in section(found, "latency").rows] == ["base", "rag"]
    (note,) = [note for note in section(found, "latency").notes if note.topic == "Not timed"]
    assert note.warning
    assert why in note.text


def test_without_timings_there_is_no_grid():
    assert not {"latency", "stages"} & {one.name for one in table(record("base", None)).sections}


@pytest.mark.parametrize(
    ("conditions", "topic"),
    [
        ({"other_cores": 0.5}, "Busy machine"),
        ({"other_cores": None, "before": {"load": 3.0}}, "Busy machine"),
        ({"after": {"gpu_processes": 1}}, "Shared GPU"),
        ({"after": {"gpu": {"throttled": 64}}}, "Slowed GPU"),
        ({"before": {"gpu": {"sm_mhz": 1980}}, "after": {"gpu": {"sm_mhz": 1500}}}, "GPU clock"),
        ({"left_out": ["4 at once: not here"]}, "Concurrent requests"),
        ({"prompt_cache": "may be warm"}, "Warm cache"),
    ],
)
def test_what_spoils_timings_stands_beside_them(conditions, topic):
    found = timings(one_pass(), conditions={**QUIET, **conditions})
    assert topics(table(record("base", found))) == [topic]


def test_drift_is_seen_and_different_requests_are_none():
    steady = tuple(replace(request(n, repeat), at=float(101 * repeat + n)) for repeat in range(3) for n in range(101))
    drifting = tuple(replace(one, seconds=one.seconds * (1 + one.repeat / 5)) for one in steady)
    assert topics(table(record("base", timings(TimedPass("none", 1, 9.0, steady))))) == []
    assert topics(table(record("base", timings(TimedPass("none", 1, 9.0, drifting))))) == ["Drift"]


@pytest.mark.parametrize("repeats", [1, 3])
def test_drift_is_seen_however_often_examples_were_asked(repeats):
    """The last third of the pass is five times slower in every arm."""
    ordered = sorted(one_pass(count=24, repeats=repeats).requests, key=lambda one: one.at)
    slow = [
        replace(one, seconds=5 * one.seconds, spans=tuple(replace(it, seconds=5 * it.seconds) for it in one.spans))
        for one in ordered[-8 * repeats :]
    ]
    requests = (*ordered[: -8 * repeats], *slow)
    passes = [timings(TimedPass("none", 1, 9.0, requests)) for _ in range(2)]
    assert topics(table(record("base", passes[0]), record("rag", passes[1]))) == ["Drift", "p99"]


def test_drift_in_too_few_rounds_is_said_to_be_invisible():
    found = table(record("base", timings(one_pass(count=7))))
    assert "unknown" in next(n.text for n in section(found, "latency").notes if n.topic == "Drift")


def test_a_replay_is_told():
    found = table(record("base", timings(one_pass(), replayed=True)))
    assert "Replayed" in [note.topic for note in section(found, "latency").notes]


def test_more_at_once_that_answers_less_is_told():
    """As many requests take as long with four at once as alone, and twice as long with sixteen."""
    alone, four, sixteen = one_pass(), one_pass(concurrency=4), one_pass(concurrency=16)
    slow = replace(sixteen, seconds=2 * four.seconds)
    found = table(record("base", timings(alone, four, sixteen)), record("rag", timings(alone, four, slow)))
    assert topics(found) == ["No gain"]
    (text,) = [note.text for note in section(found, "latency").notes if note.topic == "No gain"]
    assert text.startswith("rag: ")
    assert "with 16 at once" in text
    assert "with 4:" in text
    assert "base" not in text


def test_repeats_that_were_left_out_are_told():
    found = timings(one_pass(), conditions={**QUIET, "repeats_wanted": 4})
    (text,) = [note.text for note in section(table(record("base", found)), "latency").notes if note.topic == "Measured"]
    assert "101 examples × 1 (not 4: no more requests than answers were scored; timing.per_answer)" in text


def test_requests_without_an_answer_count_in_no_percentile():
    whole = one_pass(count=102)
    broken = replace(whole, requests=(*whole.requests[:101], replace(whole.requests[101], error="gone", seconds=999.0)))
    found = table(record("base", timings(broken)))
    assert row(found, "base")["p50, ms"].value == pytest.approx(260 / 0.99)
    assert topics(found) == ["Errors"]


def test_stages_are_shares_of_the_whole():
    resources = (Resource("index", "k", 1.0, bytes=2_500_000), Resource("adapter", "a", 1.0, bytes=1_000_000))
    requests = tuple(TimedRequest(f"e{n}", 0, 0.0, 0.2, spans(0.05, 0.05, 0.096, 4)) for n in range(4))
    one = TimedPass("unmerged", 1, 0.8, requests, 3_000_000_000, None, 7_000_000, host_added_bytes=12_000_000)
    found = row(table(record("hybrid", timings(one), resources=resources)), "hybrid", "stages")
    shares = [found[f"{stage}, %"].value for stage in ("embed", "prefill", "decode")]
    assert shares == pytest.approx([25.0, 25.0, 48.0])
    assert found["all stages, %"].value == pytest.approx(98.0)
    sizes = [found[f"{what}, MB"].value for what in ("weights", "peak host", "added host", "index", "adapter")]
    assert sizes == pytest.approx([7.0, 3000.0, 12.0, 2.5, 1.0])
    assert (found["mean, ms"].value, found["peak GPU, MB"]) == (pytest.approx(200.0), None)
