"""Overhead of measuring: requests through the timing pass, compared with the same requests through the bare parts.

The bare side searches, tokenises and generates without clock, span, counter or streamer. Both sides answer each
request in turn, in one run, and the median of the ratios is printed: absolute speeds depend on the machine and on
its other users. Wall time counts other programs on a busy machine, CPU time does not.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from harness.cli.config import ROOT, compose, experiment
from harness.runner.timing.session import Session, drawn
from harness.runner.timing.settings import Timing
from harness.store.store import Store
from harness.types import Example
from pipelines.arm import Composed
from pipelines.generators.hf import LoadedHf, generation_settings
from pipelines.prepared import PreparedArm
from pipelines.qlora.formatting import query_for

TOLERATED = 1.02


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=str(ROOT / "datasets/support"), help="folder of a JSONL task")
    parser.add_argument("--model", default=str(ROOT / "models/pocket"), help="folder of a checkpoint")
    parser.add_argument("--examples", type=int, default=24, help="requests")
    parser.add_argument("--repeats", type=int, default=8, help="times that either side answers each")
    parser.add_argument("--new-tokens", type=int, default=24, help="tokens per answer, at most")
    arguments, _ = parser.parse_known_args()  # `make bench` hands every benchmark the same arguments
    with tempfile.TemporaryDirectory() as folder:
        prepared = _prepared(arguments, Path(folder))
        timing = _timing(arguments.examples, arguments.repeats, 2)
        examples = drawn(prepared.task.examples("test"), timing)
        wall, cpu = _overhead(prepared, examples, timing)
    verdict = "within" if cpu <= TOLERATED else "ABOVE"
    requests = f"{len(examples)} requests × {timing.repeats}"
    print(f"timing       {requests}: {wall:.4f}x the bare wall time, {cpu:.4f}x its CPU time, {verdict} {TOLERATED}x")


def _timing(examples: int, repeats: int, warmup: int) -> Timing:
    return Timing(examples, repeats, warmup, concurrency=(1,), per_answer=float("inf"), seed=0)


def _prepared(arguments: argparse.Namespace, folder: Path) -> PreparedArm:
    built = experiment(
        compose(
            [
                "task=jsonl", f"task.dir={arguments.data}", f"task.max_new_tokens={arguments.new_tokens}",
                "model=local", f"model.path={arguments.model}", "arm=[rag]", f"store={folder / 'store'}",
            ],
        )
    )  # fmt: skip
    arm = built.arms["rag"]
    assert isinstance(arm, Composed)
    prepared = arm.prepare(built.task, Store(folder / "store"), seed=0)
    assert isinstance(prepared, PreparedArm)
    return prepared


def _overhead(prepared: PreparedArm, examples: Sequence[Example], timing: Timing) -> tuple[float, float]:
    """Return the medians, over pairs of the same request, of measured by bare time; the sides go first in turn."""
    timed = prepared.timed()
    timed.activate("none")
    settings = generation_settings(_hf(prepared).format, prepared.task.max_new_tokens)
    for example in examples[:3]:
        bare(prepared, example, settings)
        timed.answer(example)
    ratios: list[tuple[float, float]] = []
    for turn in range(timing.repeats):
        for example in examples:
            sides = [partial(bare, prepared, example, settings), partial(_measured, timed, example)]
            took = {side: _clocked(sides[side]) for side in (turn % 2, 1 - turn % 2)}
            ratios.append((took[1][0] / took[0][0], took[1][1] / took[0][1]))
    timed.deactivate()
    return statistics.median(wall for wall, _ in ratios), statistics.median(cpu for _, cpu in ratios)


def _clocked(side: Callable[[], None]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    side()
    return time.perf_counter() - wall, time.process_time() - cpu


def _measured(timed: Any, example: Example) -> None:
    """One request as the timing pass makes it, its reading of memory and energy included."""
    Session({"rag": timed}, [example], _timing(1, 1, 0)).run()
    timed.activate("none")


def bare(prepared: PreparedArm, example: Example, settings: Any) -> None:
    """Answer one request with nothing in between."""
    import torch

    loaded, searcher = _hf(prepared), prepared.searcher
    assert searcher is not None
    passages = searcher.search([query_for(example)])[0]
    fitted = prepared.fit(example, passages)
    tokenizer = loaded.format.tokenizer
    ids = loaded._tokens(fitted.turns)
    inputs = tokenizer.pad({"input_ids": [ids]}, return_tensors="pt").to(loaded.base.device)
    with torch.inference_mode():
        output = loaded.base.generate(**inputs, generation_config=settings)
    tokenizer.decode(output[0, len(ids) :], skip_special_tokens=True)


def _hf(prepared: PreparedArm) -> LoadedHf:
    assert isinstance(prepared.loaded, LoadedHf)
    return prepared.loaded


if __name__ == "__main__":
    main()
