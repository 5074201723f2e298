"""Noise in prompts: a share of the passages that are of other documents than the right one (RGB, arXiv 2309.01431)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from harness.studies.changed import with_test
from harness.studies.intervention import Value
from harness.studies.interventions.unanswerable import NO_EVIDENCE, rests_on_documents
from harness.tasks.task import Task
from harness.types import Example


@dataclass(frozen=True)
class DistractorShare:
    """The questions that documents answer, with so many distractors beside the right passages in the prompt.

    Distractors are the passages of other documents that were ranked best: the hardest ones. As a prompt shows k
    passages at most, and seldom more than one is right, the largest share below 1 is (k - 1) / k. At 1 only distractors
    are left: then nothing can be known, and refusing is right. Adapters stay.
    """

    KEY: ClassVar[str] = "harness.studies.interventions.distractor_share.DistractorShare"

    share: float
    """of the passages in the prompt, 0 to 1; where the gold documents were not retrieved, nothing changes"""

    def problems(self) -> list[str]:
        return [] if 0.0 <= self.share <= 1.0 else [f"share is {self.share}; it must be from 0 to 1"]

    @property
    def label(self) -> str:
        return f"{100 * self.share:.0f} % distractors"

    @property
    def settings(self) -> Mapping[str, Value]:
        return {"change": "distractors", "share": self.share}

    def refuses(self, task: Task) -> str:
        return "" if any(map(rests_on_documents, task.examples("test"))) else NO_EVIDENCE

    def apply(self, task: Task) -> Task:
        asked = [self._noisy(one) for one in task.examples("test") if rests_on_documents(one)]
        return with_test(task, asked, self.label)

    def _noisy(self, example: Example) -> Example:
        """Return the example with the share; of distractors alone its answer cannot be known, its evidence stays."""
        if self.share < 1.0:
            return replace(example, noise=float(self.share))
        return replace(example, noise=1.0, references=(), facts=(), answerable=False)
