"""What is paid side by side was measured together; the rest is named and not paid."""

import dataclasses

import pytest

from harness.analysis.sections import comparable_usage as paid_together
from harness.analysis.sections.comparable_usage import comparable_usage
from harness.machine.measured import Span, TimedPass, TimedRequest, Timings
from harness.types import Example, Prediction
from tests.harness.records import build_record

L4 = "cuda:NVIDIA L4"
CALM = {"cores": 4, "other_cores": 0.0, "before": {"load": 0.1}, "after": {"load": 0.1}}


def spans(device):
    return (Span("prefill", 0.1, 50, 1, device), Span("decode", 0.2, 0, 9, device))


def timings(session="one", device="cpu", machine="m", **conditions):
    requests = tuple(TimedRequest(f"e{n}", 0, float(n), 0.3, spans(device)) for n in range(4))
    one = TimedPass("none", 1, 1.2, requests)
    return Timings(session, "2026-11-20T20:00:00+00:00", device, machine, {}, {**CALM, **conditions}, (one,))


def record(arm, timed=None, device="cpu", cores=4, seed=0):
    examples = tuple(Example(f"e{n}", "?", ("!",), ()) for n in range(4))
    return build_record(
        arm,
        seed,
        environment={"processor": {"name": "Xeon"}, "cores": cores},
        examples=examples,
        predictions=[Prediction(one.id, "x", (), spans(device), "stop") for one in examples],
        timings=timed,
    )


def paid(*records):
    found = comparable_usage({one.cell.arm: [one] for one in records})
    return {one.arm: one for one in found.used}, {note.topic: note.text for note in found.notes if note.warning}


def test_arms_of_one_session_are_paid_side_by_side():
    used, notes = paid(*(record(arm, timings()) for arm in ("base", "rag", "qlora")))
    assert all(one.single is not None and one.saturated is not None for one in used.values())
    assert notes == {}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (timings("two"), "in another pass"),
        (timings(machine="n"), "on another machine"),
        (timings(device=L4), f"on {L4} and not on cpu"),
    ],
)
def test_seconds_alone_of_another_session_are_not_paid_and_named(other, why):
    used, notes = paid(record("base", timings()), record("rag", other), record("qlora", timings()))
    assert used["rag"].single is None
    assert used["rag"].saturated is not None
    assert used["qlora"].single is not None
    assert "rag: timed" in notes["Not timed"]
    assert why in notes["Not timed"]


def test_answers_of_another_device_are_not_paid_beside_the_others():
    used, notes = paid(record("base", timings()), record("rag", timings(), device=L4), record("qlora", timings()))
    assert (used["rag"].single, used["rag"].saturated) == (None, None)
    assert used["base"].saturated is not None
    assert notes["Not compared"].startswith(f"rag: answered on {L4} and not on cpu")


def test_of_as_many_arms_on_two_devices_those_of_the_timing_pass_stay():
    used, _ = paid(record("base", device=L4), record("rag", timings()))
    assert (used["base"].saturated is None, used["rag"].saturated is None) == (True, False)


def test_another_machine_is_a_warning():
    _, notes = paid(record("base", timings()), record("rag", timings(), cores=64))
    assert notes["Other machine"].startswith("base on Xeon, 4 cores; rag on Xeon, 64 cores")


def test_another_machine_in_a_later_seed_is_a_warning_as_well():
    found = comparable_usage({"base": [record("base"), record("base", cores=64, seed=1)], "rag": [record("rag")]})
    (text,) = [note.text for note in found.notes if note.topic == "Other machine"]
    assert text.startswith("base, rag on Xeon, 4 cores; base on Xeon, 64 cores")


def test_what_spoilt_the_timings_stands_under_the_costs_as_well():
    _, notes = paid(*(record(arm, timings(other_cores=2.0)) for arm in ("base", "rag")))
    assert "other programs kept 2.0" in notes["Busy machine"]
    assert "p99" not in notes  # no percentile is paid


def test_what_went_on_beside_the_scored_pass_stands_under_the_costs(monkeypatch):
    busy = {**CALM, "other_cores": 2.0}
    seen = {"base": busy, "rag": {}, "qlora": busy}
    made = [record(arm, timings()) for arm in seen]
    facts = {id(own.facts): seen[own.cell.arm] for own in made}
    monkeypatch.setattr(paid_together, "scored_pass", lambda known: facts[id(known)])
    _, notes = paid(*made)
    assert notes["Busy machine"].startswith("answers in full batches, base, qlora: other programs kept 2.0 of 4 cores")


def test_a_second_seed_that_was_timed_in_another_session_is_no_sample_of_this_one():
    late = dataclasses.replace(timings("later"), passes=(dataclasses.replace(timings().passes[0], requests=()),))
    first, second = record("base", timings()), record("base", late, seed=1)
    (used,) = comparable_usage({"base": [first, second]}).used
    assert len(used.single.seconds) == 4
    assert len(used.saturated.seconds) == 8
