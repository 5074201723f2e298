"""The runner with arms and metrics made for the test: what fails, what is kept, what is run again."""

import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import ClassVar

import pytest

from harness.analysis.roles import Role
from harness.cli import tables
from harness.errors import ArmError, DataError, StoreError
from harness.machine import environment
from harness.metrics.metric import Metric
from harness.reports.markdown import Markdown
from harness.runner import cell as runner
from harness.runner import predictions
from harness.runner.arm import Workload
from harness.runner.experiment import Experiment
from harness.runner.plan import plan
from harness.runner.run import Run
from harness.runner.run_progress import ExpectedStep, RunProgress
from harness.runner.timing.settings import Timing
from harness.store.records import last_run as lastrun
from harness.store.records import records
from harness.types import Document, Example, Prediction, Score
from tests.harness.records import ROLES
from tests.mutations.stores import seal

EXAMPLES = [Example(f"e{n}", f"question {n}", (f"answer {n}",), ()) for n in range(6)]


@dataclass(frozen=True)
class ToyTask:
    name: str = "toy"
    instruction: str = "Answer."
    max_new_tokens: int = 8
    cut: str | bool | None = None
    faults: tuple = ()
    changed: str = ""
    limit: int | None = None
    said: tuple = ()

    def remarks(self):
        return self.said

    def examples(self, split):
        text = "changed text" if self.changed == split else "other text"
        return EXAMPLES if split == "test" else [Example(f"{split}-0", text, ("x",), ())]

    def documents(self):
        return [Document("d0", "", "changed" if self.changed == "documents" else "text")]

    def problems(self):
        return self.faults

    def content_key(self):
        return "toy"

    def provenance(self):
        return {} if self.limit is None else {"limit": self.limit}


@dataclass
class ToyPrepared:
    arm: "ToyArm"
    build_spans: tuple = ()
    facts: dict = field(default_factory=dict)

    def audit_parts(self):
        return ()

    def audit_answers(self, examples, predictions):
        return ()

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

    trains_first: ClassVar[bool] = False

    @property
    def role(self):
        return Role(**ROLES.get(self.name, {}))

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
        if self.fails == "disk":
            raise OSError(28, "No space left on device", "/data/adapter")
        if self.fails == "defect":
            raise ZeroDivisionError("oops")
        return ToyPrepared(self)


@dataclass(frozen=True)
class Right(Metric):
    KEY: ClassVar[str] = "tests.Right"

    name: str = "right"
    unit: str = "share"
    higher_is_better: bool = True
    worst: float = 0.0

    def score(self, pairs):
        return [Score(e.id, self.name, float(p.text in e.references)) for e, p in pairs]


NO_TIMING = Timing(examples=0, repeats=0, warmup=0, concurrency=(), per_answer=1.0, seed=0)


def make_run(tmp_path, arms, task=None, metrics=None, seed=0, limit=None, timing=None, named=True):
    experiment = Experiment(
        task=task or ToyTask(),
        arms={arm.name: arm for arm in arms},
        metrics=metrics or {"right": Right()},
        reports={},
        costing=None,
        tracker=None,
        model_name="m",
        seed=seed,
        limit=limit,
        results=tmp_path,
        store=tmp_path / "store",
        dry_run=False,
        timing=timing or NO_TIMING,
    )
    run = Run(experiment if named else experiment.without_refused(), tmp_path / "toy/m", {"task": "toy"})
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
    predictions.stream(ToyPrepared(arm), EXAMPLES, tmp_path)
    path = tmp_path / predictions.FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    predictions.stream(ToyPrepared(arm), EXAMPLES, tmp_path)
    assert path.read_bytes() == whole
    assert arm.log[-1] == ["e4", "e5"]


