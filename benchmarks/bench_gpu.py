"""`make bench-gpu`: how fast this GPU answers and trains, compared with memory bandwidth and published numbers.

The model has the shape of Qwen2.5-1.5B and random weights: speed does not depend on their values. Measured at batch 1,
in bf16 and NF4, bare, with an adapter next to the weights and (bf16) merged into them; then training of that adapter.
Without a GPU it says so and exits with 0. The output is also written to results/bench/, named after the device.
"""

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

from harness.cli.config import ROOT
from harness.store.files import write_text
from pipelines.generators.loading import quiet_libraries

Precision = Literal["bf16", "nf4"]
GIB: Final = 2**30
RANK: Final = 16
ANCHORS: Final = (
    ("torchtune README, Llama 3.1 8B, QLoRA, one 4090", 8.03, 2413, 7.4),
    ("torchtune README, Llama 3.1 8B, LoRA, one 4090", 8.03, 3083, 16.2),
    ("torchtune README, Llama 3.2 3B, LoRA, A100", 3.21, 8210, 8.5),
    ("torchtune README, Llama 3.2 3B, QLoRA, A100", 3.21, 8035, 4.6),
)
"""who and what, billion parameters, training tokens per second, GiB"""


@dataclass(frozen=True, slots=True)
class Work:
    """What is measured: the model's shape, and the length of prompts, answers and training rows."""

    hidden: int = 1536
    intermediate: int = 8960
    layers: int = 28
    heads: int = 12
    kv_heads: int = 2
    vocabulary: int = 151_936
    prompt: int = 1024
    answer: int = 128
    batch: int = 4
    row: int = 512
    repeats: int = 5


TOY: Final = Work(128, 256, 2, 4, 2, 512, prompt=32, answer=8, batch=2, row=32, repeats=2)


def main() -> None:
    """Parse arguments; measure if there is a GPU."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--toy", action="store_true", help="a toy shape, also without a GPU: tries the script itself")
    parser.add_argument("--out", default=str(ROOT / "results/bench"), help="folder of the written output")
    arguments = parser.parse_args()
    import torch

    if not torch.cuda.is_available() and not arguments.toy:
        print("bench-gpu: torch finds no CUDA device here, so nothing was measured.")
        return
    quiet_libraries()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    lines = []
    for line in measured(TOY if arguments.toy else Work(), device):
        print(line, flush=True)
        lines.append(line)
    if not arguments.toy:
        name = torch.cuda.get_device_name().replace(" ", "-")
        write_text(Path(arguments.out) / f"{name}.txt", "\n".join(lines) + "\n")


def measured(work: Work, device: str) -> Iterator[str]:
    """Yield the report, line by line."""
    bandwidth = copy_bandwidth(device)
    yield _machine(device)
    yield _software()
    yield f"memory bandwidth, measured by copying: {bandwidth / 1e9:,.0f} GB/s"
    shape = f"{work.layers} layers of {work.hidden}"
    yield f"model: {shape}, random weights; prompt {work.prompt}, answer {work.answer} tokens"
    yield f"{'':24}{'TTFT ms':>9}{'tokens/s':>10}{'limit':>8}{'share':>7}{'weights GiB':>13}{'peak GiB':>10}"
    with tempfile.TemporaryDirectory() as folder:
        _save(work, Path(folder), device)
        for precision in ("bf16", "nf4"):
            yield from _answering(work, Path(folder), precision, device, bandwidth)
        rows = f"{work.batch} rows of {work.row} tokens"
        yield f"training: rank {RANK} on all linear layers, {rows}, activations recomputed"
        yield f"{'':24}{'tokens/s':>10}{'× billion parameters':>22}{'peak GiB':>10}"
        for precision in ("bf16", "nf4"):
            yield _training(work, Path(folder), precision, device)
    yield "published, other models and machines (tokens/s × billion parameters makes sizes comparable):"
    for name, billions, speed, memory in ANCHORS:
        yield f"  {name}: {speed:,} tokens/s, × {billions:.2f} = {speed * billions:,.0f}, {memory} GiB"
    yield "limit: measured bandwidth ÷ bytes of the weights, which every token at batch 1 has to read once"


def copy_bandwidth(device: str) -> float:
    """Return bytes per second read and written when a large tensor is copied."""
    import torch

    size = GIB if device == "cuda" else 2**24
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    seconds = [_clocked(lambda: target.copy_(source), device) for _ in range(10)]
    return 2 * size / min(seconds)


def _machine(device: str) -> str:
    import torch

    if device == "cpu":
        return f"cpu, torch {torch.__version__}"
    properties = torch.cuda.get_device_properties(0)
    memory = properties.total_memory / GIB
    return f"{properties.name}, {memory:.0f} GiB, torch {torch.__version__}, CUDA {torch.version.cuda}"


def _software() -> str:
    """When, and with what."""
    packages = ("transformers", "peft", "bitsandbytes", "accelerate")
    return ", ".join([datetime.now(UTC).date().isoformat(), *(f"{name} {version(name)}" for name in packages)])


def _save(work: Work, folder: Path, device: str) -> None:
    """Write a checkpoint with random weights: 4-bit weights are only made on loading."""
    import torch

    torch.manual_seed(0)
    _model(work, device).to(torch.bfloat16).save_pretrained(str(folder))


def _model(work: Work, device: str) -> Any:
    """Return the model with fresh weights; on "meta" it has none."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    config = Qwen2Config(
        vocab_size=work.vocabulary,
        hidden_size=work.hidden,
        intermediate_size=work.intermediate,
        num_hidden_layers=work.layers,
        num_attention_heads=work.heads,
        num_key_value_heads=work.kv_heads,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
    )
    with torch.device(device):
        return Qwen2ForCausalLM(config)


