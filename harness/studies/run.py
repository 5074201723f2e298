"""Runs the conditions of a study as ordinary experiments: same runner, store, guards and records.

An arm whose answers, metrics and yardstick are those of an earlier condition or seed is not run again: the study's file
points to the record that is there. Interrupted or failed, the same command goes on: what has its record is found.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.errors import redacted
from harness.runner.cell import CellRun
from harness.runner.experiment import Experiment
from harness.runner.run import Run
from harness.runner.run_progress import NoDisplay, RunProgress
from harness.store.spec import digest
from harness.studies import files
from harness.studies.changed import data_key, scored_as
from harness.studies.files import Answered, ConditionEntry, StudyFile
from harness.studies.fixed_adapters import fixed_adapters, recipe_of
from harness.studies.intervention import Condition
from harness.studies.study import Study
from harness.tasks.task import Task

log = logging.getLogger(__name__)

Variant = Callable[[Sequence[str]], tuple[Experiment, Mapping[str, Any]]]
"""settings, KEY=VALUE -> the experiment that the command line asks for with these as well, and its configuration"""


@dataclass
class Step:
    """One condition with one seed: an ordinary experiment, or what is left of it."""

    condition: Condition
    run: Run
    cells: list[CellRun]
    """those that no earlier step answers for"""
    left_out: Mapping[str, str]
    """arm -> why it makes no sense here"""
    bound: str
    """digest of the data that metrics are bound to"""

    def identity(self, cell: CellRun) -> str:
        """Digest what the answers and scores of a cell depend on: not the seed where nothing is drawn by it."""
        spec = {**self.run.experiment.cell_spec(cell.arm), "seed": 0}
        return digest({"arm": cell.cell.arm, "model": cell.cell.model, "bound": self.bound, **spec})


@dataclass
class StudyRun:
    """A study of one task and model.

    Args:
        study: what is asked.
        node: its configuration, from which it can be built again.
        variant: makes the experiment of a condition, before data are changed.
        folder: where the study's table and records go.
        given: what the command line set, each KEY=VALUE.
        shown: shows the progress of an experiment.
    """

    study: Study
    node: Mapping[str, Any]
    variant: Variant
    folder: Path
    given: Sequence[str]
    shown: Callable[[], AbstractContextManager[RunProgress]] = lambda: nullcontext(RunProgress(NoDisplay()))
    answered: dict[str, Answered] = field(init=False, default_factory=dict)
    """what an arm's answers and scores depend on -> the record that holds them"""
    entries: dict[str, ConditionEntry] = field(init=False, default_factory=dict)
    """of the conditions that were run, by name"""
    base: Experiment = field(init=False)
    """what the command line asks for, without any condition"""
    _variants: dict[tuple[str, ...], tuple[Experiment, Mapping[str, Any]]] = field(init=False, default_factory=dict)

    def check(self) -> None:
        """Look for what is wrong with the data, and whether the study makes sense for them.

        Raises:
            DataError: lists everything that is wrong with the task's data, or what they lack for the study.
            ArmError: the arms differ in what they must share.
        """
        self.base = self._variant(())[0]
        self.base.without_refused().check()
        self.study.check(self.study.chosen.cut(self.base.task))

    def conditions(self) -> Sequence[Condition]:
        """Return the study's conditions, without those that ask none of the arms that were chosen."""
        arms = set(self.base.arms)
        return [one for one in self.study.conditions() if not one.arms or arms & set(one.arms)]

    def steps(self) -> Iterator[Step]:
        """Yield the experiments in order, each without the cells that an earlier one answers for.

        Raises:
            CutleryError: an intervention cannot be applied, or its experiment is wrong.
        """
        for condition in self.conditions():
            experiment, config = self._variant(condition.overrides)
            original = self.study.chosen.cut(experiment.task)
            if why := condition.unasked(original):
                yield self._nothing(condition, experiment, config, why)
                continue
            changed = condition.intervention.apply(original)
            for seed in self.study.chosen.seeds:
                step = self._step(condition, original, changed, replace(experiment, seed=seed), config)
                step.cells = [cell for cell in step.run.cells if step.identity(cell) not in self.answered]
                yield step

    def execute(self) -> dict[str, str]:
        """Run what is missing; a cell that fails does not stop the others.

        Returns:
            The failed cells, as CONDITION: ARM, and why they failed.
        """
        failures: dict[str, str] = {}
        for step in self.steps():
            failed = self._execute(step)
            failures |= {f"{step.condition.name}: {arm}": why for arm, why in failed.items()}
            self._note(step, failed)
        return failures

    def file(self) -> StudyFile:
        """Return what was run so far."""
        entries = tuple(self.entries.values())
        return StudyFile(self.node, self.base.task.name, self.base.model_name, entries, len(self.conditions()))

    def claim(self, step: Step) -> None:
        """Note that later steps need not run the cells of this one."""
        for cell in step.cells:
            where = files.folder_of(step.condition)
            self.answered[step.identity(cell)] = Answered(cell.cell.arm, cell.cell.seed, where)

    def _variant(self, overrides: tuple[str, ...]) -> tuple[Experiment, Mapping[str, Any]]:
        if overrides not in self._variants:
            self._variants[overrides] = self.variant(overrides)
        return self._variants[overrides]

    def _step(
        self, condition: Condition, original: Task, changed: Task, experiment: Experiment, config: Mapping[str, Any]
    ) -> Step:
        bound = scored_as(original, changed)
        arms = {name: arm for name, arm in experiment.arms.items() if not condition.arms or name in condition.arms}
        wanted = replace(experiment, task=changed, arms=arms, scored_as=None if bound is changed else bound)
        wanted = self._without_fixed(wanted.without_refused(), original, config)
        run = Run(wanted, self.folder / files.folder_of(condition), config, self.given)
        if wanted.arms:
            run.check()
        return Step(condition, run, [], wanted.left_out, data_key(bound))

    def _without_fixed(self, wanted: Experiment, original: Task, config: Mapping[str, Any]) -> Experiment:
        """Return the experiment without the arms whose adapter stays though the condition trains on something else."""
        base, plain = self._variant(())
        fixed = fixed_adapters(wanted, base, original, new_recipe=recipe_of(config) != recipe_of(plain))
        kept = {name: arm for name, arm in wanted.arms.items() if name not in fixed}
        return replace(wanted, arms=kept, left_out={**wanted.left_out, **fixed})

    def _nothing(self, condition: Condition, experiment: Experiment, config: Mapping[str, Any], why: str) -> Step:
        """Return a step without cells, for a condition that the data give nothing to."""
        left_out = {name: why for name in experiment.arms if not condition.arms or name in condition.arms}
        empty = replace(experiment, arms={}, left_out=left_out)
        return Step(
            condition, Run(empty, self.folder / files.folder_of(condition), config, self.given), [], left_out, ""
        )

    def _execute(self, step: Step) -> dict[str, str]:
        """Run the step's own cells and write their records; return the arms that failed, and why."""
        run, all_cells = step.run, step.run.cells
        run.cells = list(step.cells)
        try:
            if any(cell.record is None for cell in run.cells) or (run.cells and run.needs_timing):
                log.info("%s, seed %d", step.condition.name, run.experiment.seed)
                with self.shown() as run.progress:
                    run.execute()
            if run.cells:
                run.conclude()
        finally:
            run.cells = all_cells
        return {cell.cell.arm: redacted(cell.failure) for cell in step.cells if cell.failure}

    def _note(self, step: Step, failed: Mapping[str, str]) -> None:
        """Keep which records answer for this step, in the study's file as well."""
        self.claim(replace(step, cells=[cell for cell in step.cells if not cell.failure]))
        found = [self.answered.get(step.identity(cell)) for cell in step.run.cells]
        condition, before = step.condition, self.entries.get(step.condition.name)
        self.entries[condition.name] = ConditionEntry(
            condition.name,
            condition.level,
            condition.draw,
            condition.settings,
            (*(before.answered if before else ()), *(one for one in found if one is not None)),
            step.left_out,
            {**(before.failures if before else {}), **failed},
        )
        files.write(self.file(), self.folder)