@pytest.mark.parametrize("audit", ["audit_parts", "audit_answers"])
def test_answers_that_an_audit_refuses_are_not_used_by_the_next_attempt(tmp_path, monkeypatch, audit):
    arm = ToyArm("base", dies_at=4)
    with pytest.raises(KeyboardInterrupt):
        make_run(tmp_path, [arm]).execute()

    def refuse(*_):
        raise ArmError("token 3 differs")

    with monkeypatch.context() as wrong:
        wrong.setattr(ToyPrepared, audit, refuse)
        run = make_run(tmp_path, [arm])
        run.execute()
    assert run.cells[0].failure == "token 3 differs"
    assert not (tmp_path / "toy/m/records/base,seed=0.jsonl").exists()
    (kept,) = (tmp_path / "store/predictions").rglob(predictions.REFUSED)
    assert "e0" in kept.read_text()
    arm.log.clear()
    run = make_run(tmp_path, [arm])
    run.execute()
    assert arm.log == [["e0", "e1"], ["e2", "e3"], ["e4", "e5"]]
    assert run.cells[0].record is not None


def test_stored_answers_that_were_edited_are_refused_though_all_checksums_were_made_anew(tmp_path):
    make_run(tmp_path, [ToyArm("base")]).execute()
    (folder,) = [path.parent for path in (tmp_path / "store/predictions").rglob(predictions.FILE)]
    path = folder / predictions.FILE
    path.write_text(path.read_text().replace("answer 3", "answer 4"))
    seal(folder)
    run = make_run(tmp_path, [ToyArm("base")], metrics={"right": Right(), "again": Right(name="again")})
    run.execute()
    assert f"predictions/{folder.name}/{predictions.FILE}" in run.cells[0].failure
    assert "were audited" in run.cells[0].failure
    assert run.cells[0].record is None


def test_a_damaged_record_is_made_again(tmp_path, caplog):
    make_run(tmp_path, [ToyArm("base")]).execute()
    path = tmp_path / "toy/m/records/base,seed=0.jsonl"
    path.write_text(path.read_text()[:100])
    run = make_run(tmp_path, [ToyArm("base")])
    run.execute()
    assert records.read(path) == run.cells[0].record


def test_arms_must_share_model_prompt_and_decoding(tmp_path):
    with pytest.raises(ArmError, match=r"do not share .*: shared is same in base, other in rag$"):
        make_run(tmp_path, [ToyArm("base"), ToyArm("rag", shared="other")])


def test_arms_of_two_engines_are_refused_by_name(tmp_path):
    arms = [ToyArm("base", shared={"engine": "vllm"}), ToyArm("rag", shared={})]
    with pytest.raises(ArmError, match=r"engine, .*: shared\.engine is vllm in base, the default in rag$"):
        make_run(tmp_path, arms)


def test_bad_data_is_reported_whole_before_any_work(tmp_path):
    with pytest.raises(DataError, match="2 problems") as caught:
        make_run(tmp_path, [ToyArm("base")], task=ToyTask(faults=("train.jsonl:3: no input", "test.jsonl: empty")))
    assert "train.jsonl:3: no input" in str(caught.value)


def test_an_arm_that_makes_no_sense_is_refused_at_once(tmp_path):
    with pytest.raises(ArmError, match="arm oracle: no sense here"):
        make_run(tmp_path, [ToyArm("oracle", fails="no sense here")])


def test_an_arm_that_nobody_named_is_left_out_and_said(tmp_path):
    arms = [ToyArm("base"), ToyArm("oracle", fails="no sense here")]
    run = make_run(tmp_path, arms, task=ToyTask(said=("carved from data.jsonl",)), named=False)
    assert "\n  Carved from data.jsonl\nLeft out: oracle: no sense here\n" in str(plan(run))
    assert "**⚠ Left out:** oracle: no sense here" in run_whole(tmp_path, arms, named=False)
    assert "no sense here" in run_whole(tmp_path, [ToyArm("base")])
    assert "no sense here" not in run_whole(tmp_path, [ToyArm("oracle")])
    with pytest.raises(ArmError, match="no sense here"):
        make_run(tmp_path, arms[1:], named=False)


