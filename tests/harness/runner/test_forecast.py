"""What a run will take: arms' work added up, what they share once, what the store holds not at all."""

from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from harness.judges.judge import Judge
from harness.runner.arm import Durations, Workload
from harness.runner.forecast import AROUND, COMPARING, Forecast, forecast
from harness.runner.plan import plan
from harness.runner.run_progress import ExpectedStep
from harness.runner.speeds import CACHE
from harness.runner.timing.settings import Timing
from tests.harness.runner.test_run import Right, ToyArm, make_run


@dataclass
class KnownArm(ToyArm):
    """An arm that says how long it takes."""

    work: Workload | None = None
    takes: Durations | None = None

    def workload(self, task, store, seed):
        return self.work

    def durations(self, task, store, seed, *, timed):
        return self.takes


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))


def steps(run):
    found = forecast(run, plan(run), clock=lambda: 0.0).steps
    return {(step.kind, step.arm): step.seconds for step in found if step.seconds}


def arm(name, **work):
    takes = Durations(train=50.0, index=8.0, answer=10.0, audit=1.0, request=0.5, load=2.0)
    own = Workload({"predictions": False, "adapter": False}, **work)
    return KnownArm(name, work=own, takes=takes if own.adapter_key else replace(takes, train=0.0))


def test_what_arms_share_is_counted_once_with_the_first_of_them_to_run(tmp_path):
    arms = [
        arm("qlora", adapter_key="a"),
        arm("rag", index_key="i"),
        arm("hybrid", adapter_key="a", index_key="i"),
        arm("raft", adapter_key="b", index_key="i"),
    ]
    found = steps(make_run(tmp_path, arms))
    assert {key for key in found if key[0] in ("index", "train")} == {
        ("index", "rag"), ("train", "qlora"), ("train", "raft"),
    }  # fmt: skip
    of_data = 9 * COMPARING
    whole = 8 + 2 * 50 + 4 * 10 + 4 * 1 + of_data + 2 * 2.0 + AROUND  # the model is loaded again after training
    assert sum(found.values()) == pytest.approx(whole)


def test_the_timing_pass_asks_each_arm_alone_and_no_control(tmp_path):
    timing = Timing(examples=4, repeats=3, warmup=2, concurrency=(1,), per_answer=9.0, seed=0)
    found = steps(make_run(tmp_path, [arm("base"), arm("rag"), arm("oracle")], timing=timing))
    assert found["time", ""] == (4 * 3 + 2) * 2 * 0.5


def test_what_has_its_record_takes_nothing(tmp_path):
    make_run(tmp_path, [ToyArm("base")]).execute()
    found = steps(make_run(tmp_path, [arm("base"), arm("rag")]))
    assert {name for _, name in found} == {"rag", ""}


def test_scoring_is_measured_on_a_few_references(tmp_path):
    now = iter(range(0, 1000, 12))
    run = make_run(tmp_path, [arm("base"), arm("rag")])
    made = forecast(run, plan(run), lambda: float(next(now)))
    found = {(one.kind, one.arm): one.seconds for one in made.steps}
    assert found["score", "base"] == found["score", "rag"] == pytest.approx(6 * 12 / 5)  # of 6 references, 5 timed
    of_data = found["score", "base"] + (1 + 1 + 6 + 1) * COMPARING  # train, validation, test, documents
    assert found["audit", "base"] == pytest.approx(found["audit", "rag"] + of_data)


def test_a_server_or_weights_that_are_not_here_make_it_unknown(tmp_path):
    for served, words in ((True, "a server answers"), (False, "the model's weights are not on this machine yet")):
        unknown = KnownArm("rag", work=Workload({"predictions": False}, served=served), takes=None)
        run = make_run(tmp_path, [arm("base"), unknown])
        found = forecast(run, plan(run))
        assert found.steps == ()
        assert str(found) == f"How long this takes is not known beforehand: {words}."


class Paid(Judge):
    KEY: ClassVar[str] = "tests.Paid"

    def rehearsed(self):
        return self


def test_a_judge_that_costs_something_is_not_asked(tmp_path):
    @dataclass(frozen=True)
    class Judged(Right):
        KEY: ClassVar[str] = "tests.Judged"

        def judge_used(self):
            return Paid()

        def score(self, pairs):
            pytest.fail("a judge was asked that costs something")

    run = make_run(tmp_path, [arm("base")], metrics={"right": Judged()})
    todo = replace(plan(make_run(tmp_path, [arm("base")])), cells=((run.cells[0], run.cells[0].arm.work),))
    assert forecast(run, todo).unknown == "what the judge's model takes is not in it"


def test_one_sentence():
    made = Forecast(
        (
            ExpectedStep("train", "qlora", 400.0),
            ExpectedStep("answer", "base", 100.0),
            ExpectedStep("score", "base", 20.0),
        )
    )
    assert str(made) == "This takes about 9 minutes on this machine (training 77 %, answers 19 %)."
    assert str(replace(made, unknown="without the judge")).endswith("19 %); without the judge.")
