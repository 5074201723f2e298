"""Time left, by what was expected and by what was seen; the clock is the test's."""

import pytest

from harness.machine.progress import progress
from harness.runner.run_progress import ExpectedStep, NoDisplay, RunProgress


class Clock:
    """Shows what a test sets."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def made(clock, *steps):
    return RunProgress(NoDisplay(), [ExpectedStep(*step) for step in steps], clock)


def test_at_first_everything_is_to_come(clock):
    run = made(clock, ("train", "qlora", 60.0), ("answer", "qlora", 20.0), ("other", "", 10.0))
    with run.heard():
        assert run.view().run_left == 90.0
        clock.now += 4  # of loading
        run.tick()
        with run.phase("qlora", "train"), progress("train", "training", 100, "rows"):
            assert run.view().left == 60.0
            assert run.view().run_left == 86.0


def test_the_further_it_is_the_more_its_own_speed_counts(clock):
    run = made(clock, ("train", "qlora", 100.0))
    with run.heard(), run.phase("qlora", "train"), progress("train", "training", 100, "rows") as work:
        clock.now += 2
        assert run.view().left == 98.0  # nothing is seen yet
        clock.now += 18
        work.advance(10)
        assert 90.0 < run.view().left < 180.0  # 90 by what was expected, 180 by what was seen
        clock.now += 30
        work.advance(15)
        assert run.view().left == run.view().run_left == 150.0  # by what was seen alone


def test_steps_to_come_are_held_for_as_slow_as_those_that_were_seen(clock):
    run = made(clock, ("train", "qlora", 50.0), ("train", "raft", 100.0), ("answer", "raft", 10.0))
    with run.heard():
        with run.phase("qlora", "train"), progress("train", "training", 10, "rows") as work:
            clock.now += 110  # and not 50: with the prior, twice as long
            work.advance(10)
        assert run.view().run_left == 2 * 110.0  # of answers nothing else is known


def test_a_short_step_says_little_about_long_ones(clock):
    run = made(clock, ("answer", "base", 1.0), ("train", "raft", 110.0))
    with run.heard():
        with run.phase("base", "answer"), progress("answer", "answering", 6, "answers") as work:
            clock.now += 12  # twelve times as long as expected
            work.advance(6)
        assert run.view().run_left == 110.0 * 22 / 11


def test_what_an_earlier_run_did_is_not_expected_and_says_nothing_about_speed(clock):
    run = made(clock, ("train", "qlora", 100.0), ("train", "raft", 100.0))
    with run.heard():
        with run.phase("qlora", "train"), progress("train", "training", 100, "rows", done=90) as work:
            assert run.view().left == 10.0
            clock.now += 5
            work.advance(5)
            assert run.view().left == 5.0
            clock.now += 5
            work.advance(5)
        assert run.view().run_left == 100.0


def test_a_phase_that_fails_or_finds_all_done_is_over(clock):
    run = made(clock, ("train", "qlora", 50.0), ("answer", "qlora", 10.0), ("answer", "raft", 10.0))
    with run.heard():
        with pytest.raises(KeyError), run.phase("qlora", "train"):
            raise KeyError
        assert run.view().run_left == 20.0
        run.forget("qlora")
        with run.phase("raft", "answer"):
            pass
        assert run.view().run_left == 0.0


def test_without_expectations_only_the_work_under_way_has_time_left(clock):
    run = made(clock)
    with run.heard(), run.phase("rag", "answer"), progress("answer", "answering", 100, "answers") as work:
        assert (run.view().left, run.view().run_left) == (None, None)
        clock.now += 10
        work.advance(50)
        assert (run.view().left, run.view().run_left) == (10.0, None)
        assert run.view().title == "answering rag"


def test_time_goes_to_the_innermost_work(clock):
    run = made(clock)
    with run.heard():
        clock.now += 1
        with progress("score", "scoring", 3, "metrics"):
            clock.now += 2
            with progress("judge", "judging"):
                clock.now += 4
            clock.now += 8
    assert run.times() == {"score": 10.0, "judge": 4.0, "other": 1.0}
    assert made(clock).times() == {}