def test_arms_without_an_adapter_have_results_before_any_adapter_is_trained(tmp_path, monkeypatch):
    order = []
    plain = ToyArm.prepare
    monkeypatch.setattr(ToyArm, "prepare", lambda arm, *more: order.append(f"{arm.name} is made") or plain(arm, *more))
    run = make_run(tmp_path, [ToyArm("base"), ToyArm("qlora"), ToyArm("rag"), ToyArm("hybrid")])
    run.recorded = lambda record: order.append(record.cell.arm)
    run.execute()
    assert order == ["base is made", "rag is made", "base", "rag", "qlora is made", "hybrid is made", "qlora", "hybrid"]


def test_where_an_engine_keeps_its_memory_all_adapters_are_trained_before_any_answer(tmp_path, monkeypatch):
    order = []
    plain = ToyArm.prepare
    monkeypatch.setattr(ToyArm, "prepare", lambda arm, *more: order.append(f"{arm.name} is made") or plain(arm, *more))
    monkeypatch.setattr(ToyArm, "trains_first", True)
    run = make_run(tmp_path, [ToyArm("base"), ToyArm("qlora")])
    run.recorded = lambda record: order.append(record.cell.arm)
    run.execute()
    assert order == ["base is made", "qlora is made", "base", "qlora"]


def test_what_is_under_way_is_told_with_its_arm(tmp_path):
    display = Noted()
    run = make_run(tmp_path, [ToyArm("base"), ToyArm("rag", fails="user")])
    run.progress = RunProgress(
        display, [ExpectedStep("answer", "base", 1.0), ExpectedStep("answer", "rag", 5.0)], lambda: 0.0
    )
    run.execute()
    begun = ["auditing the parts of base", "answering base", "auditing answers of base", "auditing the data for base"]
    assert display.begun == [*begun, "scoring base"]
    assert "answering base 4 of 6" in display.changes
    assert run.progress.view().run_left == 0.0  # of rag, which failed, nothing is expected any more


@dataclass
class Noted:
    """A display that keeps what it is told."""

    begun: list = field(default_factory=list)
    changes: list = field(default_factory=list)

    def began(self, view):
        self.begun.append(view.title)

    def changed(self, view):
        if view.work is not None:
            self.changes.append(f"{view.title} {view.work.done} of {view.work.total}")


def test_a_metric_that_drops_predictions_fails_the_cell(tmp_path):
    class Dropping(Right):
        KEY: ClassVar[str] = "tests.Dropping"

        def score(self, pairs):
            return super().score(pairs)[:-1]

    run = make_run(tmp_path, [ToyArm("base")], metrics={"right": Dropping()})
    run.execute()
    assert "scored 5 of 6" in run.cells[0].failure


def run_whole(tmp_path, arms, **options):
    """Run as the command line does; return the table as markdown."""
    run = make_run(tmp_path, arms, **options)
    run.execute()
    run.conclude()
    return table_of(run.folder)


def table_of(folder):
    tables.write(folder, [Markdown(width=150)])
    return (folder / "table.md").read_text() + (folder / "details.md").read_text()


def rows_of(table):
    scoreboard = table.partition("\n## ")[0]  # the details come after it
    names = [line.split("|")[1].strip() for line in scoreboard.splitlines() if line.startswith("| ")]
    return [name for name in names if name not in ("arm", "references") and set(name) != {"-"}]


@pytest.mark.parametrize("changed", ["train", "validation", "documents"])
def test_all_of_the_data_makes_the_comparison(tmp_path, changed):
    run_whole(tmp_path, [ToyArm("base"), ToyArm("qlora")])
    base = ToyArm("base")
    table = run_whole(tmp_path, [base], task=ToyTask(changed=changed))
    assert "Left out:** toy/m/qlora/seed=0" in table
    assert set(rows_of(table)) == {"base"}
    assert base.log == []  # its answers are those of the store; only its record is new


