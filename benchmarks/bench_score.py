"""Scoring one arm's answers with the default metrics and judge of task qa: seconds and memory of the process that does.

    python -m benchmarks.bench_score [COUNT ...] [--judge NAME] [--unjudged] [--write]

The answers lie in the store as an arm leaves them: batches with prompts and four passages each. What is measured reads
them, scores them, and writes the record, with everything that a run has in memory for it: Python, torch, the encoders,
the task; not the audits of the data and its leakage, which are made once per task. --judge NAME: another judge than the
default; --unjudged: without the metrics that ask one, which take most of the time; --write: puts what was measured into
docs/SCALE.md.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final

from benchmarks.pages import write_section
from harness.analysis.roles import Role
from harness.cli.config import ROOT, compose, experiment
from harness.machine.environment import machine
from harness.machine.measured import Span
from harness.runner import predictions
from harness.runner.cell import CellRun, Recorder
from harness.runner.experiment import Experiment
from harness.store.records import records
from harness.store.store import Store
from harness.types import Cell, Document, Example, Passage, Prediction, Split

SMALL: Final = 2_500
"""examples where no COUNT is given: half a minute, and as many as stay on disk; 100,000 take most of an hour"""
MEGABYTES: Final = 500
"""bar of a process's memory"""
OTHERS: Final = 200
"""rows of training and of validation"""
PER_DOCUMENT, SHOWN, BATCH = 4, 4, 32
"""questions about one document; passages of a prompt; answers written together"""
DEFAULT: Final = "lexical_differences"
"""the judge of conf/config.yaml"""
REFUSAL: Final = "I do not know."
THINGS: Final = ("bridge", "museum", "harbour", "lighthouse", "theatre", "garden", "library", "observatory")
STARTS: Final = ("Bel", "Cor", "Dan", "Fen", "Gar", "Hol", "Kar", "Lin", "Mor", "Nor", "Pel", "Ros", "Tam", "Vel")
ENDS: Final = ("ford", "wick", "mouth", "stead", "bury", "holm", "ness", "dale", "gate", "by")
TEXT: Final = (
    "The {thing} of {town} opened in {year} after a dispute about its costs. It is {length} metres long and was built "
    "of grey stone from the hills nearby. Its keeper is {keeper}, who came from the coast. A ticket costs {price} "
    "crowns, and children under six pay nothing at all. On Mondays the place remains closed."
)
ASKED: Final = (
    ("In which year did the {thing} of {town} open?", "It opened in {year}."),
    ("How long is the {thing} of {town}?", "It is {length} metres long."),
    ("Who is the keeper of the {thing} of {town}?", "{keeper} is its keeper."),
    ("What does a ticket for the {thing} of {town} cost?", "A ticket costs {price} crowns."),
)


def _facts(number: int) -> dict[str, str]:
    draw = Random(number)

    def name() -> str:
        return draw.choice(STARTS) + draw.choice(ENDS)

    return {
        "thing": draw.choice(THINGS),
        "town": f"{name()} {name()}",
        "year": str(draw.randrange(1700, 2020)),
        "length": str(draw.randrange(20, 900)),
        "keeper": f"{name().capitalize()} {name().capitalize()}",
        "price": str(draw.randrange(2, 90)),
    }


@dataclass(frozen=True)
class ManyQuestions:
    """A task as large as it is told to be: short questions about places, a tenth of them without an answer."""

    KEY: ClassVar[str] = "benchmarks.bench_score.ManyQuestions"

    count: int
    name: str = "many"
    instruction: str = "Answer the question in a sentence. If the answer cannot be known, say: I do not know."
    max_new_tokens: int = 64
    cut: bool | None = None

    def examples(self, split: Split) -> Sequence[Example]:
        return self._examples[split]

    @cached_property
    def _examples(self) -> dict[Split, tuple[Example, ...]]:
        ends: dict[Split, int] = {"test": self.count, "train": OTHERS, "validation": OTHERS}
        starts = {"test": 0, "train": self.count, "validation": self.count + OTHERS}
        return {
            split: tuple(_example(split, number) for number in range(starts[split], starts[split] + ends[split]))
            for split in ends
        }

    def documents(self) -> Sequence[Document]:
        return self._documents

    @cached_property
    def _documents(self) -> tuple[Document, ...]:
        count = (self.count + 2 * OTHERS) // PER_DOCUMENT + 1
        return tuple(Document(f"d{number}", "", TEXT.format(**_facts(number))) for number in range(count))

    def problems(self) -> Sequence[str]:
        return ()

    def remarks(self) -> Sequence[str]:
        return ()

    def content_key(self) -> str:
        return str(self.count)

    def provenance(self) -> dict[str, Any]:
        return {}


def _example(split: str, number: int) -> Example:
    place = number // PER_DOCUMENT
    question, answer = (text.format(**_facts(place)) for text in ASKED[number % PER_DOCUMENT])
    if number % 10 == 0:
        return Example(f"{split}-{number}", question, (REFUSAL,), (), answerable=False, slice="unanswerable")
    return Example(f"{split}-{number}", question, (answer,), (f"d{place}",), slice="answerable")


