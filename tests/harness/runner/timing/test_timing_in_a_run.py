"""The timing pass within a run: what is kept, replayed, made again; what its failure costs."""

import dataclasses

import pytest

from harness.machine.conditions import scored_pass
from harness.runner.plan import plan
from harness.runner.timing.settings import Timing
from harness.store.records import records
from harness.store.store import Store
from tests.harness.runner.test_run import EXAMPLES, ToyArm, ToyPrepared, make_run
from tests.harness.runner.timing.fake_arm import SlowArm

TIMING = Timing(examples=3, repeats=2, warmup=1, concurrency=(1,), per_answer=1.0, seed=0)


@dataclasses.dataclass
class ClockedPrepared(ToyPrepared):
    def timed(self):
        self.arm.times.append(self.arm.name)
        return SlowArm(lambda example_id: {"decode": 0.001}, fails_on=self.arm.fails_timing)


@dataclasses.dataclass
class ClockedArm(ToyArm):
    fails_timing: str = ""
    times: list = dataclasses.field(default_factory=list)

    def prepare(self, task, store, seed):
        super().prepare(task, store, seed)
        return ClockedPrepared(self)


def timings_of(tmp_path, arm):
    return records.read(tmp_path / f"toy/m/records/{arm},seed=0.jsonl").timings


def execute(tmp_path, *arms, timing=TIMING):
    run = make_run(tmp_path, arms, timing=timing)
    if not plan(run).complete:
        run.execute()
    return run


def test_arms_of_a_run_are_timed_in_one_session(tmp_path):
    run = execute(tmp_path, ClockedArm("base"), ClockedArm("rag"))
    base, rag = timings_of(tmp_path, "base"), timings_of(tmp_path, "rag")
    assert base.session == rag.session
    assert [len(one.requests) for one in base.passes] == [6]
    assert (base.replayed, base.problem, base.settings["repeats"]) == (False, "", 2)
    assert {"before", "after", "other_cores", "cores", "left_out"} == set(base.conditions)
    assert [cell.timing_problem for cell in run.cells] == ["", ""]
    assert plan(run).complete


def test_without_a_timing_pass_there_is_none(tmp_path):
    off = dataclasses.replace(TIMING, examples=0)
    execute(tmp_path, ClockedArm("base"), timing=off)
    assert timings_of(tmp_path, "base") is None


def test_timings_that_are_there_stay_when_no_pass_is_wanted(tmp_path):
    execute(tmp_path, ClockedArm("base"))
    execute(tmp_path, ClockedArm("base"), timing=dataclasses.replace(TIMING, examples=0))
    assert timings_of(tmp_path, "base") is not None


def test_scored_records_without_timings_are_timed_and_not_answered_again(tmp_path):
    execute(tmp_path, ClockedArm("base"), timing=dataclasses.replace(TIMING, examples=0))
    again = ClockedArm("base")
    run = make_run(tmp_path, [again], timing=TIMING)
    assert "time     6 requests one at a time (3 examples, 2 times, 1 arm)" in str(plan(run))
    run.execute()
    assert (again.log, again.times) == ([], ["base"])
    assert timings_of(tmp_path, "base").passes


def test_a_new_arm_has_all_arms_timed_again_together(tmp_path):
    execute(tmp_path, ClockedArm("base"))
    before = timings_of(tmp_path, "base").session
    execute(tmp_path, ClockedArm("base"), ClockedArm("rag"))
    assert timings_of(tmp_path, "base").session == timings_of(tmp_path, "rag").session != before


def test_fewer_arms_keep_the_session_that_all_were_in(tmp_path):
    execute(tmp_path, ClockedArm("base"), ClockedArm("rag"))
    base = ClockedArm("base")
    execute(tmp_path, base)
    assert base.times == []


def test_of_two_passes_at_once_the_first_to_end_is_kept_by_both(tmp_path, monkeypatch):
    execute(tmp_path, ClockedArm("base"))
    first = timings_of(tmp_path, "base")
    (tmp_path / "toy/m/records/base,seed=0.jsonl").unlink()
    monkeypatch.setattr(Store, "find", lambda *_: None)  # as a run sees it that began before the other ended
    arm = ClockedArm("base")
    execute(tmp_path, arm)
    assert arm.times == ["base"]
    assert timings_of(tmp_path, "base").session == first.session


