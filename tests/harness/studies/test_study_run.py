"""Studies through the ordinary runner: what is shared, what is resumed, what fails, and the table from records."""

import json
from dataclasses import dataclass

import pytest

from harness.errors import StoreError
from harness.runner import cell as runner
from harness.store.portable import ROOT
from harness.studies import files, plan
from harness.studies.changed import with_documents
from harness.studies.controls.training import ShuffledAnswersTeachNothing, TrainingChangesAnswers
from harness.studies.intervention import Conditions
from harness.studies.interventions.label_subset import LabelSubset
from harness.studies.interventions.typos import Typos
from harness.studies.interventions.unchanged import Unchanged
from harness.studies.measures.measure import LevelMeans
from harness.studies.run import StudyRun
from harness.studies.study import Budget, DoesNotApplyError, Study
from harness.studies.table import study_table
from harness.studies.words import NOT_TESTED
from harness.types import Document
from tests.harness.studies.fakes import SmallTask, StudyArm, experiment

SUBSET = LabelSubset(pairs="all", draw=0, steps="equal epochs", knowledge="held", answers="own", asked="test")
CURVE = (Conditions(SUBSET), Conditions(SUBSET, {"pairs": (0, 2, 4), "draw": (0, 1)}))


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    monkeypatch.setattr(runner, "environment", dict)


def study(conditions=CURVE, seeds=(0,), controls=None, measures=None):
    controls = (TrainingChangesAnswers(0.1),) if controls is None else controls
    measures = (LevelMeans(),) if measures is None else measures
    budget = Budget(seeds, {}, tuple(conditions))
    return Study("curve", "How much?", "full", None, 1, {}, budget, budget, controls, measures, ("Everything else.",))


def run_of(tmp_path, arms, task=None, **fields):
    base = experiment(tmp_path, arms, task)
    return StudyRun(study(**fields), {"name": "curve"}, lambda _: (base, {}), tmp_path / "study", ())


def arms():
    return [StudyArm(name) for name in ("base", "rag", "qlora")]


def executed(run):
    run.check()
    todo = plan.plan(run)
    return todo, run.execute()


def loaded(folder, metric=None):
    return files.load(folder, files.read(folder), metric)


def test_a_curve_asks_base_and_rag_once(tmp_path):
    given = arms()
    _, failures = executed(run_of(tmp_path, given))
    assert failures == {}
    assert [len(arm.log) for arm in given] == [1, 1, 5]  # qlora: all, 2 and 4 pairs in two draws each
    data, broken = loaded(tmp_path / "study")
    assert broken == []
    assert [len(data.records(level, "base")) for level in data.levels] == [1, 1, 1, 1]
    assert [len(data.records(level, "qlora")) for level in data.levels] == [1, 0, 2, 2]
    assert len(list((tmp_path / "study").rglob("base,*.jsonl"))) == 1


def test_an_arm_that_draws_nothing_is_asked_once_for_all_seeds(tmp_path):
    given = arms()
    executed(run_of(tmp_path, given, seeds=(0, 1)))
    assert [len(arm.log) for arm in given] == [1, 1, 10]
    data, _ = loaded(tmp_path / "study")
    assert len(data.records("4 pairs", "qlora")) == 4


def test_the_plan_says_what_is_shared_and_left_out_and_runs_nothing(tmp_path):
    given = arms()
    run = run_of(tmp_path, given)
    run.check()
    todo = plan.plan(run)
    assert not todo.complete
    assert [arm.log for arm in given] == [[], [], []]
    text = str(todo)
    assert "5 of 7 conditions to run" in text
    assert "Left out under 0 pairs, draw 0, 0 pairs, draw 1: qlora: training an adapter takes a train split" in text
    assert not (tmp_path / "study").exists()


@dataclass(frozen=True)
class MoreDocuments:
    """Other documents: what supports an answer changes for every arm, and the answers of those that retrieve."""

    count: int

    @property
    def label(self):
        return f"{self.count} more"

    @property
    def settings(self):
        return {"more": self.count}

    def refuses(self, task):
        return ""

    def apply(self, task):
        more = [Document(f"more{at}", f"Lamp {at}", f"Lamp {at} is red.") for at in range(self.count)]
        return with_documents(task, [*task.documents(), *more])


def test_the_plan_counts_answers_once_that_two_records_need(tmp_path):
    given = arms()[:2]
    conditions = [Conditions(MoreDocuments(0), {"count": (0, 1, 2)})]
    todo, _ = executed(run_of(tmp_path, given, conditions=conditions, controls=()))
    assert [one.row()[1] for one in todo.conditions] == ["base, rag"] * 3
    assert f"generate {6 + 3 * 6} answers" in str(todo)
    assert [len(arm.log) for arm in given] == [1, 3]


def test_the_same_command_again_does_nothing(tmp_path):
    executed(run_of(tmp_path, arms()))
    given = arms()
    todo, failures = executed(run_of(tmp_path, given))
    assert todo.complete
    assert failures == {}
    assert [arm.log for arm in given] == [[], [], []]


