"""Studies without a model: data for measures, and a task and arms for the runner."""

from dataclasses import dataclass, field
from typing import ClassVar

from harness.analysis.roles import Role
from harness.metrics.metric import Metric
from harness.runner.arm import Workload
from harness.runner.experiment import Experiment
from harness.runner.timing.settings import Timing
from harness.store.spec import digest
from harness.studies.data import Made, StudyData
from harness.tasks.task import training_task
from harness.types import Document, Example, Prediction, Score
from tests.harness.records import ROLES, record

NO_TIMING = Timing(examples=0, repeats=0, warmup=0, concurrency=(), per_answer=1.0, seed=0)


def study_data(cells, settings=None, metric="em", **fields):
    """Return the data of a study.

    Args:
        cells: (level, arm) -> one value per example; or a list of such lists, one per seed.
        settings: level -> its settings; those that are not named have none.
        metric: name of the values.
        fields: of every record.
    """
    levels = list(dict.fromkeys(level for level, _ in cells))
    records = {}
    for (level, arm), values in cells.items():
        runs = values if values and isinstance(values[0], list) else [values]
        records[level, arm] = tuple(record(arm, run, seed, metric, **fields) for seed, run in enumerate(runs))
    made = tuple(Made(level, level, 0, (settings or {}).get(level, {})) for level in levels)
    return StudyData("qa", "pocket", metric, made, records, {})


@dataclass(frozen=True)
class SmallTask:
    """Questions q0 … whose answer stands in a document, and pairs to train on."""

    pairs: int = 8
    questions: int = 6
    pages: int = 6
    name: str = "small"
    instruction: str = "Answer."
    max_new_tokens: int = 8
    cut: str | None = None
    faults: tuple = ()

    def examples(self, split):
        if split == "test":
            return TEST[self.questions]
        return TRAIN[self.pairs] if split == "train" else ()

    def documents(self):
        return PAGES[self.pages]

    def problems(self):
        return self.faults

    def remarks(self):
        return ()

    def content_key(self):
        return "small"

    def provenance(self):
        return {}


TEST = {
    count: tuple(
        Example(f"q{n}", f"Which colour has the door number {n}?", (f"colour{n}",), (f"page{n}",)) for n in range(count)
    )
    for count in (0, 1, 6)
}
TRAIN = {
    count: tuple(Example(f"t{n}", f"What is thing {n}?", (f"thing{n}",), ()) for n in range(count))
    for count in (0, 1, 2, 8)
}
PAGES = {
    count: tuple(
        Document(f"page{n}", f"Door {n}", f"The door number {n} is painted colour{n}. It was hung in 19{n}4.")
        for n in range(count)
    )
    for count in (0, 1, 6)
}


@dataclass
class StudyArm:
    """An arm whose answers depend on train, if it is adapted, and on documents, if it retrieves."""

    name: str
    log: list = field(default_factory=list)
    fails_on: str = ""
    """a word of the training data or documents at which it fails"""
    dies: list = field(default_factory=list)
    """not empty: it is killed once"""
    recipe: str | None = ""
    """how its adapter is trained; None: it is served, so that neither recipe nor rows change it"""

    @property
    def role(self):
        return Role(**ROLES[self.name])

    @property
    def trains_first(self):
        return False

    def refuses(self, task):
        none = self.role.adapted and self.recipe is not None and not training_task(task).examples("train")
        return "training an adapter takes a train split" if none else ""

    def shared_spec(self, task):
        return {"test": digest(list(task.examples("test")))}

    def answer_spec(self, task, seed):
        spec = {"arm": self.name, **self.shared_spec(task)}
        if self.role.adapted and self.recipe is None:
            spec |= {"adapter": "served"}
        elif self.role.adapted:
            spec |= {"adapter": self.recipe, "train": digest(list(training_task(task).examples("train"))), "seed": seed}
        return spec | ({"documents": digest(list(task.documents()))} if self.role.retrieves else {})

    def workload(self, task, store, seed):
        rows = len(training_task(task).examples("train")) if self.role.adapted else 0
        return Workload({"predictions": False}, self.name * bool(rows), train_rows=rows, answers=6)

    def prepare(self, task, store, seed):
        if self.fails_on and any(self.fails_on in one.input for one in training_task(task).examples("train")):
            raise ZeroDivisionError("no such luck")
        return StudyPrepared(self, len(training_task(task).examples("train")))


@dataclass
class StudyPrepared:
    arm: StudyArm
    pairs: int
    build_spans: tuple = ()
    facts: dict = field(default_factory=dict)

    def audit_parts(self):
        return ()

    def audit_answers(self, examples, predictions):
        return ()

    def answer(self, examples, skip):
        if self.arm.dies and self.arm.dies.pop():
            raise KeyboardInterrupt
        self.arm.log.append(self.pairs)
        known = self.pairs if self.arm.role.adapted else 3 if self.arm.role.retrieves else 0
        yield [
            Prediction(one.id, one.references[0] if at < known else "no idea", (), (), "stop")
            for at, one in enumerate(examples)
        ]


@dataclass(frozen=True)
class RightAnswer(Metric):
    KEY: ClassVar[str] = "tests.studies.RightAnswer"

    name: str = "right_answer"
    unit: str = "share"
    higher_is_better: bool = True
    worst: float = 0.0

    def score(self, pairs):
        return [Score(e.id, self.name, float(p.text in e.references)) for e, p in pairs]


def experiment(tmp_path, arms, task=None):
    return Experiment(
        task=task or SmallTask(),
        arms={arm.name: arm for arm in arms},
        metrics={"right_answer": RightAnswer()},
        reports={},
        costing=None,
        tracker=None,
        model_name="m",
        seed=0,
        limit=None,
        results=tmp_path,
        store=tmp_path / "store",
        dry_run=False,
        timing=NO_TIMING,
        audit=False,
    )
