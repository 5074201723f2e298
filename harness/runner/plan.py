"""What a run would do, before it does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.analysis.notes.detail_notes import by_reason
from harness.metrics.metric import Metric
from harness.runner.arm import Workload
from harness.runner.cell import CellRun
from harness.runner.judge_cost import Spending, spending
from harness.runner.run import Run
from harness.tasks.complaints import counted
from harness.tasks.task import Task
from harness.types import SPLITS


@dataclass(frozen=True)
class Plan:
    """The cells of a run with what each still needs."""

    task: Task
    cells: tuple[tuple[CellRun, Workload | None], ...]
    """the workload is None for a cell whose record is there"""
    spending: Spending | None = None
    """of judges that cost something"""
    judges: tuple[str, ...] = ()
    """the judges that were left to this machine, and why each was chosen"""
    timing: str = ""
    """the timing pass that is still to be made"""
    price: str = ""
    """what a paid server takes for the answers"""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """arm that is not run -> why"""

    @property
    def complete(self) -> bool:
        """True when there is nothing to do."""
        return not self.timing and all(workload is None for _, workload in self.cells)

    def __str__(self) -> str:
        rows = [("arm", "adapter", "predictions", "record"), *(_row(run, work) for run, work in self.cells)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        table = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        of_arms = dict.fromkeys(line for _, work in self.cells if work is not None for line in work.remarks)
        remarks = [f"  {_capitalised(line)}" for line in (*self.task.remarks(), *of_arms)]
        left_out = [f"Left out: {line}" for line in by_reason(self.left_out)]
        return "\n".join([_data(self.task), *remarks, *left_out, *table, self._work()])

    def _work(self) -> str:
        """Sum up what is to be done; an adapter or index that arms share counts once."""
        if self.complete:
            return "Nothing to do: every cell has its record."
        todo = [work for _, work in self.cells if work is not None]
        training = {work.adapter_key: work for work in todo if work.train_rows}
        rows = sum(work.train_rows for work in training.values())
        tokens = sum(work.train_tokens for work in training.values())
        documents = max((work.index_documents for work in todo), default=0)
        answers = sum(work.answers for work in todo)
        reading = sum(work.prompt_tokens for work in todo)
        writing = sum(work.answer_tokens for work in todo)
        lines = []
        if training:
            adapters = f"{counted(len(training), 'adapter')} on {counted(rows, 'row')}"
            lines.append(f"train    {adapters}, about {counted(tokens, 'token')}")
        if documents:
            lines.append(f"index    {counted(documents, 'document')}")
        if answers:
            tokens_of_answers = f"about {reading:,} prompt tokens, at most {writing:,} answer tokens"
            lines.append(f"generate {counted(answers, 'answer')}: {tokens_of_answers}")
        lines += [self.price] if self.price else []
        lines += [f"judge    {text}" for text in self.judges]
        if self.spending is not None:
            lines.append(str(self.spending))
        if self.timing:
            lines.append(f"time     {self.timing}")
        return "\n".join(lines)


def plan(run: Run) -> Plan:
    """Return what the cells of a checked run still need; reads data and keys, loads no model weights."""
    experiment = run.experiment
    todo = sum(cell.record is None for cell in run.cells)
    cells = tuple(
        (cell, None if cell.record is not None else cell.arm.workload(experiment.task, run.store, experiment.seed))
        for cell in run.cells
    )
    return Plan(
        experiment.task,
        cells,
        spending(experiment.metrics, experiment.task, todo),
        _choices(experiment.metrics),
        _timing(run) if run.needs_timing else "",
        _price(run, [work for _, work in cells if work is not None]),
        experiment.left_out,
    )


def _choices(metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    """Return why each judge was chosen that was left to this machine."""
    judges = (metric.judge_used() for metric in metrics.values())
    reasons = (judge.chosen_because() for judge in judges if judge is not None)
    return tuple(dict.fromkeys(filter(None, reasons)))


def _timing(run: Run) -> str:
    timing, arms = run.timing, sum(not cell.arm.role.control for cell in run.cells)
    asked = min(timing.examples, len(run.experiment.task.examples("test")))
    several = ", ".join(str(level) for level in timing.concurrency if level > 1)
    alone = f"{counted(asked * timing.repeats * arms, 'request')} one at a time"
    wanted = run.experiment.timing.repeats
    fewer = f" and not {wanted}: timing.per_answer" if timing.repeats < wanted else ""
    times = "once" if timing.repeats == 1 else f"{timing.repeats} times"
    text = f"{alone} ({counted(asked, 'example')}, {times}{fewer}, {counted(arms, 'arm')})"
    return f"{text}; then {several} at once" if several else text


def _price(run: Run, todo: Sequence[Workload]) -> str:
    """Return what a server that is paid by the token takes at most; "" where nothing is asked of one."""
    served = [work for work in todo if work.served and work.answers]
    if not served:
        return ""
    prices = run.experiment.costing.prices
    hosted = None if prices.model is None else prices.models.get(prices.model)
    if hosted is None:
        return "pay      price not configured, if the server costs anything (prices=hosted_2026 prices.model=NAME)"
    per_answer = requests_alone(run) / len(run.experiment.task.examples("test"))  # of the timing pass, for each scored
    reading, writing = sum(work.prompt_tokens for work in served), sum(work.answer_tokens for work in served)
    paid = (1 + per_answer) * (reading * hosted.per_million_in + writing * hosted.per_million_out) / 1e6
    return f"pay      at most about {paid:,.2f} {prices.currency} for answers ({prices.model}, {prices.name})"


def requests_alone(run: Run) -> int:
    """Return how many requests the timing pass makes of an arm, those at once left out."""
    timing = run.timing
    drawn = min(timing.examples, len(run.experiment.task.examples("test")))
    return drawn * timing.repeats + min(drawn, timing.warmup) if run.needs_timing else 0


def _data(task: Task) -> str:
    splits = ", ".join(f"{len(task.examples(split)):,} {split}" for split in SPLITS)
    return f"Task {task.name}: {splits} examples; {counted(len(task.documents()), 'document')}"


def _capitalised(line: str) -> str:
    """Return a line with a capital, unless it begins with the name of a file."""
    return line if "." in line.partition(" ")[0].rstrip(".:") else f"{line[:1].upper()}{line[1:]}"


def _row(run: CellRun, work: Workload | None) -> tuple[str, str, str, str]:
    if work is None:
        return run.cell.arm, "", "", "there"
    adapter = (
        "none"
        if work.adapter_key == ""
        else _state(work.artifacts["adapter"], "brought" if work.brings_adapter else "to train")
    )
    return run.cell.arm, adapter, _state(work.artifacts["predictions"], f"to make ({work.answers:,})"), "to write"


def _state(there: bool, otherwise: str) -> str:
    return "there" if there else otherwise
