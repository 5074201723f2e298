import numpy as np
import pytest

from harness.errors import ArmError
from harness.machine.memory import CLEAR, Peak
from harness.runner.timing.session import Session, drawn, rounds
from harness.runner.timing.settings import Timing
from harness.types import Example
from tests.harness.runner.timing.fake_arm import STAGES, SlowArm, VirtualClock

EXAMPLES = [Example(f"e{at}", "why?", ("so",), ()) for at in range(40)]


def timing(**changes):
    return Timing(
        **{"examples": 40, "repeats": 1, "warmup": 0, "concurrency": (1,), "per_answer": 1.0, "seed": 0} | changes
    )


@pytest.fixture
def clock():
    return VirtualClock()


def slow_arm(clock, delays=None, **options):
    return SlowArm(delays or known(), clock.work, clock.read, **options)


def session(clock, arms, examples, progress=lambda: None, **changes):
    return Session(arms, examples, timing(**changes), progress, clock.read)


def known(slow="decode"):
    """Delays per stage: request number n takes n hundredths longer in one stage."""
    return lambda example_id: {stage: 0.01 + (stage == slow) * int(example_id[1:]) / 100 for stage in STAGES}


def test_known_delays_are_measured_exactly(clock):
    arm = slow_arm(clock)
    (one,) = session(clock, {"base": arm}, EXAMPLES).run()["base"]
    truth = [0.05 + at / 100 for at in range(40)]
    measured = [request.seconds for request in one.requests]
    for q in (50, 95):
        assert np.percentile(measured, q) == pytest.approx(np.percentile(truth, q))
    assert one.seconds == pytest.approx(sum(truth))


@pytest.mark.parametrize("slow", STAGES)
def test_a_slow_span_is_found_in_its_own_stage(clock, slow):
    (one,) = session(clock, {"base": slow_arm(clock, known(slow))}, EXAMPLES).run()["base"]
    spans = {span.stage: span.seconds for span in one.requests[7].spans}
    assert spans == pytest.approx({stage: 0.08 if stage == slow else 0.01 for stage in STAGES})


def test_real_sleeps_are_never_measured_too_short():
    """A busy machine makes them longer, by as much as it likes; so only the order of the times is certain."""
    arm = SlowArm(lambda example_id: dict.fromkeys(STAGES, 0.001))
    (one,) = Session({"base": arm}, EXAMPLES[:3], timing(examples=3, warmup=2)).run()["base"]
    for request, slept in zip(one.requests, arm.slept[2:], strict=True):
        assert request.seconds >= slept == sum(span.seconds for span in request.spans)


def test_switching_arms_is_no_part_of_any_time(clock):
    arms = {name: slow_arm(clock, switch_seconds=5.0) for name in ("base", "qlora")}
    found = session(clock, arms, EXAMPLES[:3]).run()
    assert [request.seconds for request in found["qlora"][0].requests] == pytest.approx([0.05, 0.06, 0.07])


def test_the_arms_take_turns_and_each_is_first_as_often():
    order = [variant for _, _, variant in rounds(EXAMPLES[:6], ["base", "rag", "qlora"], 2)]
    assert [sorted(order[at : at + 3]) for at in range(0, 36, 3)] == [["base", "qlora", "rag"]] * 12
    first = order[::3]
    assert [first.count(name) for name in ("base", "rag", "qlora")] == [4, 4, 4]


def test_warm_up_is_not_kept(clock):
    arm = slow_arm(clock)
    (one,) = session(clock, {"base": arm}, EXAMPLES[:5], warmup=3).run()["base"]
    assert (len(arm.slept), len(one.requests)) == (8, 5)


def test_an_arm_that_fails_loses_its_timings_and_no_other_does(clock):
    arms = {"base": slow_arm(clock), "rag": slow_arm(clock, fails_on="e2")}
    made = session(clock, arms, EXAMPLES[:4])
    found = made.run()
    assert (len(found["base"][0].requests), found["rag"]) == (4, ())
    assert made.problems == {"rag": "ZeroDivisionError: oops"}
    assert [arm.released for arm in arms.values()] == [1, 1]


def test_merged_and_unmerged_are_two_passes(clock):
    arm = slow_arm(clock, uses=("unmerged", "merged"))
    found = session(clock, {"qlora": arm}, EXAMPLES[:2]).run()["qlora"]
    assert [(one.adapter, len(one.requests)) for one in found] == [("unmerged", 2), ("merged", 2)]


