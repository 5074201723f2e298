"""How much less memory one training method needs than another: weights, gradients and optimiser, by counting bytes."""

from dataclasses import dataclass
from typing import ClassVar

from harness.analysis.costs.tuning import methods
from harness.studies.claims.arms import arm_named
from harness.studies.claims.effect import Effect, Gap
from harness.studies.claims.sources import EXPERIMENT, Evidence


@dataclass(frozen=True)
class TrainingMemoryRatio:
    """Bytes of one method over those of another for the adapter of an arm."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.training_memory.TrainingMemoryRatio"
    source: ClassVar[str] = EXPERIMENT
    is_ratio: ClassVar[bool] = True

    arm: str
    """see `harness.studies.claims.arms`"""
    method: str
    """QLoRA, LoRA or full fine-tuning"""
    over: str
    """the method that it is divided by"""

    def read(self, evidence: Evidence) -> Effect | Gap:
        experiment = evidence.experiment
        if experiment is None:
            return Gap("the experiment was not run", evidence.command())
        arm = arm_named(self.arm, experiment.data.roles)
        used = experiment.usage.get(arm or "")
        if used is None or used.training is None:
            return Gap(f"no training of {self.arm} was measured", evidence.more_arms(self.arm))
        sizes = {one.name: one.weight_bytes for one in methods(used.training, used.quantisation)}
        if not {self.method, self.over} <= sizes.keys():
            return Gap("the size of the model is not recorded", evidence.command())
        value = sizes[self.method] / sizes[self.over]
        said = f"memory of {self.method} ÷ {self.over}, for the adapter of {arm}"
        return Effect(
            value, None, None, said, 0, kind="exact", ratio=True, anchor="training_methods",
            notes=("weights, gradients and optimiser, counted and not measured; activations left out",),
        )  # fmt: skip