def _load(folder: Path, precision: Precision, device: str) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    from pipelines.generators.loading import keep_weights_unpacked, nf4_config

    model = AutoModelForCausalLM.from_pretrained(
        str(folder),
        dtype=torch.bfloat16,
        device_map={"": device},
        quantization_config=nf4_config(torch.bfloat16) if precision == "nf4" else None,
        local_files_only=True,
    )
    model.generation_config = GenerationConfig()
    keep_weights_unpacked(model)
    return model.eval()


def _adapted(model: Any) -> Any:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules="all-linear", task_type="CAUSAL_LM")
    return get_peft_model(model, config, autocast_adapter_dtype=False)


def _answering(work: Work, folder: Path, precision: Precision, device: str, bandwidth: float) -> Iterator[str]:
    with _freed(lambda: _load(folder, precision, device), device) as model:
        yield _answers(f"{precision}, bare", work, model, device, bandwidth)
        adapted = _adapted(model).eval()
        yield _answers(f"{precision}, adapter unmerged", work, adapted, device, bandwidth)
        if precision == "bf16":  # merging into 4-bit weights would round the adapter away
            yield _answers(f"{precision}, adapter merged", work, adapted.merge_and_unload(), device, bandwidth)


def _answers(name: str, work: Work, model: Any, device: str, bandwidth: float) -> str:
    import torch
    from transformers import GenerationConfig

    settings = GenerationConfig(
        do_sample=False, max_new_tokens=work.answer, min_new_tokens=work.answer, pad_token_id=0, eos_token_id=None
    )
    prompt = torch.randint(1, work.vocabulary, (1, work.prompt), device=device)
    mask = torch.ones_like(prompt)
    _reset_peak(device)
    found = [_answer(model, prompt, mask, settings, device) for _ in range(work.repeats + 1)][1:]
    first = statistics.median(first for first, _ in found)
    speed = (work.answer - 1) / statistics.median(rest for _, rest in found)
    size = model.get_memory_footprint() if hasattr(model, "get_memory_footprint") else 0
    limit = bandwidth / size
    return (
        f"{name:24}{1000 * first:9.1f}{speed:10.1f}{limit:8.0f}{speed / limit:7.0%}{size / GIB:13.2f}"
        f"{_peak_gib(device)}"
    )


def _answer(model: Any, prompt: Any, mask: Any, settings: Any, device: str) -> tuple[float, float]:
    """Return seconds to the first token, and from there to the last."""
    import torch

    from pipelines.generators.greedy import FirstToken

    first = FirstToken()
    _synchronise(device)
    begun = time.perf_counter()
    with torch.inference_mode():
        model.generate(input_ids=prompt, attention_mask=mask, generation_config=settings, stopping_criteria=[first])
    _synchronise(device)
    return first.at - begun, time.perf_counter() - first.at


def _training(work: Work, folder: Path, precision: Precision, device: str) -> str:
    import torch

    with _freed(lambda: _adapted(_load(folder, precision, device)), device) as model:
        model.train()
        model.base_model.model.config.use_cache = False
        model.base_model.model.gradient_checkpointing_enable({"use_reentrant": False})
        model.enable_input_require_grads()
        optimiser = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=1e-4)
        rows = torch.randint(1, work.vocabulary, (work.batch, work.row), device=device)
        _reset_peak(device)

        def step() -> None:
            model(input_ids=rows, labels=rows).loss.backward()
            optimiser.step()
            optimiser.zero_grad()

        seconds = statistics.median([_clocked(step, device) for _ in range(work.repeats + 2)][2:])
        billions = sum(one.numel() for one in _model(work, "meta").parameters()) / 1e9  # 4-bit ones hide it
        speed = work.batch * work.row / seconds
        return f"{precision + ' base':24}{speed:10,.0f}{speed * billions:22,.0f}{_peak_gib(device)}"


@contextmanager
def _freed(make: Callable[[], Any], device: str) -> Iterator[Any]:
    """Give what is made, in memory that nothing made before still holds.

    Freed before and not after: whoever used the last one lets go of it when his own frame ends, and models hang in
    circles of references, which would count in the next one's peak.
    """
    import torch

    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
    yield make()


def _clocked(work: Callable[[], Any], device: str) -> float:
    _synchronise(device)
    begun = time.perf_counter()
    work()
    _synchronise(device)
    return time.perf_counter() - begun


def _synchronise(device: str) -> None:
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


def _reset_peak(device: str) -> None:
    import torch

    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()


def _peak_gib(device: str) -> str:
    import torch

    return f"{torch.cuda.max_memory_allocated() / GIB:10.2f}" if device == "cuda" else f"{'–':>10}"


if __name__ == "__main__":
    main()