def test_several_at_once_are_a_pass_of_their_own(clock):
    arm = slow_arm(clock)
    found = session(clock, {"base": arm}, EXAMPLES[:2], concurrency=(4, 1), repeats=5).run()["base"]
    assert [(one.concurrency, one.seconds, len(one.requests)) for one in found][1] == (4, 5.0, 10)
    assert [request.repeat for request in found[1].requests] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_several_at_once_are_asked_until_all_places_are_taken(clock):
    arm = slow_arm(clock)
    found = session(clock, {"base": arm}, EXAMPLES[:3], concurrency=(1, 2, 16)).run()["base"]
    assert [(one.concurrency, len(one.requests)) for one in found] == [(1, 3), (2, 6), (16, 33)]


@pytest.mark.parametrize(
    ("scored", "per_answer", "repeats"),
    [(300, 1.0, 4), (128, 1.0, 4), (127, 1.0, 3), (40, 1.0, 1), (8, 1.0, 1), (8, 0.5, 1), (8, 3.0, 3), (40, 9.0, 4)],
)
def test_a_small_run_repeats_no_more_than_it_scored(scored, per_answer, repeats):
    made = timing(examples=32, repeats=4, per_answer=per_answer).fitted(scored)
    assert made == timing(examples=32, repeats=repeats)
    assert len(drawn(EXAMPLES[:scored], made)) == min(32, scored, len(EXAMPLES))


def test_no_timing_pass_stays_none():
    assert timing(examples=0).fitted(8) == timing(examples=0)


def test_an_arm_that_cannot_do_several_at_once_keeps_the_rest(clock):
    arm = slow_arm(clock, together=ArmError("not here"))
    made = session(clock, {"base": arm}, EXAMPLES[:2], concurrency=(1, 4))
    assert [one.concurrency for one in made.run()["base"]] == [1]
    assert (made.problems, made.left_out) == ({}, {"base": ["4 at once: not here"]})


def test_all_requests_are_announced(clock):
    ticks = []
    arms = {"base": slow_arm(clock), "qlora": slow_arm(clock, uses=("unmerged", "merged"))}
    made = session(clock, arms, EXAMPLES[:5], repeats=2, warmup=2, concurrency=(1, 4), progress=lambda: ticks.append(1))
    made.run()
    assert made.requests() == len(ticks) == 3 * (10 + 2 + 1)


def test_the_draw_depends_on_its_seed_alone():
    assert drawn(EXAMPLES, timing(examples=8)) == drawn(EXAMPLES, timing(examples=8))
    assert drawn(EXAMPLES, timing(examples=8)) != drawn(EXAMPLES, timing(examples=8, seed=1))
    assert len(drawn(EXAMPLES[:3], timing())) == 3


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"repeats": 0}, "repeats is 0"),
        ({"per_answer": 0.0}, "per_answer is 0.0"),
        ({"concurrency": (4,)}, r"concurrency is \[4\]"),
        ({"concurrency": (0, 1)}, r"concurrency is \[0, 1\]"),
        ({"examples": -1}, "examples is -1"),
    ],
)
def test_wrong_values_are_named(changes, complaint):
    assert [one for one in timing(**changes).problems() if one.startswith(complaint.replace("\\", ""))]
    assert timing().problems() == []


@pytest.mark.parametrize("changes", [{"examples": 0}, {"concurrency": ()}])
def test_no_pass_is_wanted_where_nothing_would_be_asked(changes):
    """A model's yaml comes after timing=off and may set the number of examples again."""
    assert timing().wanted
    assert not timing(**changes).wanted
    assert timing(**changes).problems() == []


ROUNDS = 5


@pytest.mark.skipif(not CLEAR.exists(), reason="no /proc/self/clear_refs: this system records no peaks")
def test_memory_of_a_request_is_kept_apart_from_what_the_process_held():
    held = np.ones(8_000_000)
    for _ in range(ROUNDS):  # the system may take pages of the process away meanwhile, which hides what is added
        peak = Peak()
        assert np.ones(10_000_000).sum() == 10_000_000  # too large for the allocator to take from what it holds
        added = peak.host_added_bytes()
        if added is None:
            pytest.skip("peaks cannot be reset here")
        if added > 60_000_000:
            break
    assert 60_000_000 < added < 120_000_000
    assert peak.host_bytes() > added + held.nbytes / 2


@pytest.mark.parametrize(
    ("readings", "joules"), [((1.0, 2.0, 4.0), 7.0), ((1.0, None, 4.0), None), ((None,) * 3, None)]
)
def test_energy_of_some_requests_is_no_energy_of_them_all(clock, monkeypatch, readings, joules):
    left = iter(readings)
    monkeypatch.setattr("harness.machine.nvml.used", lambda since: next(left))
    (one,) = session(clock, {"base": slow_arm(clock)}, EXAMPLES[:3]).run()["base"]
    assert one.joules == joules
