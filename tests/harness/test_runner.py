"""The runner with arms and metrics made for the test: what fails, what is kept, what is run again."""

from dataclasses import dataclass, field

import pytest

from harness import predictions, records
from harness.config import Experiment
from harness.errors import ArmError, DataError
from harness.runner import Run
from harness.types import Example, Prediction, Score, Workload

EXAMPLES = [Example(f"e{n}", f"question {n}", (f"answer {n}",), ()) for n in range(6)]


@dataclass(frozen=True)
class ToyTask:
    name: str = "toy"
    instruction: str = "Answer."
    max_new_tokens: int = 8
    cut_long_input: bool = False
    faults: tuple = ()

    def examples(self, split):
        return EXAMPLES if split == "test" else [Example(f"{split}-0", "other text", ("x",), ())]

    def documents(self):
        return []

    def problems(self):
        return self.faults

    def content_key(self):
        return "toy"

    def provenance(self):
        return {}


@dataclass
class ToyPrepared:
    arm: "ToyArm"
    build_spans: tuple = ()
    facts: dict = field(default_factory=dict)

    def answer(self, examples, skip):
        for at in range(0, len(examples), 2):
            batch = examples[at : at + 2]
            if all(example.id in skip for example in batch):
                continue
            self.arm.log.append([example.id for example in batch])
            if self.arm.dies_at == at:
                self.arm.dies_at = None
                raise KeyboardInterrupt
            yield [Prediction(one.id, f"answer {one.id[1:]}", (), (), "stop") for one in batch]


@dataclass
class ToyArm:
    name: str
    shared: str = "same"
    fails: str = ""
    dies_at: int | None = None
    log: list = field(default_factory=list)

    def refuses(self, task):
        return self.fails if self.fails.startswith("no sense") else ""

    def shared_spec(self, task):
        return {"shared": self.shared}

    def answer_spec(self, task, seed):
        return {"arm": self.name, **self.shared_spec(task)}

    def workload(self, task, store, seed):
        return Workload({"predictions": False})

    def prepare(self, task, store, seed):
        if self.fails == "user":
            raise ArmError("no such adapter")
        if self.fails == "defect":
            raise ZeroDivisionError("oops")
        return ToyPrepared(self)


@dataclass(frozen=True)
class Right:
    name: str = "right"
    unit: str = "share"
    higher_is_better: bool = True
    worst: float = 0.0

    def score(self, pairs):
        return [Score(e.id, self.name, float(p.text in e.references)) for e, p in pairs]


def make_run(tmp_path, arms, task=None, metrics=None, seed=0):
    experiment = Experiment(
        task=task or ToyTask(),
        arms={arm.name: arm for arm in arms},
        metrics=metrics or {"right": Right()},
        reports={},
        model_name="m",
        seed=seed,
        limit=None,
        results=tmp_path,
        store=tmp_path / "store",
        dry_run=False,
    )
    run = Run(experiment, tmp_path / "toy/m", {"task": "toy"})
    run.check()
    return run


def test_each_arm_leaves_a_record_with_everything(tmp_path):
    run = make_run(tmp_path, [ToyArm("base"), ToyArm("rag")])
    run.execute()
    record = records.read(tmp_path / "toy/m/records/rag,seed=0.jsonl")
    assert [one.example_id for one in record.predictions] == [one.id for one in EXAMPLES]
    assert [one.value for one in record.scores] == [1.0] * 6
    assert record.facts["leakage"]["test_examples"] == 6
    assert record.environment["packages"]["torch"]
    assert record == run.cells[1].record


@pytest.mark.parametrize("fails", ["user", "defect"])
def test_a_failing_arm_does_not_stop_the_others(tmp_path, fails):
    run = make_run(tmp_path, [ToyArm("base", fails=fails), ToyArm("rag")])
    run.execute()
    assert run.cells[0].failure
    assert run.cells[0].record is None
    assert run.cells[1].record is not None


def test_finished_cells_are_not_run_again(tmp_path):
    make_run(tmp_path, [ToyArm("base")]).execute()
    arm = ToyArm("base", fails="defect")
    run = make_run(tmp_path, [arm])
    run.execute()
    assert run.cells[0].record is not None
    assert arm.log == []


def test_a_new_metric_runs_no_model(tmp_path):
    make_run(tmp_path, [ToyArm("base")]).execute()
    arm = ToyArm("base")
    run = make_run(tmp_path, [arm], metrics={"right": Right(), "again": Right(name="again")})
    assert run.cells[0].record is None
    run.execute()
    assert arm.log == []
    assert {one.metric for one in run.cells[0].record.scores} == {"right", "again"}


def test_an_interrupted_pass_repeats_one_batch(tmp_path):
    arm = ToyArm("base", dies_at=2)
    with pytest.raises(KeyboardInterrupt):
        make_run(tmp_path, [arm]).execute()
    run = make_run(tmp_path, [arm])
    run.execute()
    assert arm.log == [["e0", "e1"], ["e2", "e3"], ["e2", "e3"], ["e4", "e5"]]
    assert run.cells[0].record is not None


def test_a_torn_line_is_cut_off(tmp_path):
    arm = ToyArm("base")
    predictions.stream(ToyPrepared(arm), EXAMPLES, tmp_path, "")
    path = tmp_path / predictions.FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    predictions.stream(ToyPrepared(arm), EXAMPLES, tmp_path, "")
    assert path.read_bytes() == whole
    assert arm.log[-1] == ["e4", "e5"]


def test_a_damaged_record_is_made_again(tmp_path, caplog):
    make_run(tmp_path, [ToyArm("base")]).execute()
    path = tmp_path / "toy/m/records/base,seed=0.jsonl"
    path.write_text(path.read_text()[:100])
    run = make_run(tmp_path, [ToyArm("base")])
    run.execute()
    assert records.read(path) == run.cells[0].record


def test_arms_must_share_model_prompt_and_decoding(tmp_path):
    with pytest.raises(ArmError, match="do not share"):
        make_run(tmp_path, [ToyArm("base"), ToyArm("rag", shared="other")])


def test_bad_data_is_reported_whole_before_any_work(tmp_path):
    with pytest.raises(DataError, match="2 problems") as caught:
        make_run(tmp_path, [ToyArm("base")], task=ToyTask(faults=("train.jsonl:3: no input", "test.jsonl: empty")))
    assert "train.jsonl:3: no input" in str(caught.value)


def test_an_arm_that_makes_no_sense_is_refused_at_once(tmp_path):
    with pytest.raises(ArmError, match="arm oracle: no sense here"):
        make_run(tmp_path, [ToyArm("oracle", fails="no sense here")])


def test_a_metric_that_drops_predictions_fails_the_cell(tmp_path):
    class Dropping(Right):
        def score(self, pairs):
            return super().score(pairs)[:-1]

    run = make_run(tmp_path, [ToyArm("base")], metrics={"right": Dropping()})
    run.execute()
    assert "scored 5 of 6" in run.cells[0].failure
