"""How many more things one arm needs than another: an exact count, from records alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from harness.studies.claims.arms import arm_named
from harness.studies.claims.effect import Effect, Gap
from harness.studies.claims.sources import EXPERIMENT, Evidence
from harness.studies.inventory import ArmInventory, inventory_of

Counted = Literal["parts", "steps of an answer", "adapters"]
COUNTS: Final[Mapping[Counted, Callable[[ArmInventory], int]]] = {
    "parts": lambda one: one.parts,
    "steps of an answer": lambda one: len(one.stages),
    "adapters": lambda one: sum(artifact.kind == "adapter" for artifact in one.artifacts),
}
"""parts: processes, models and artifacts that can fail alone, as `make inventory ARGS=--records-only` counts them"""


@dataclass(frozen=True)
class InventoryDifference:
    """The most that one of some arms needs, minus what another needs."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.inventory_difference.InventoryDifference"
    source: ClassVar[str] = EXPERIMENT
    is_ratio: ClassVar[bool] = False

    arms: tuple[str, ...]
    """of these, as far as they were run, the one that needs most; see `harness.studies.claims.arms`"""
    minus: str
    """the arm that it is compared with"""
    count: Counted

    def problems(self) -> Sequence[str]:
        return [] if self.arms else ["arms is []; give at least one"]

    def read(self, evidence: Evidence) -> Effect | Gap:
        experiment = evidence.experiment
        if experiment is None:
            return Gap("the experiment was not run", evidence.command())
        roles, records = experiment.data.roles, experiment.records
        named = {word: arm for word in (*self.arms, self.minus) if (arm := arm_named(word, roles)) is not None}
        there = [named[word] for word in self.arms if word in named]
        if not there or self.minus not in named:
            absent = [word for word in (*self.arms, self.minus) if word not in named]
            return Gap(f"no arm is {' or '.join(absent)}", evidence.more_arms(*absent))
        counts = {arm: COUNTS[self.count](inventory_of(records[arm][0], store=None)) for arm in named.values()}
        most, other = max(there, key=counts.__getitem__), named[self.minus]
        said = f"{self.count} of {most} ({counts[most]}) − {other} ({counts[other]})"
        absent = [word for word in self.arms if word not in named]
        notes = (f"{', '.join(absent)} not run",) if absent else ()
        return Effect(
            float(counts[most] - counts[other]), None, None, said, 0, kind="exact", anchor="cost", notes=notes
        )
