"""What a study would do, before it does it: conditions, what is there, rows and tokens to train, answers to write."""

from dataclasses import dataclass, field, replace

from harness.runner.arm import Workload
from harness.store.spec import digest
from harness.studies.control_needs import unmet_needs
from harness.studies.run import Step, StudyRun
from harness.studies.words import some_of
from harness.tasks.complaints import counted


@dataclass
class PlannedCondition:
    """One condition, over its seeds."""

    name: str
    there: list[str] = field(default_factory=list)
    """arms that have their record"""
    todo: dict[str, Workload] = field(default_factory=dict)
    """arm and seed -> what is still to be done"""
    shared: list[str] = field(default_factory=list)
    """arms that an earlier condition answers for"""
    left_out: dict[str, str] = field(default_factory=dict)
    """arm -> why it makes no sense here"""
    indexed: dict[str, int] = field(default_factory=dict)
    """digest of documents that no index is there for -> how many they are"""

    def arms(self) -> set[str]:
        """Return the arms that are asked, by themselves or by an earlier condition's answers."""
        return {*self.there, *self.shared, *(name.partition(",")[0] for name in self.todo)}

    def row(self) -> tuple[str, str, str, str]:
        """Return the name, and the arms to run, that are there, and that an earlier condition answers for."""
        todo = [name.partition(",")[0] for name in self.todo]
        run, there, shared = (", ".join(dict.fromkeys(arms)) or "–" for arms in (todo, self.there, self.shared))
        return self.name, run, there, shared


@dataclass(frozen=True)
class StudyPlan:
    """All conditions of a study."""

    title: str
    """study, task and model"""
    question: str
    conditions: tuple[PlannedCondition, ...]
    says: str
    """what the budget cannot tell"""
    unmet: tuple[str, ...] = ()
    """controls that these arms and conditions cannot answer, and why: they fail, and nothing of the study counts"""

    @property
    def complete(self) -> bool:
        """True when every cell has its record."""
        return not any(one.todo for one in self.conditions)

    def __str__(self) -> str:
        rows = [("condition", "to run", "there", "as an earlier condition"), *(one.row() for one in self.conditions)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return (
            "\n".join([self.title, self.question, "", *lines, *self._left_out(), "", self._work(), self.says]).rstrip()
            + self._withheld()
        )

    def _withheld(self) -> str:
        """Return that nothing of the study will count, and why; "" where every control can be answered."""
        lines = [f"  {line}" for line in self.unmet]
        text = "With these arms a control must fail, and nothing of the study will count; add arms (arm=[…]):"
        return "\n".join(["", text, *lines]) if lines else ""

    def _left_out(self) -> list[str]:
        reasons: dict[str, list[str]] = {}
        for one in self.conditions:
            for arm, why in one.left_out.items():
                reasons.setdefault(f"{arm}: {why}", []).append(one.name)
        return [f"Left out under {some_of(names)}: {reason}" for reason, names in reasons.items()]

    def _work(self) -> str:
        """Sum up what is to be done; an adapter that arms and conditions share counts once."""
        if self.complete:
            return "Nothing to do: every cell has its record."
        todo = [work for one in self.conditions for work in one.todo.values()]
        training = {work.adapter_key: work for work in todo if work.train_rows}.values()
        rows, tokens = sum(work.train_rows for work in training), sum(work.train_tokens for work in training)
        answers, writing = sum(work.answers for work in todo), sum(work.answer_tokens for work in todo)
        lines = [f"{sum(bool(one.todo) for one in self.conditions)} of {len(self.conditions)} conditions to run"]
        if training:
            adapters = f"{counted(len(training), 'adapter')}: {counted(rows, 'row')}"
            lines.append(f"train    {adapters}, about {counted(tokens, 'token')} without passages")
        indexed = {key: count for one in self.conditions for key, count in one.indexed.items()}
        if documents := sum(indexed.values()):
            lines.append(f"index    {counted(documents, 'document')}, {counted(len(indexed), 'knowledge base')}")
        return "\n".join([*lines, f"generate {counted(answers, 'answer')}: at most {counted(writing, 'token')}"])


def plan(run: StudyRun) -> StudyPlan:
    """Return what the cells of a checked study still need; reads data and keys, loads no model weights."""
    conditions: dict[str, PlannedCondition] = {}
    in_store: set[str] = set()
    run.answered.clear()
    for step in run.steps():
        _add(conditions.setdefault(step.condition.name, PlannedCondition(step.condition.name)), step, run, in_store)
        run.claim(step)
    run.answered.clear()
    asked = {name: one.arms() for name, one in conditions.items()}
    roles = {name: arm.role for name, arm in run.base.arms.items()}
    unmet = [one.text for one in unmet_needs(run.study.controls, run.study.conditions(), asked, roles)]
    title = f"Study {run.study.name}, task {run.base.task.name}, model {run.base.model_name}, {run.study.budget} budget"
    return StudyPlan(title, run.study.question, tuple(conditions.values()), run.study.chosen.says, tuple(unmet))


def _add(planned: PlannedCondition, step: Step, run: StudyRun, asked: set[str]) -> None:
    """Add what a step still needs; what an earlier one asks (its keys are in `asked`) is in the store by then."""
    experiment, own = step.run.experiment, {cell.cell.arm for cell in step.cells}
    planned.left_out |= step.left_out
    planned.shared += [cell.cell.arm for cell in step.run.cells if cell.cell.arm not in own]
    for cell in step.cells:
        if cell.record is not None:
            planned.there.append(cell.cell.arm)
            continue
        work = cell.arm.workload(experiment.task, step.run.store, experiment.seed)
        key = digest(cell.arm.answer_spec(experiment.task, experiment.seed))
        if key in asked:
            work = replace(work, answers=0, prompt_tokens=0, answer_tokens=0)
        asked.add(key)
        planned.todo[f"{cell.cell.arm}, seed {experiment.seed}"] = work
        if work.index_documents:
            planned.indexed[digest(list(experiment.task.documents()))] = work.index_documents
