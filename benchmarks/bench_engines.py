"""Answers of transformers and of vLLM in one process, on the same prompts: how many are equal, and how fast they come.

    python -m benchmarks.bench_engines --write      also puts the figures into docs/ENGINES.md

It takes a Python that has both (docs/ENGINES.md); elsewhere it says so and ends. Engines take turns.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.pages import write_section
from harness.cli.config import ROOT, compose, experiment
from harness.machine.environment import environment
from harness.machine.precision import native_dtype
from harness.store.store import Store
from harness.tasks.task import Task
from harness.types import Example
from pipelines.arm import Composed
from pipelines.generators.generator import Completion, Request
from pipelines.generators.vllm_engine.engine import missing
from pipelines.generators.vllm_engine.parity import FACT
from pipelines.prepared import PreparedArm

DOCUMENT: Final = ROOT / "docs/ENGINES.md"
ARMS: Final = ("base", "rag", "qlora", "hybrid")


@dataclass
class Measured:
    """One arm by both engines."""

    arm: str
    dtype: str
    """of all products"""
    prompts: int
    equal: int = 0
    read: int = 0
    """tokens of all prompts"""
    cached: int = 0
    """of these, not read again by vLLM"""
    written: int = 0
    """tokens of all answers"""
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"hf": [], "vllm": []})
    first: dict[str, list[float]] = field(default_factory=lambda: {"hf": [], "vllm": []})
    """seconds to the first token, of requests alone"""
    parity: dict[str, Any] = field(default_factory=dict)


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"put the figures into docs/{DOCUMENT.name}")
    parser.add_argument("--task", default="qa")
    parser.add_argument("--examples", type=int, default=64, help="questions per pass")
    parser.add_argument("--rows", type=int, default=200, help="rows that the adapter is trained on, at most")
    parser.add_argument("--dtype", nargs="+", default=["float32", native_dtype("cpu")], help="of all products")
    parser.add_argument("--repeats", type=int, default=2, help="passes of each engine")
    options, _ = parser.parse_known_args()  # `make bench` hands every benchmark the same arguments
    if why := missing():
        print(f"not measured: {why}")
        return
    with tempfile.TemporaryDirectory() as folder:
        text = _table(
            options, [one for dtype in dict.fromkeys(options.dtype) for one in _measured(dtype, options, Path(folder))]
        )
    print(text)
    if options.write:
        write_section(DOCUMENT, "engines", text)


def _measured(dtype: str, options: argparse.Namespace, folder: Path) -> list[Measured]:
    given = [f"task={options.task}", "model=pocket", f"model.dtype={dtype}", f"limit={options.rows}"]
    given += [f"arm=[{','.join(ARMS)}]", f"store={folder / 'store'}"]
    built = experiment(compose(given))
    store = Store(folder / "store")
    here = {name: arm.prepare(built.task, store, seed=0) for name, arm in built.arms.items()}
    there = {name: _served(arm).prepare(built.task, store, seed=0) for name, arm in built.arms.items()}
    return [_compared(built.task, {"hf": here[name], "vllm": there[name]}, options) for name in ARMS]


def _served(arm: Any) -> Composed:
    assert isinstance(arm, Composed)
    generator: Any = arm.generator
    return replace(arm, generator=replace(generator, engine="vllm"))


def _compared(task: Task, prepared: Mapping[str, Any], options: argparse.Namespace) -> Measured:
    examples = list(task.examples("test"))[: options.examples]
    dtype = prepared["hf"].loaded.generator.dtype
    found = Measured(prepared["hf"].name, dtype, len(examples))
    answers: dict[str, list[Completion]] = {}
    for repeat in range(options.repeats + 1):  # the first warms up
        for engine, own in prepared.items():
            seconds, answers[engine] = _pass(own, task, examples)
            found.seconds[engine] += [seconds] if repeat else []
    pairs = zip(answers["hf"], answers["vllm"], strict=True)
    found.equal = sum(one.ids == other.ids for one, other in pairs)
    spans = [span for answer in answers["vllm"] for span in answer.spans]
    found.read, found.written = sum(span.tokens_in for span in spans), sum(len(one.ids) for one in answers["vllm"])
    found.cached = sum(span.tokens_cached for span in spans)
    found.parity = dict(prepared["vllm"].loaded.answer_facts()[FACT])
    for engine, own in prepared.items():
        found.first[engine] = _alone(own, task, examples[:12])
    return found


def _pass(prepared: Any, task: Task, examples: Sequence[Example]) -> tuple[float, list[Completion]]:
    """Return the seconds of answering, and the answers in order; retrieval is done before."""
    assert isinstance(prepared, PreparedArm)
    requests = _requests(prepared, examples)
    loaded = prepared.loaded
    loaded.use(prepared.name, prepared.adapter)
    loaded.complete(requests[:16], task.max_new_tokens)  # in memory, and compared, before the clock starts
    loaded.use(prepared.name, prepared.adapter)
    answers: dict[int, Completion] = {}
    begun = time.perf_counter()
    for batch in loaded.batches(requests):
        made = loaded.complete([requests[at] for at in batch], task.max_new_tokens)
        answers |= dict(zip(batch, made, strict=True))
    return time.perf_counter() - begun, [answers[at] for at in range(len(requests))]


def _requests(prepared: PreparedArm, examples: Sequence[Example]) -> list[Request]:
    shown = prepared._to_show(examples)
    fitted = [prepared.fit(example, own) for example, own in zip(examples, shown, strict=True)]
    return [Request(example.id, one.turns) for example, one in zip(examples, fitted, strict=True)]


def _alone(prepared: Any, task: Task, examples: Sequence[Example]) -> list[float]:
    """Return the seconds to the first token of requests alone, as the timing pass makes them."""
    loaded, found = prepared.loaded, []
    loaded.activate(prepared.name, prepared.adapter, "none" if prepared.adapter is None else "unmerged")
    for request in _requests(prepared, examples):
        (answer,) = loaded.complete([request], task.max_new_tokens)
        found.append(sum(span.seconds for span in answer.spans if span.stage == "prefill"))
    loaded.deactivate()
    return found


def _table(options: argparse.Namespace, measured: Sequence[Measured]) -> str:
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    cpu = environment()["processor"]["name"]
    lines = [
        f"By `python -m benchmarks.bench_engines --write` on {cpu}, {os.cpu_count()} cores, load {load} at the end; "
        "not run on a GPU.",
        f"Pocket in NF4, {options.task}, {measured[0].prompts} questions, engines in turn, "
        f"medians of {options.repeats}.",
        "",
        "| products in | arm | answers equal | compared first | largest log-probability gap | "
        "tokens/s written, hf | vLLM | prompt tokens not read again by vLLM | to the first token, hf | vLLM |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in measured:
        speed = {engine: one.written / median(one.seconds[engine]) for engine in one.seconds}
        first = {engine: 1000 * median(one.first[engine]) for engine in one.first}
        lines.append(
            f"| {one.dtype} | {one.arm} | {one.equal} of {one.prompts} | "
            f"{one.parity['equal']} of {one.parity['answers']} | {one.parity['largest_logprob_gap']:.2g} nats | "
            f"{speed['hf']:,.0f} | {speed['vllm']:,.0f} | "
            f"{one.cached / one.read:.0%} | {first['hf']:.0f} ms | {first['vllm']:.0f} ms |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