def test_killed_it_goes_on_and_ends_with_the_same_table(tmp_path):
    executed(run_of(tmp_path / "whole", arms()))
    given = arms()
    given[2].dies += [True, False, False]  # popped from the end: at its third training
    with pytest.raises(KeyboardInterrupt):
        executed(run_of(tmp_path / "killed", given))
    assert len(files.read(tmp_path / "killed/study").conditions) < 7
    again = arms()
    _, failures = executed(run_of(tmp_path / "killed", again))
    assert failures == {}
    assert len(again[0].log) == 0
    assert len(again[2].log) == 3
    tables = [table_of(tmp_path / name / "study") for name in ("whole", "killed")]
    assert tables[0] == tables[1]


def table_of(folder, **fields):
    data, broken = loaded(folder)
    return study_table(study(**fields), data, files.read(folder).planned, broken)


def test_a_cell_that_fails_does_not_stop_the_others_and_stands_under_the_table(tmp_path):
    given = arms()
    given[2].fails_on = "thing 3?"
    _, failures = executed(run_of(tmp_path, given))
    assert "all pairs, draw 0: qlora" in failures
    assert all("no such luck" in why for why in failures.values())
    data, _ = loaded(tmp_path / "study")
    assert len(data.records("all pairs", "base")) == 1
    notes = table_of(tmp_path / "study").notes
    assert any(note.topic == "Failed" and "qlora under all pairs, draw 0" in note.text for note in notes)


def test_metrics_are_bound_to_the_whole_training_data(tmp_path):
    """Two conditions measured by another yardstick each could not be compared."""
    run = run_of(tmp_path, arms())
    run.check()
    bound = {len((step.run.experiment.scored_as or step.run.experiment.task).examples("train")) for step in run.steps()}
    assert bound == {8}


def test_a_control_that_fails_withholds_the_finding(tmp_path):
    executed(run_of(tmp_path, arms()))
    sound = table_of(tmp_path / "study")
    assert not sound.withheld
    assert [one.name for one in sound.sections] == ["controls", "conditions"]
    broken = table_of(tmp_path / "study", controls=(TrainingChangesAnswers(1.1),))
    assert broken.withheld
    assert broken.words[0] == NOT_TESTED
    assert [one.name for one in broken.sections] == ["controls"]
    assert any(note.level == "act" and "training changes answers" in note.text for note in broken.notes)


def test_a_control_that_was_not_run_counts_as_failed(tmp_path):
    executed(run_of(tmp_path, arms()))
    table = table_of(tmp_path / "study", controls=(ShuffledAnswersTeachNothing(0.5),))
    assert table.withheld
    assert "no arm was trained on shuffled answers" in table.words[1]


def test_an_unfinished_study_says_so(tmp_path):
    executed(run_of(tmp_path, arms()))
    path = tmp_path / "study" / files.FILE
    entry = json.loads(path.read_text())
    path.write_text(json.dumps({**entry, "conditions": entry["conditions"][:3]}))
    assert any("3 of 7 conditions" in note.text for note in table_of(tmp_path / "study").notes)


def test_a_record_that_is_gone_is_named(tmp_path):
    executed(run_of(tmp_path, arms()))
    next((tmp_path / "study").rglob("base,*.jsonl")).unlink()
    table = table_of(tmp_path / "study")
    assert any(note.topic == "Record" and "base,seed=0.jsonl" in note.text for note in table.notes)


def test_the_file_names_no_place_of_this_machine(tmp_path):
    node = {"values": {"probe": [f"{ROOT}/datasets/probes/almanac.jsonl", str(tmp_path / "own.jsonl")]}}
    files.write(files.StudyFile(node, "qa", "pocket", (), 1), tmp_path)
    assert files.read(tmp_path).study == {"values": {"probe": ["datasets/probes/almanac.jsonl", "own.jsonl"]}}


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / files.FILE).write_text("{")
    with pytest.raises(StoreError, match="cannot be read"):
        files.read(tmp_path)


def test_what_makes_no_sense_for_a_task_is_said_before_anything_runs(tmp_path):
    run = run_of(tmp_path, arms()[:2], SmallTask(pairs=1))
    with pytest.raises(DoesNotApplyError, match=r"task\.splits\.train=FILE"):
        run.check()


def test_a_condition_can_change_settings_and_ask_some_arms_alone(tmp_path):
    asked = []

    def variant(overrides):
        asked.append(tuple(overrides))
        return experiment(tmp_path, arms()), {}

    conditions = (Conditions(Unchanged("plain")), Conditions(Typos(1.0, 0), settings={"k": (1, 2)}, arms=("rag",)))
    run = StudyRun(study(conditions, controls=(), measures=()), {}, variant, tmp_path / "study", ())
    executed(run)
    assert asked == [(), ("k=1",), ("k=2",)]
    data, _ = loaded(tmp_path / "study")
    assert data.levels == ("plain", "typos in 100 % of the words, k=1", "typos in 100 % of the words, k=2")
    assert data.records(data.levels[1], "rag")
    assert not data.records(data.levels[1], "base")


def test_budgets_cut_splits_and_name_what_is_wrong():
    budget = Budget((0,), {"train": 2, "test": 6}, (Conditions(Unchanged("x")),))
    cut = budget.cut(SmallTask())
    assert len(cut.examples("train")) == 2
    assert cut.examples("test") == SmallTask().examples("test")
    assert Budget((), {"trian": 3, "test": 0}, ()).problems() == [
        "seeds is []; give at least one",
        "conditions is []; give at least one",
        "examples.trian is not a split: train, validation, test",
        "examples.test is 0; it must be 1 or more",
    ]