def test_a_failed_arm_is_missing_and_not_shown_with_its_old_number(tmp_path):
    arms = [ToyArm("base"), ToyArm("qlora")]
    run_whole(tmp_path, arms)
    arms = [ToyArm("base", shared="new"), ToyArm("qlora", shared="new", fails="user")]
    table = run_whole(tmp_path, arms)
    assert "Missing arm:** qlora, seed 0: no such adapter" in table
    assert set(rows_of(table)) == {"base"}
    assert table_of(tmp_path / "toy/m") == table


def test_a_rebuilt_table_has_the_same_bytes_and_success_takes_the_refusal_away(tmp_path):
    for seed, fails in enumerate(["", "user"]):
        table = run_whole(tmp_path, [ToyArm("base"), ToyArm("qlora", fails=fails)], seed=seed)
    assert "Missing seed:** qlora, seed 1: no such adapter" in table
    assert table_of(tmp_path / "toy/m") == table
    assert "Missing" not in run_whole(tmp_path, [ToyArm("base"), ToyArm("qlora")], seed=1)
    assert not list(tmp_path.rglob("*.refused.json"))


def test_arms_just_run_stand_in_their_own_table_whatever_their_metrics(tmp_path):
    run_whole(tmp_path, [ToyArm("base"), ToyArm("rag"), ToyArm("qlora")])
    more = {"right": Right(), "again": Right(name="again")}
    table = run_whole(tmp_path, [ToyArm("hybrid")], metrics=more)
    assert {"base", "rag", "qlora", "hybrid"} <= set(rows_of(table))
    assert "no value for base, rag, qlora: not evaluated" in table


def test_a_metric_with_other_settings_is_not_mixed_in(tmp_path):
    @dataclass(frozen=True)
    class Strict(Right):
        KEY: ClassVar[str] = "tests.Strict"
        lower: bool = True

    run_whole(tmp_path, [ToyArm("base")])
    table = run_whole(tmp_path, [ToyArm("rag")], metrics={"right": Strict()})
    assert "no value for base: scored with other settings" in table


def test_a_run_that_finds_everything_still_says_what_it_compared(tmp_path):
    first = run_whole(tmp_path, [ToyArm("base"), ToyArm("rag")])
    run_whole(tmp_path, [ToyArm("qlora")], task=ToyTask(changed="train"))
    again = run_whole(tmp_path, [ToyArm("base"), ToyArm("rag")])
    assert rows_of(again) == rows_of(first)
    assert "Left out:** toy/m/qlora/seed=0" in again


def test_a_damaged_record_costs_its_own_row(tmp_path):
    run_whole(tmp_path, [ToyArm("base"), ToyArm("rag")])
    (tmp_path / "toy/m/records/rag,seed=0.jsonl").write_text("torn")
    table = table_of(tmp_path / "toy/m")
    assert set(rows_of(table)) == {"base"}
    assert "rag,seed=0.jsonl: the record is damaged" in table
    assert str(tmp_path) not in table


@pytest.mark.parametrize(("of_task", "of_run", "shown"), [(5, None, 5), (None, 3, 3), (5, 3, 5)])
def test_the_limit_is_the_tasks(tmp_path, of_task, of_run, shown):
    table = run_whole(tmp_path, [ToyArm("base")], task=ToyTask(limit=of_task), limit=of_run)
    assert f"(limited to {shown})" in table


def test_a_full_disk_is_no_defect(tmp_path, caplog):
    run = make_run(tmp_path, [ToyArm("qlora", fails="disk"), ToyArm("base")])
    run.execute()
    assert "No space left on device: '/data/adapter'" in run.cells[0].failure
    assert "Traceback" not in caplog.text
    assert run.cells[1].record is not None