def test_a_rewritten_record_gets_its_first_timings_back_and_says_so(tmp_path):
    execute(tmp_path, ClockedArm("base"))
    first = timings_of(tmp_path, "base")
    (tmp_path / "toy/m/records/base,seed=0.jsonl").unlink()
    arm = ClockedArm("base")
    execute(tmp_path, arm)
    assert timings_of(tmp_path, "base") == dataclasses.replace(first, replayed=True)
    assert arm.times == []


@pytest.mark.parametrize("change", [{"repeats": 1}, {"seed": 1}, {"concurrency": (1, 2)}])
def test_other_settings_are_another_pass(tmp_path, change):
    execute(tmp_path, ClockedArm("base"))
    arm = ClockedArm("base")
    execute(tmp_path, arm, timing=dataclasses.replace(TIMING, **change))
    assert arm.times == ["base"]


def test_a_small_run_is_timed_in_proportion_and_says_so(tmp_path):
    """Six answers are scored: three examples can be asked twice and not nine times."""
    eager = dataclasses.replace(TIMING, repeats=9)
    run = make_run(tmp_path, [ClockedArm("base")], timing=eager)
    assert "(3 examples, 2 times and not 9: timing.per_answer, 1 arm)" in str(plan(run))
    run.execute()
    found = timings_of(tmp_path, "base")
    assert (len(found.passes[0].requests), found.settings["repeats"]) == (6, 2)
    assert found.conditions["repeats_wanted"] == 9
    assert plan(make_run(tmp_path, [ClockedArm("base")], timing=eager)).complete
    assert plan(make_run(tmp_path, [ClockedArm("base")], timing=TIMING)).complete  # which is what was measured
    more = dataclasses.replace(eager, per_answer=9.0)
    assert not plan(make_run(tmp_path, [ClockedArm("base")], timing=more)).complete


@pytest.mark.parametrize(("given", "repeats"), [((), 2), (("limit=6",), 2), (("timing.repeats=9",), 9),
                                                 (("timing.repeats=9", "timing.per_answer=1"), 2)])  # fmt: skip
def test_repeats_that_the_command_line_asks_for_are_made(tmp_path, given, repeats):
    run = make_run(tmp_path, [ClockedArm("base")], timing=dataclasses.replace(TIMING, repeats=9))
    run.given = given
    assert run.timing.repeats == repeats
    assert ("and not 9" in str(plan(run))) == (repeats != 9)


def test_what_went_on_beside_the_scored_pass_is_kept(tmp_path):
    execute(tmp_path, ClockedArm("base"))
    record = records.read(tmp_path / "toy/m/records/base,seed=0.jsonl")
    assert {"before", "after", "other_cores", "cores"} == set(scored_pass(record.facts))
    assert scored_pass({}) == {}


def test_another_machine_is_another_pass(tmp_path, monkeypatch):
    execute(tmp_path, ClockedArm("base"))
    monkeypatch.setattr("harness.runner.timing.timing_pass.machine_key", lambda: "other")
    monkeypatch.setattr("harness.runner.timing.timing_pass.machine_key", lambda: "other")
    arm = ClockedArm("base")
    execute(tmp_path, arm)
    assert arm.times == ["base"]


def test_controls_are_not_timed(tmp_path):
    execute(tmp_path, ClockedArm("base"), ClockedArm("oracle"))
    assert timings_of(tmp_path, "oracle") is None
    assert timings_of(tmp_path, "base").passes


def test_a_failing_pass_loses_no_scored_record_and_is_tried_again(tmp_path):
    bad = ClockedArm("rag", fails_timing=EXAMPLES[0].id)
    whole = dataclasses.replace(TIMING, examples=len(EXAMPLES))
    run = execute(tmp_path, ClockedArm("base"), bad, timing=whole)
    assert [cell.failure for cell in run.cells] == ["", ""]
    assert run.cells[1].timing_problem == "ZeroDivisionError: oops"
    record = records.read(tmp_path / "toy/m/records/rag,seed=0.jsonl")
    assert len(record.scores) == len(EXAMPLES)
    assert (record.timings.problem, record.timings.passes) == ("ZeroDivisionError: oops", ())
    assert timings_of(tmp_path, "base").passes
    run = execute(tmp_path, ClockedArm("base"), ClockedArm("rag"), timing=whole)
    assert [cell.timing_problem for cell in run.cells] == ["", ""]
    assert timings_of(tmp_path, "rag").passes


def test_an_arm_without_a_record_does_not_keep_the_others_from_being_timed(tmp_path):
    run = execute(tmp_path, ClockedArm("base"), ClockedArm("rag", fails="user"))
    assert run.cells[1].failure
    assert timings_of(tmp_path, "base").passes
    assert run.cells[1].timing_problem == ""
