"""What a study or a further seed would take, before it runs: from the forecasts of its arms, shared work once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.runner.arm import Durations, Workload
from harness.runner.cell import CellRun
from harness.runner.run import Run
from harness.store.spec import digest
from harness.studies.run import StudyRun

STARTING = 5.0
"""seconds that a condition takes besides: reading data, guards, writing"""


@dataclass(frozen=True, slots=True)
class CellPrice:
    """What one arm still needs under one condition."""

    condition: int
    arm: str
    seconds: float
    """of answers and audits"""
    made: Mapping[str, float]
    """key of an index or adapter that must be made -> its seconds"""
    tokens: tuple[int, int] = (0, 0)
    """read and at most written by a server, which may be paid for them; (0, 0) for a model on this machine"""


@dataclass(frozen=True, slots=True)
class StudyPrice:
    """What each arm of a study still needs."""

    cells: tuple[CellPrice, ...]
    asked: frozenset[str]
    """arms that some condition asks"""
    known: bool = True
    """False where nobody can say, as a server answers"""
    asked_under: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """condition -> arms that it asks, by themselves or by an earlier one's answers"""

    @property
    def todo(self) -> frozenset[str]:
        """Arms that are not finished."""
        return frozenset(cell.arm for cell in self.cells)

    def seconds(self, arms: Iterable[str]) -> float:
        """Return what some of the arms take together: an adapter or an index that they share counts once."""
        among = frozenset(arms)
        cells = [cell for cell in self.cells if cell.arm in among]
        made = {key: value for cell in cells for key, value in cell.made.items()}
        starts = STARTING * len({cell.condition for cell in cells})
        return sum(cell.seconds for cell in cells) + sum(made.values()) + starts

    def tokens(self, arms: Iterable[str]) -> tuple[int, int]:
        """Return the tokens that a server reads for some of the arms, and writes at most."""
        among = frozenset(arms)
        own = [cell.tokens for cell in self.cells if cell.arm in among]
        return sum(read for read, _ in own), sum(written for _, written in own)


@dataclass
class _CellPrices:
    found: list[CellPrice] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    """keys of answers that an earlier cell makes"""
    known: bool = True

    def add(self, condition: int, run: Run, cells: Iterable[CellRun]) -> None:
        """Price the cells that have no record."""
        for cell in cells:
            self.asked.add(cell.cell.arm)
            if cell.record is None:
                self._add(condition, run, cell)

    def _add(self, condition: int, run: Run, cell: CellRun) -> None:
        task, seed = run.experiment.task, run.experiment.seed
        work = cell.arm.workload(task, run.store, seed)
        own = cell.arm.durations(task, run.store, seed, timed=False)
        self.known = self.known and own is not None
        key = digest(cell.arm.answer_spec(task, seed))
        anew = key not in self.answered
        self.answered.add(key)
        tokens = (work.prompt_tokens, work.answer_tokens) if work.served and anew else (0, 0)
        seconds = 0.0 if own is None else own.answer * anew + own.audit
        self.found.append(CellPrice(condition, cell.cell.arm, seconds, _made(work, own or Durations()), tokens))


def study_price(run: StudyRun) -> StudyPrice:
    """Return what a checked study still needs, arm by arm. Speeds of this machine that are not known are measured.

    Raises:
        CutleryError: a condition cannot be made of these data.
    """
    run.answered.clear()
    prices = _CellPrices()
    under: dict[str, frozenset[str]] = {}
    for number, step in enumerate(run.steps()):
        under[step.condition.name] = frozenset(cell.cell.arm for cell in step.run.cells)
        prices.add(number, step.run, step.cells)
        run.claim(step)
    run.answered.clear()
    return StudyPrice(tuple(prices.found), frozenset(prices.asked), prices.known, under)


def run_price(run: Run) -> StudyPrice:
    """Return the same of an experiment."""
    prices = _CellPrices()
    prices.add(0, run, run.cells)
    return StudyPrice(tuple(prices.found), frozenset(prices.asked), prices.known)


def _made(work: Workload, own: Durations) -> dict[str, float]:
    keys = {work.index_key: own.index, work.adapter_key: own.train}
    return {key: seconds for key, seconds in keys.items() if key}