def test_a_table_that_cannot_be_written_is_named_and_the_old_one_stays(tmp_path, monkeypatch):
    before = run_whole(tmp_path, [ToyArm("base")])
    monkeypatch.setattr("pathlib.Path.replace", full_disk)
    with pytest.raises(StoreError, match=r"table\.md: cannot be written \(No space left"):
        tables.write(tmp_path / "toy/m", [Markdown(width=80)])
    assert before.startswith((tmp_path / "toy/m/table.md").read_text())
    assert {path.name for path in (tmp_path / "toy/m").iterdir()} == {"records", "table.md", "details.md"}


def full_disk(*_, **__):
    raise OSError(28, "No space left on device")


def test_answers_that_cannot_be_written_name_their_file(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", full_disk)
    run = make_run(tmp_path, [ToyArm("base")])
    run.execute()
    assert "predictions.jsonl: cannot be written (No space left" in run.cells[0].failure


def test_half_a_surrogate_pair_is_kept(tmp_path):
    class Odd(ToyPrepared):
        def answer(self, examples, skip):
            yield [Prediction(one.id, "\ud83d", (), (), "stop") for one in examples]

    predictions.stream(Odd(ToyArm("base")), EXAMPLES, tmp_path)
    assert predictions.read(tmp_path, EXAMPLES)[0].text == "\ud83d"


def test_the_environment_is_that_of_the_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "environment", lambda: {"commit": "of the answers"})
    make_run(tmp_path, [ToyArm("base")]).execute()
    monkeypatch.setattr(runner, "environment", lambda: {"commit": "of the record"})
    run = make_run(tmp_path, [ToyArm("base")], metrics={"again": Right(name="again")})
    run.execute()
    assert run.cells[0].record.environment == {"commit": "of the answers"}
    assert "environment" not in run.cells[0].record.facts


def test_the_gpu_is_named_once_torch_is_there(monkeypatch):
    cuda = SimpleNamespace(is_available=lambda: True, get_device_name=lambda: "H200")
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda, version=SimpleNamespace(cuda="12.8")))
    monkeypatch.setattr(environment.nvml, "driver", lambda: "570.1")
    assert environment.environment()["gpu"] == {"name": "H200", "driver": "570.1", "cuda": "12.8"}
    monkeypatch.delitem(sys.modules, "torch")
    assert environment.environment()["gpu"] == {}
    assert "torch" not in sys.modules


def test_a_record_that_came_with_the_checkout_does_not_stand_in_for_a_run(tmp_path):
    import shutil

    make_run(tmp_path, [ToyArm("base")]).execute()
    shutil.rmtree(tmp_path / "store")
    arm = ToyArm("base")
    make_run(tmp_path, [arm]).execute()
    assert arm.log == [["e0", "e1"], ["e2", "e3"], ["e4", "e5"]]


class Trains(ToyArm):
    """An arm whose adapter has a rank."""

    rank = 8

    def answer_spec(self, task, seed):
        return {**super().answer_spec(task, seed), "rank": self.rank}

    def prepare(self, task, store, seed):
        spec = {"instruction": "?", "train": "t", "validation": "v", "generator": {"content": "w"}, "rank": self.rank}
        store.get_or_make("adapter", spec, lambda folder: {"device": "cpu"})
        return super().prepare(task, store, seed)


def trained(tmp_path, rank):
    arm = Trains("qlora")
    arm.rank = rank
    run_whole(tmp_path, [arm])
    return lastrun.read(tmp_path / "toy/m/records").trials


def test_what_was_tried_before_is_told_also_by_a_run_of_other_arms(tmp_path):
    (first,) = trained(tmp_path, 8)
    both = trained(tmp_path, 16)
    assert {first.key} < {one.key for one in both}
    assert [(one.kind, one.device, one.ended) for one in both] == [("adapter", "cpu", True)] * 2
    run_whole(tmp_path, [ToyArm("base")])
    assert set(lastrun.read(tmp_path / "toy/m/records").trials) == set(both)
    run_whole(tmp_path, [ToyArm("base")], task=ToyTask(changed="train"))  # another comparison has trials of its own
    assert lastrun.read(tmp_path / "toy/m/records").trials == ()
