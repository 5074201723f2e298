"""Questions of a probe instead of the task's: what a model could do before it was tuned."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from harness.errors import DataError
from harness.studies.changed import ChangedTask
from harness.studies.intervention import Value
from harness.studies.probes import ProbeFile, read_probe
from harness.tasks.loaded import limited
from harness.tasks.task import Task, training_task
from harness.types import Example, Withheld


@dataclass(frozen=True)
class Probe:
    """Asks the questions of a file, with its instruction; adapters and documents stay those of the task.

    Questions with choices are answered by likelihood as well, so that a file of multiple choice is a probe like others.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.probe.Probe"

    file: str
    """of the questions (`harness.studies.probes`)"""
    passages: Literal["none", "shown"]
    """shown: arms that retrieve are shown the task's documents beside the question; none: the model answers alone"""
    questions: int
    """at most so many of them"""
    max_new_tokens: int
    """longest answer"""

    def problems(self) -> list[str]:
        positive = {"questions": self.questions, "max_new_tokens": self.max_new_tokens}
        return [f"{name} is {value}; it must be 1 or more" for name, value in positive.items() if value < 1]

    @property
    def name(self) -> str:
        """Of the probe: the file's, without folder and ending."""
        return self.file.rpartition("/")[2].rpartition(".")[0] or self.file

    @property
    def label(self) -> str:
        return self.name if self.passages == "none" else f"{self.name} beside the task's documents"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"probe": self.name, "passages": self.passages}

    def refuses(self, task: Task) -> str:
        try:
            probe = read_probe(self.file)
        except DataError as error:
            return str(error)
        trained = {example.text.strip() for example in training_task(task).examples("train")}
        known = [one.id for one in probe.examples if one.text.strip() in trained]
        if not known:
            return ""
        return (
            f"{len(known)} questions of probe {probe.name} are in train, such as {known[0]}: what is trained on cannot "
            "show what is forgotten; take them out of the file"
        )

    def apply(self, task: Task) -> Task:
        probe = read_probe(self.file)
        return ChangedTask(
            task,
            {"test": self._asked(probe)},
            change=self.label,
            trained_on=training_task(task),
            asked_to=probe.instruction,
            longest=self.max_new_tokens,
        )

    def _asked(self, probe: ProbeFile) -> tuple[Example, ...]:
        withheld: Withheld = "all" if self.passages == "none" else ""
        return tuple(replace(one, withheld=withheld) for one in limited(probe.examples, self.questions))
