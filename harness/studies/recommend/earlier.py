"""A study that was made before: which of its controls failed, and whether another run of it would share the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from harness.analysis.roles import Role
from harness.studies import files
from harness.studies.control_needs import Asked, needs_of, unmet_needs
from harness.studies.decision.study_evidence import TABLE, failed_controls
from harness.studies.files import FILE
from harness.studies.study import Study


@dataclass(frozen=True)
class EarlierStudy:
    """What a study left in its folder, after its table was written."""

    budget: Literal["quick", "full"]
    asked: Asked
    """condition -> arms that were asked"""
    failed: Mapping[str, str]
    """title of each control that failed -> what it found"""

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return it; None where none was finished.

        Raises:
            StoreError: its files are damaged.
        """
        if not (folder / FILE).is_file() or not (folder / TABLE).is_file():
            return None
        file = files.read(folder)
        asked = {entry.name: {one.arm for one in entry.answered} for entry in file.conditions}
        return cls("quick" if file.budget == "quick" else "full", asked, failed_controls(folder / TABLE))

    @property
    def arms(self) -> frozenset[str]:
        """Arms that were asked under some condition."""
        return frozenset(arm for arms in self.asked.values() for arm in arms)

    def fails_again(self, offered: Study, roles: Mapping[str, Role]) -> str:
        """Return why a control would fail again; "" where what it failed for is mended by then.

        Mended are arms that it lacked, as they are added now; and adapters that were trained on few rows, which
        another budget trains on all. Everything else is in the data or in the model, and both budgets share it.

        Args:
            offered: with the budget that would be run.
            roles: arm -> what it is made of.
        """
        then = replace(offered, budget=self.budget)
        conditions = then.conditions()
        lacked = {one.control for one in unmet_needs(then.controls, conditions, self.asked, roles)}
        more_rows = _rows(offered) > _rows(then)
        trained = [one for one in then.controls if any(need.kind == "adapted" for need in needs_of(one, conditions))]
        mended = lacked | ({str(getattr(one, "title", "")) for one in trained} if more_rows else set())
        shared = [f"{title} ({found})" for title, found in self.failed.items() if title not in mended]
        return f"a control failed, for a reason that another run shares: {shared[0]}" if shared else ""


def _rows(study: Study) -> float:
    return study.chosen.examples.get("train", float("inf"))
