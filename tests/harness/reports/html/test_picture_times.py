"""Which times the pictures show: the timing pass where there is one, else the batched pass; and that they say so."""

import dataclasses

import pytest

from harness.reports.html.pictures.times import times
from harness.reports.html.report import pictures
from tests.harness.reports.html.made_records import make_record, make_result, make_timings

ARMS = ("base", "rag", "qlora")


def records(**timings):
    """One record per arm, timed together unless set otherwise."""
    return {arm: [dataclasses.replace(make_record(arm), timings=timings.get(arm, make_timings(arm)))] for arm in ARMS}


def untimed(*arms):
    return records(**dict.fromkeys(arms or ARMS))


def shown(arms):
    made = make_result([record for group in arms.values() for record in group])
    return {one.name: one for one in pictures(made.table, made.arms, ("exact_match",), ("chrf",))}


def test_the_timing_pass_by_hand():
    """Requests of base take 1.01 × (20 + 40 + n) ms for n from 0 to 15: 67.5 in the middle, as on average."""
    found = times(records())
    assert found.alone
    assert found.of["base"].typical.value == pytest.approx(1.01 * 67.5)
    assert found.of["base"].mean.value == pytest.approx(1.01 * 67.5)
    assert found.of["rag"].stages == pytest.approx(
        {"embed": 0.01, "search": 0.02, "rerank": 0, "prompt": 0, "prefill": 0.02, "decode": 0.0475, "rest": 0.000975}
    )
    for figure in (found.of["rag"].mean, found.of["rag"].typical):
        assert figure.low < figure.value < figure.high


def test_the_stages_add_up_to_the_whole():
    for found in (times(records()), times(untimed())):
        for time in found.of.values():
            assert 1000 * sum(time.stages.values()) == pytest.approx(time.mean.value)


def test_without_a_timing_pass_the_batched_one_is_shown_and_called_so():
    found = times(untimed())
    assert not found.alone
    assert found.of["base"].mean.value == pytest.approx(1000 * (0.4 + 0.2) / 8)
    made = shown(untimed())
    for name in ("quality-latency", "stages"):
        assert "batched" in made[name].title
        assert "batched pass" in made[name].reading
        assert "timing pass:" not in made[name].reading


def test_the_pictures_say_that_they_show_the_timing_pass_and_whom_it_lacks():
    made = shown(untimed("qlora"))
    for name in ("quality-latency", "stages"):
        assert "alone" in made[name].title
        assert "From the timing pass" in made[name].reading
        assert "not timed with them: qlora" in made[name].reading
        assert [row[0] for row in made[name].rows] == ["base", "rag"]


def test_one_timed_arm_of_several_compares_nothing():
    assert not times(untimed("rag", "qlora")).alone
    assert times({"base": records()["base"]}).alone


def test_arms_of_two_sessions_stand_in_no_picture_together():
    found = times(records(rag=make_timings("rag", session="two")))
    assert list(found.of) == ["base", "qlora"]


def test_of_merged_and_unmerged_the_way_of_the_scored_pass_is_shown():
    slow = make_timings("qlora")
    unmerged, merged = slow.passes
    fast = dataclasses.replace(
        merged, requests=tuple(dataclasses.replace(one, seconds=0.001) for one in merged.requests)
    )
    found = times(records(qlora=dataclasses.replace(slow, passes=(fast, unmerged))))
    assert found.of["qlora"].typical.value == pytest.approx(1.01 * 67.5)
    assert "adapters run unmerged" in found.source


def test_intervals_are_drawn_and_written():
    made = shown(records())
    assert "[" in made["quality-latency"].rows[0][1]
    assert "[" in made["stages"].rows[0][-1]
    bare = make_timings("base", n=1)
    assert times({"base": [dataclasses.replace(make_record("base"), timings=bare)]}).of["base"].mean.low is None


def test_nothing_timed_gives_no_picture():
    bare = {
        arm: [
            dataclasses.replace(
                record, predictions=tuple(dataclasses.replace(one, spans=()) for one in record.predictions)
            )
            for record in group
        ]
        for arm, group in untimed().items()
    }
    assert times(bare) is None
    assert not {"quality-latency", "stages"} & set(shown(bare))
