"""The judge that takes the strongest of several that this machine can afford, and says which one and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Final

from harness.judges.judge import Judge, Judgement, Question, Reads, RehearsedJudge
from harness.judges.nli.judge import NliJudge
from harness.judges.nli.presets import Preset, presets
from harness.store.checkpoints import cached_folder

SHARE_OF_GPU: Final = 0.5
"""of the GPU's memory that a judge may need: the rest is for the model under test"""


@dataclass(frozen=True)
class AutoJudge(Judge):
    """Stands for the judge that it chooses: with its name, its fingerprint and its judgements.

    Nothing is downloaded to choose: a model counts as available when its weights, at the revision of its preset, are in
    the local cache of the hub. A GPU is needed for each of them; without one, `otherwise` judges.

    Args:
        models: presets of entailment models, strongest first.
        model_settings: of the model that is chosen; its path is replaced.
        otherwise: judges where no model can.
    """

    KEY: ClassVar[str] = "harness.judges.auto.AutoJudge"

    models: tuple[str, ...]
    model_settings: NliJudge
    otherwise: Judge

    def problems(self) -> Sequence[str]:
        usable = [name for name, preset in presets().items() if not preset.refused]
        return [
            f"models: {name!r} is not a model to choose from; there are {', '.join(usable)}"
            for name in self.models
            if name not in usable
        ]

    def resolved(self) -> Judge:
        """Return the judge that is chosen: by its key it is the same as if it had been named."""
        judge = self._choice[0]
        return judge.resolved() if isinstance(judge, NliJudge) else judge

    @cached_property
    def _choice(self) -> tuple[Judge, str]:
        memory = gpu_gb()
        if not memory:
            return self.otherwise, f"{self.otherwise.name}: there is no GPU that PyTorch can use"
        wanted = [presets()[name] for name in self.models]
        fitting = [preset for preset in wanted if preset.gpu_gb <= SHARE_OF_GPU * memory]
        for preset in fitting:
            if cached_folder(preset.id, preset.revision) is not None:
                settings = replace(self.model_settings, path=preset.name, revision=None, preset=None)
                return settings, f"{settings.name} with {preset.name}: {_because(preset, wanted, memory)}"
        return self.otherwise, f"{self.otherwise.name}: {_nothing(fitting, memory)}"

    @property
    def name(self) -> str:
        return self.resolved().name

    @property
    def model(self) -> str:
        return self.resolved().model

    @property
    def reads(self) -> Reads:
        return self.resolved().reads

    def judge(self, questions: Sequence[Question]) -> Sequence[Judgement]:
        return self.resolved().judge(questions)

    def rehearsed(self) -> RehearsedJudge | None:
        return self.resolved().rehearsed()

    def content_key(self) -> str:
        """Return what identifies the weights of the judge that is chosen; "" where it has none of its own."""
        key = getattr(self.resolved(), "content_key", None)
        return "" if key is None else str(key())

    def chosen_because(self) -> str:
        return self._choice[1]


def _because(preset: Preset, wanted: Sequence[Preset], memory: float) -> str:
    place = wanted.index(preset) + 1
    return (
        f"number {place} of {len(wanted)} by strength, the first whose weights ({preset.id}, {preset.revision}) are in "
        f"the local cache and take at most half of the GPU's {memory:.0f} GB"
    )


def _nothing(fitting: Sequence[Preset], memory: float) -> str:
    if not fitting:
        return f"every stronger model takes more than half of the GPU's {memory:.0f} GB"
    first = fitting[0]
    return (
        f"the weights of no stronger model are in the local cache; fetch one, e.g. hf download {first.id} --revision "
        f"{first.revision}"
    )


def gpu_gb() -> float:
    """Return the memory of the first GPU that PyTorch can use; 0 without one."""
    import torch

    return float(torch.cuda.get_device_properties(0).total_memory) / 1e9 if torch.cuda.is_available() else 0.0
