"""An adapter that is served or was brought stands in a study once, and under no condition that trains on other rows."""

import pytest

from harness.runner import cell as runner
from harness.studies import files, plan
from harness.studies.changed import ChangedTask
from harness.studies.fixed_adapters import REASON, fixed_adapters
from harness.studies.intervention import Conditions
from harness.studies.interventions.unchanged import Unchanged
from harness.studies.run import StudyRun
from harness.studies.table import study_table
from harness.types import Document
from tests.harness.studies.fakes import SmallTask, StudyArm, experiment
from tests.harness.studies.test_study_run import CURVE, SUBSET, study


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    monkeypatch.setattr(runner, "environment", dict)


def arms(recipe):
    return [StudyArm("base"), StudyArm("rag"), StudyArm("qlora", recipe=recipe)]


def executed(tmp_path, given, conditions=CURVE, variant=None):
    base = experiment(tmp_path, given)
    asked = study(conditions, controls=())
    run = StudyRun(asked, {"name": "curve"}, variant or (lambda _: (base, {})), tmp_path / "study", ())
    run.check()
    todo = plan.plan(run)
    assert run.execute() == {}
    file = files.read(tmp_path / "study")
    data, _ = files.load(tmp_path / "study", file, None)
    return todo, data, study_table(asked, data, file.planned)


def test_a_served_adapter_stands_under_no_size_of_the_training_data_but_its_own(tmp_path):
    given = arms(None)
    todo, data, table = executed(tmp_path, given)
    assert [len(arm.log) for arm in given] == [1, 1, 1]
    assert [len(data.records(level, "qlora")) for level in data.levels] == [1, 0, 0, 0]
    assert [len(data.records(level, "base")) for level in data.levels] == [1, 1, 1, 1]
    assert f"Left out under 0 pairs, draw 0, 0 pairs, draw 1, 2 pairs, draw 0 and 3 more: qlora: {REASON}" in str(todo)
    (note,) = [one for one in table.notes if one.topic == "Left out"]
    assert note.text.startswith("qlora under 0 pairs, draw 0, ")
    assert REASON in note.text


def test_an_adapter_that_is_trained_here_keeps_its_curve(tmp_path):
    _, data, table = executed(tmp_path, arms("lora"), [Conditions(SUBSET, {"pairs": ("all", 2, 4)})])
    assert [len(data.records(level, "qlora")) for level in data.levels] == [1, 1, 1]
    assert not [one for one in table.notes if one.topic == "Left out"]


def test_a_condition_of_which_no_arm_is_left_is_named_and_runs_nothing(tmp_path):
    conditions = [Conditions(SUBSET), Conditions(SUBSET, {"pairs": (2,)}, arms=("qlora",))]
    todo, data, _ = executed(tmp_path, arms(None), conditions)
    assert todo.conditions[1].row() == ("2 pairs, draw 0", "–", "–", "–")
    assert data.levels == ("all pairs", "2 pairs")
    assert list(data.left_out) == [("2 pairs, draw 0", "qlora")]


@pytest.mark.parametrize(("recipe", "asked"), [(lambda epochs: f"{epochs} epochs", [1, 1]), (lambda _: None, [0, 1])])
def test_settings_of_training_change_an_adapter_that_is_trained_alone(tmp_path, recipe, asked):
    """With adapter.epochs at 1 and 3, of which 3 is what the command line asks for anyway."""

    def variant(overrides):
        epochs = int(overrides[0].partition("=")[2]) if overrides else 3
        return experiment(tmp_path, arms(recipe(epochs))), {"adapter": {"epochs": epochs}}

    conditions = [Conditions(Unchanged("the task"), settings={"adapter.epochs": (1, 3)})]
    _, data, _ = executed(tmp_path, arms(recipe(3)), conditions, variant)
    assert [len(data.records(level, "qlora")) for level in data.levels] == asked


def test_other_documents_change_training_on_passages_alone(tmp_path):
    task, given = SmallTask(), [StudyArm(name, recipe=None) for name in ("qlora", "raft")]
    changed = ChangedTask(task, knowledge=(*task.documents(), Document("more", "Lamp", "It is red.")))
    wanted = experiment(tmp_path, given, changed)
    assert list(fixed_adapters(wanted, experiment(tmp_path, given), task, new_recipe=False)) == ["raft"]
