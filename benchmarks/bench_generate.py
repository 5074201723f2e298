"""What the harness costs on top of bare transformers; what length-sorted batching and reading prompts once gain.

All are ratios of two things measured in turn in one run: absolute speeds depend on the machine and on
who else uses it. Speed does not depend on how good the answers are, so any checkpoint serves. Prompts share little in a
task whose questions find passages of their own; of a page that many ask about, they share nearly all.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest import mock

from benchmarks.corpus import generated
from harness.cli.config import ROOT, compose, experiment
from harness.runner import predictions
from harness.store.store import Store
from harness.tasks.task import Task
from harness.types import Example, Turn
from pipelines.arm import Composed
from pipelines.device import length_batches
from pipelines.generators import prompt_groups, shared_prefix
from pipelines.generators.generator import Request
from pipelines.generators.greedy import generation_settings
from pipelines.generators.hf import LoadedHf
from pipelines.generators.shared_prefix import LEAST
from pipelines.prepared import PreparedArm

NEVER: Final = 10**9
"""tokens of a beginning that no prompt has"""
PAGES, ASKED = 40, 5


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=str(ROOT / "datasets/support"), help="folder of a JSONL task")
    parser.add_argument("--model", default=str(ROOT / "models/pocket"), help="folder of a checkpoint")
    parser.add_argument("--examples", type=int, default=96, help="questions per pass")
    parser.add_argument("--new-tokens", type=int, default=16, help="tokens per answer")
    parser.add_argument("--repeats", type=int, default=3, help="pairs of passes")
    arguments, _ = parser.parse_known_args()  # `make bench` hands every benchmark the same arguments
    with tempfile.TemporaryDirectory() as folder:
        task, arm = _built(arguments, Path(folder))
        prepared = arm.prepare(task, Store(Path(folder) / "store"), seed=0)
        assert isinstance(prepared, PreparedArm)
        examples = list(task.examples("test"))[: arguments.examples]
        print(f"{task.name}: {len(examples)} questions with passages, {arguments.new_tokens} tokens per answer")
        _overhead(prepared, examples, Path(folder), arguments.repeats)
        _sorting(prepared, examples, arguments.repeats)
        _reading_once(prepared, task.name, _requests(prepared, examples), arguments.repeats)
        _reading_once(prepared, "pages", list(_of_pages(prepared.task.instruction)), arguments.repeats)


def _built(arguments: argparse.Namespace, folder: Path) -> tuple[Task, Composed]:
    config = compose(
        [
            "task=jsonl", f"task.dir={arguments.data}", f"task.max_new_tokens={arguments.new_tokens}",
            "model=local", f"model.path={arguments.model}", "arm=[rag]", f"store={folder / 'store'}",
        ],
    )  # fmt: skip
    built = experiment(config)
    arm = built.arms["rag"]
    assert isinstance(arm, Composed)
    return built.task, arm


def _overhead(prepared: PreparedArm, examples: Sequence[Example], folder: Path, repeats: int) -> None:
    """Time the whole scored pass (retrieval replayed from the store) against bare generate on the same batches."""
    loaded = prepared.loaded
    assert isinstance(loaded, LoadedHf)
    texts = _rendered(prepared, examples)
    batches = length_batches(
        [len(ids) for ids in _ids(loaded, texts)], loaded.generator.batch_tokens, loaded.generator.batch_size
    )
    bare(loaded, texts, batches[-1:], 2)
    harness_seconds, bare_seconds = [], []
    for number in range(repeats):
        loaded._ids.clear()
        target = folder / f"pass-{number}"
        target.mkdir()
        begun = time.perf_counter()
        predictions.stream(prepared, examples, target)
        harness_seconds.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        bare(loaded, texts, batches, prepared.task.max_new_tokens)
        bare_seconds.append(time.perf_counter() - begun)
    ratio = _median([ours / theirs for ours, theirs in zip(harness_seconds, bare_seconds, strict=True)])
    print(f"overhead     harness {min(harness_seconds):.2f} s, bare generate {min(bare_seconds):.2f} s: {ratio:.3f}x")


def _sorting(prepared: PreparedArm, examples: Sequence[Example], repeats: int) -> None:
    """Time sorted batches under the token budget against fixed batches of like memory in the order of the data."""
    loaded = prepared.loaded
    assert isinstance(loaded, LoadedHf)
    texts = _rendered(prepared, examples)
    random.Random(0).shuffle(texts)
    lengths = [len(ids) for ids in _ids(loaded, texts)]
    # The same padded tokens at most, so the same memory: what a fixed batch size must be set for.
    budget = max(lengths) * loaded.generator.batch_size
    fixed_size = max(1, min(budget // max(lengths), loaded.generator.batch_size))
    fixed = [list(range(at, min(at + fixed_size, len(texts)))) for at in range(0, len(texts), fixed_size)]
    ordered = length_batches(lengths, budget, 4 * loaded.generator.batch_size)
    ratios = []
    for _ in range(repeats):
        begun = time.perf_counter()
        bare(loaded, texts, fixed, prepared.task.max_new_tokens)
        middle = time.perf_counter()
        bare(loaded, texts, ordered, prepared.task.max_new_tokens)
        ratios.append((middle - begun) / (time.perf_counter() - middle))
    padded = [sum(max(lengths[at] for at in batch) * len(batch) for batch in batches) for batches in (fixed, ordered)]
    print(
        f"sorting      {len(fixed)} fixed batches of {fixed_size}, {padded[0] / sum(lengths):.2f} tokens per real one;"
        f" {len(ordered)} sorted, {padded[1] / sum(lengths):.2f}: {_median(ratios):.2f}x faster"
    )


def _requests(prepared: PreparedArm, examples: Sequence[Example]) -> list[Request]:
    found = prepared._retrieve(examples)
    fitted = [prepared.fit(example, one) for example, one in zip(examples, found, strict=True)]
    return [Request(each.id, one.turns) for each, one in zip(examples, fitted, strict=True) if not one.error]


def _of_pages(instruction: str) -> Iterator[Request]:
    """Yield questions about pages, ASKED about each; the page stands first, as in a prompt with passages."""
    documents, queries = generated()
    pages = [one for one in documents if one.id.startswith("report")][:PAGES]
    for number, page in enumerate(pages):
        for asked in queries[number * ASKED : (number + 1) * ASKED]:
            turn = Turn("user", f"{instruction}\n\n{page.title}\n{page.text}\n\n{asked['input']}")
            yield Request(f"{page.id}/{asked['id']}", (turn,))


def _reading_once(prepared: PreparedArm, name: str, requests: Sequence[Request], repeats: int) -> None:
    """Time answers with prompts read whole, with the common beginning read once, and with passages in groups, too."""
    loaded = prepared.loaded
    assert isinstance(loaded, LoadedHf)
    common = loaded.beginning([one.turns for one in requests])
    ways = {"whole": _Way((), NEVER, 0.0), "beginning": _Way(common, LEAST, 0.0), "passages": _Way(common, LEAST, 1.0)}
    passes: dict[str, list[_Pass]] = {way: [] for way in ways}
    for way in [*ways] * repeats:
        passes[way].append(_answered(loaded, requests, prepared.task.max_new_tokens, ways[way]))
    print(
        f"{name}: {len(requests)} prompts that all begin with the same {len(common)} tokens, against reading them whole"
    )
    for way in ("beginning", "passages"):
        gain = _median([one.seconds / other.seconds for one, other in zip(passes["whole"], passes[way], strict=True)])
        texts, others = passes[way][0].texts, passes["whole"][0].texts
        print(
            f"{way:<12} {passes[way][0].read:,} tokens read in place of {passes['whole'][0].read:,}, with padding: "
            f"{gain:.2f}x faster, {sum(texts[at] == others[at] for at in texts)} of {len(texts)} answers equal"
        )


class _Way(NamedTuple):
    """How prompts are read."""

    beginning: tuple[int, ...]
    """tokens that are read once for all"""
    least: int
    """tokens of a beginning that is read for itself"""
    fewer: float
    """share of the tokens up to which passages make the order"""


@dataclass(frozen=True)
class _Pass:
    """All questions answered once."""

    seconds: float
    """of this process"""
    read: int
    """tokens of the passes that read prompts, with padding"""
    texts: dict[int, str]
    """the answers, by position"""


def _answered(loaded: LoadedHf, requests: Sequence[Request], limit: int, way: _Way) -> _Pass:
    loaded.use("bench", None)
    loaded.share(way.beginning)
    read: list[int] = []

    def note(_: Any, arguments: Any, named: dict[str, Any]) -> None:
        read.append(named["input_ids"].numel() * (named["input_ids"].shape[1] > 1))  # decoding reads one each

    hook = loaded.base.register_forward_pre_hook(note, with_kwargs=True)
    begun, texts = time.process_time(), dict[int, str]()  # of this process: others take its wall time
    with (
        mock.patch.multiple(shared_prefix, LEAST=way.least),
        mock.patch.multiple(prompt_groups, FEWER=way.fewer),
    ):
        for batch in loaded.batches(requests):
            done = loaded.complete([requests[at] for at in batch], limit)
            texts |= {at: one.text for at, one in zip(batch, done, strict=True)}
    hook.remove()
    return _Pass(time.process_time() - begun, sum(read), texts)


def bare(loaded: LoadedHf, texts: Sequence[str], batches: Sequence[Sequence[int]], new_tokens: int) -> None:
    """Answer with nothing but transformers: tokenise, generate, decode."""
    import torch

    tokenizer = loaded.format.tokenizer
    settings: Any = generation_settings(loaded.format, new_tokens)
    for batch in batches:
        inputs = tokenizer([texts[at] for at in batch], return_tensors="pt", padding=True, add_special_tokens=False)
        inputs = {key: inputs[key].to(loaded.base.device) for key in ("input_ids", "attention_mask")}
        with torch.inference_mode():
            output = loaded.base.generate(**inputs, generation_config=settings)
        tokenizer.batch_decode(output[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)


def _rendered(prepared: PreparedArm, examples: Sequence[Example]) -> list[str]:
    loaded = prepared.loaded
    assert isinstance(loaded, LoadedHf)
    found = prepared._retrieve(examples)
    prompts = [prepared.fit(example, one) for example, one in zip(examples, found, strict=True)]
    return [loaded.format.render(prompt.turns) for prompt in prompts if not prompt.error]


def _ids(loaded: LoadedHf, texts: Sequence[str]) -> list[list[int]]:
    return [loaded.format.tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