@dataclass
class Answers:
    """An arm that retrieves; its answers are right, wrong, refused or missing by their number."""

    task: ManyQuestions
    name: str = "rag"
    role: ClassVar[Role] = Role(retrieves=True)
    build_spans: Sequence[Span] = ()
    facts: Any = None

    def answer_spec(self, task: ManyQuestions, seed: int) -> dict[str, Any]:
        return {"arm": self.name, "seed": seed, "count": task.count}

    def answer(self, examples: Sequence[Example], skip: frozenset[str]) -> Iterator[Sequence[Prediction]]:
        for start in range(0, len(examples), BATCH):
            yield [
                self._answered(number, examples[number]) for number in range(start, min(start + BATCH, len(examples)))
            ]

    def _answered(self, number: int, example: Example) -> Prediction:
        documents, place = self.task.documents(), number // PER_DOCUMENT
        shown = tuple(documents[(place + offset) % len(documents)] for offset in range(SHOWN))
        passages = tuple(Passage(one.id, one.text, 0, len(one.text), 0.5) for one in shown)
        prompt = (self.task.instruction, *(one.text for one in shown), example.text)
        spans = (Span("search", 0.01, 0, 0), Span("decode", 0.7, 300, 12, batch_size=BATCH))
        text, ended = _text(number), "error" if number % 97 == 0 else "stop"
        return Prediction(example.id, text, passages, spans, ended, prompt_sha256="ab" * 32, prompt=prompt)  # type: ignore[arg-type]


def _text(number: int) -> str:
    kind = number % 7
    if kind == 0:
        return REFUSAL
    fits = number // PER_DOCUMENT if kind < 5 else number // PER_DOCUMENT + 1  # another document: a wrong value
    return ASKED[number % PER_DOCUMENT][1].format(**_facts(fits))


def _experiment(folder: Path, count: int, judge: str) -> Experiment:
    task = ManyQuestions(count)
    own = experiment(compose(["task=qa", f"judge={judge or DEFAULT}"]))
    arms: dict[str, Any] = {"rag": Answers(task)}
    kept = {name: one for name, one in own.metrics.items() if judge or one.judge_used() is None}
    return replace(own, task=task, metrics=kept, arms=arms, store=folder / "store", results=folder, audit=False)


def write_answers(folder: Path, count: int) -> None:
    """Leave an arm's answers in a store, as the runner does."""
    task = ManyQuestions(count)
    arm: Any = Answers(task)

    def make(artifact: Path) -> Any:
        return predictions.stream(replace(arm, facts={}), task.examples("test"), artifact)

    Store(folder / "store").get_or_make("predictions", arm.answer_spec(task, 0), make)


class ScoringAlone(Recorder):
    """Leaves out what all cells' records say alike (leakage, say): it is made once per data, and is no scoring."""

    _facts: ClassVar[dict[str, Any]] = {}  # type: ignore[assignment]


def score(folder: Path, count: int, judge: str) -> tuple[float, float, float]:
    """Return the processor's seconds, and this process's megabytes before the first score and at most."""
    own = _experiment(folder, count, judge)
    recorder = ScoringAlone(own, Store(own.store), {"config": {}, "given": []})
    path = folder / "records" / "rag,seed=0.jsonl"
    arm: Any = own.arms["rag"]
    run = CellRun(arm, Cell("many", own.model_name, "rag", 0), path, "f" * 64, prepared=arm)
    began = time.process_time()
    own.task.examples("test"), own.task.documents()
    before = _peak()
    records.write(recorder.record(run, "c" * 64), path)
    return time.process_time() - began, before, _peak()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print what was measured; fail where it is more memory than it may be."""
    judge = sys.argv[sys.argv.index("--judge") + 1] if "--judge" in sys.argv else DEFAULT
    judge = "" if "--unjudged" in sys.argv else judge
    counts = [int(one) for one in sys.argv[1:] if one.isdigit()]
    if "--score" in sys.argv:  # in a process of its own: its peak is that of scoring alone
        print(*score(Path(sys.argv[sys.argv.index("--score") + 1]), counts[0], judge))
        return
    said, above = list[str](), list[str]()
    for count in counts or [SMALL]:
        with tempfile.TemporaryDirectory() as folder:
            megabytes = _measure(Path(folder), count, judge, said)
        above += [f"{count:,} examples: {megabytes:.0f} MB"] if megabytes > MEGABYTES else []
    if "--write" in sys.argv:
        write_section(ROOT / "docs/SCALE.md", "score", _page(said))
    sys.exit(f"more than {MEGABYTES} MB: {'; '.join(above)}" if above else 0)


def _measure(folder: Path, count: int, judge: str, said: list[str]) -> float:
    """Print what scoring one arm takes and add it to `said`; return its megabytes."""
    write_answers(folder, count)
    command = [sys.executable, "-m", "benchmarks.bench_score", str(count), "--score", str(folder)]
    command += ["--judge", judge] if judge else ["--unjudged"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, before, most = map(float, ran.stdout.split()[-3:])
    size = sum(one.stat().st_size for one in folder.rglob("predictions.jsonl")) / 1e6
    how = f"judge {judge}" if judge else "without a judge"
    said.append(
        f"- {count:,} answers of {size:.0f} MB, {how}: {most:.0f} MB at most, {before:.0f} MB of them before the first "
        f"answer was read (Python, the task); {seconds:.0f} s of processor time"
    )
    print(said[-1], flush=True)
    return most


def _page(said: Sequence[str]) -> str:
    where = f"{machine()['processor'].get('name', '')}, load {' '.join(f'{one:.1f}' for one in os.getloadavg())}"
    return "\n".join([f"By `python -m benchmarks.bench_score --write` on {where} at the end.\n", *said])


if __name__ == "__main__":
    main()
