"""Arms whose adapter does not follow what a condition trains on: it is served, or was brought by the user.

Such an adapter has one key whatever is trained on. Under every size of the training data it would give the same
answers, and a curve over the sizes would be flat though nothing was trained: the arm is left out there, and said to be.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.runner.arm import Arm
from harness.runner.experiment import Experiment
from harness.studies.changed import ChangedTask
from harness.tasks.task import Task, training_task
from harness.types import SPLITS, Document, Example

REASON: Final = (
    "its adapter is not trained here (a server has it, or adapter.path names it), so that it is the same whatever is "
    "trained on; it is asked where training stays as it is"
)
RECIPE: Final = "adapter"
"""key of a configuration with the recipe of training"""
KEPT_ALIKE: Final = ("generator", "adapter")
"""parts of an arm's specification that tell one adapter from another"""


def fixed_adapters(wanted: Experiment, base: Experiment, original: Task, *, new_recipe: bool) -> dict[str, str]:
    """Return the arms of a condition that changes training without changing them -> why they are left out.

    Args:
        wanted: the experiment of the condition.
        base: the experiment without any condition.
        original: the task before the condition changed it.
        new_recipe: whether the condition's settings change how adapters are trained.
    """
    before, after = training_task(original), training_task(wanted.task)
    rows = any(list(before.examples(split)) != list(after.examples(split)) for split in SPLITS if split != "test")
    shown = rows or list(before.documents()) != list(after.documents())
    found = dict[str, str]()
    for name, arm in wanted.arms.items():
        other_data = shown if arm.role.trained_on_passages else rows
        if not arm.role.adapted or not (other_data or new_recipe) or follows_training(arm, original, wanted.seed):
            continue
        if other_data or _same_adapter(arm, base.arms.get(name), original, wanted.seed):
            found[name] = REASON
    return found


def follows_training(arm: Arm, task: Task, seed: int) -> bool:
    """Return whether an arm's answers depend on the rows that its adapter is trained on.

    Tried on a task without questions and documents, so that no data are hashed.
    """
    row = Example("row", "question", ("answer",), ())
    specs = [arm.answer_spec(_empty(task, training), seed) for training in ((), (row,))]
    return specs[0] != specs[1]


def recipe_of(config: Mapping[str, Any]) -> Any:
    """Return the part of a configuration that says how adapters are trained."""
    return config.get(RECIPE)


def _same_adapter(arm: Arm, other: Arm | None, task: Task, seed: int) -> bool:
    """Return whether two arms have one and the same adapter on one and the same model."""
    if other is None:
        return False
    own, theirs = (one.answer_spec(_empty(task, ()), seed) for one in (arm, other))
    return all(own.get(part) == theirs.get(part) for part in KEPT_ALIKE)


def _empty(task: Task, rows: Sequence[Example]) -> ChangedTask:
    """Return the task without questions and documents, whose adapters are trained on these rows."""
    nothing: tuple[Document, ...] = ()
    bare = ChangedTask(task, dict.fromkeys(SPLITS, ()), nothing)
    return ChangedTask(bare, trained_on=ChangedTask(bare, {"train": tuple(rows)}))
