"""What the plan says that a server takes for the answers."""

from dataclasses import replace

import pytest

from harness.analysis.costs import plausible
from harness.analysis.costs.horizon import Costing
from harness.cli.config import ROOT
from harness.runner.arm import Workload
from harness.runner.plan import plan
from harness.runner.timing.settings import Timing
from tests.harness.runner.test_run import ToyArm, make_run

TIMING = Timing(examples=3, repeats=1, warmup=0, concurrency=(1,), per_answer=1.0, seed=0)


class ServedArm(ToyArm):
    """A million tokens to read and half a million to write, for six answers."""

    served = True

    def workload(self, task, store, seed):
        work = Workload({"predictions": False}, answers=6, prompt_tokens=1_000_000, answer_tokens=500_000)
        return replace(work, served=self.served)


class OwnArm(ServedArm):
    served = False


def planned(tmp_path, arms, prices, **more):
    run = make_run(tmp_path, arms, **more)
    listed = plausible.read(ROOT / f"conf/prices/{prices}.yaml")
    run.experiment = replace(run.experiment, costing=Costing(listed, None))
    return str(plan(run))


@pytest.mark.parametrize(("timing", "paid"), [(None, "2.40"), (TIMING, "3.60")])  # 0.40 and 0.80 USD for each arm
def test_the_price_of_answers_and_of_the_timing_pass(tmp_path, timing, paid):
    text = planned(tmp_path, [ServedArm("base"), ServedArm("rag")], "hosted_2026", timing=timing)
    assert f"pay      at most about {paid} USD for answers (gpt_4_1_mini, hosted_2026)" in text


def test_a_server_without_a_price_is_said(tmp_path):
    assert "pay      price not configured" in planned(tmp_path, [ServedArm("base")], "aws_2026")


def test_a_model_of_this_machine_costs_nothing_by_the_token(tmp_path):
    assert "pay  " not in planned(tmp_path, [OwnArm("base")], "hosted_2026")
