"""vLLM's options of parallelism: looked at before anything is loaded. vLLM says late and at length what is wrong."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, Final

from harness.errors import ModelError

OPTIONS: Final = "model.engine_options"
TENSOR: Final = "tensor_parallel_size"
PIPELINE: Final = "pipeline_parallel_size"
PREFILL: Final = "prefill_context_parallel_size"
DECODE: Final = "decode_context_parallel_size"
WORKERS: Final = (TENSOR, PIPELINE, PREFILL)
"""their product is the number of GPUs"""
ALONE: Final = ("data_parallel_size", "data_parallel_size_local", "nnodes")
"""which one vLLM in this process does not do"""
SIZES: Final = (*WORKERS, DECODE, *ALONE, "max_parallel_loading_workers")
BACKENDS: Final = ("mp", "ray", "uni")
"""of distributed_executor_backend that run here"""
SWITCHES: Final = ("enable_expert_parallel", "disable_custom_all_reduce")


def parallel_problems(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the values themselves: the key, what it is, and what would be right."""
    for key in SIZES:
        value = options.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            yield f"engine_options.{key} is {value!r}; it must be a whole number, 1 or more"
        elif key in ALONE and value > 1:
            yield f"engine_options.{key} is {value}; one vLLM in this process answers, so that it must be 1: {_SPLIT}"
    for key in SWITCHES:
        if not isinstance(options.get(key, False), bool):
            yield f"engine_options.{key} is {options[key]!r}; it must be true or false"
    backend = options.get("distributed_executor_backend")
    if backend is not None and backend not in BACKENDS:
        yield f"engine_options.distributed_executor_backend is {backend!r}; it must be one of {', '.join(BACKENDS)}"


_SPLIT: Final = f"{TENSOR} splits a model over GPUs"


def gpus_asked(options: Mapping[str, Any]) -> int:
    """Return how many GPUs these options take."""
    return prod(int(options.get(key, 1)) for key in WORKERS)


def served_sizes(options: Mapping[str, Any], config: Any, split_over: int) -> dict[str, int]:
    """Return the options of parallelism by which a server of vLLM's has the room that the model has here.

    Args:
        options: of `vllm.LLM` here.
        config: the model's, of its text part.
        split_over: GPUs that transformers splits it over; 1 for none but the first.
    """
    if split_over > 1:  # by layers, where heads cannot be shared alike
        return {PIPELINE if config.num_attention_heads % split_over else TENSOR: split_over}
    return {key: options[key] for key in (*WORKERS, DECODE) if options.get(key, 1) > 1}


def check_parallel(name: str, options: Mapping[str, Any], config: Any, device: str, gpus: int) -> None:
    """Compare the options with the model and the machine.

    Args:
        name: of the model, for errors.
        options: of `vllm.LLM`.
        config: the model's, of its text part: numbers of attention heads and layers.
        device: cpu or cuda, as it was picked.
        gpus: that this process sees.

    Raises:
        ModelError: names the key, what it is, and what would be right.
    """
    for problem in (*parallel_problems(options), *_of_model(options, config), *_of_machine(options, device, gpus)):
        raise ModelError(f"model {name}: {problem}")


def _of_model(options: Mapping[str, Any], config: Any) -> Iterator[str]:
    tensor, stages, decode = (int(options.get(key, 1)) for key in (TENSOR, PIPELINE, DECODE))
    heads, layers = (getattr(config, key, None) for key in ("num_attention_heads", "num_hidden_layers"))
    if isinstance(heads, int) and heads % tensor:
        right = ", ".join(str(size) for size in range(1, min(heads, 64) + 1) if heads % size == 0)
        yield f"{OPTIONS}.{TENSOR} is {tensor}, and the model has {heads} attention heads; it must divide them: {right}"
    if isinstance(layers, int) and stages > layers:
        yield f"{OPTIONS}.{PIPELINE} is {stages}, and the model has {layers} layers; it must be {layers} or less"
    if tensor % decode:
        yield f"{OPTIONS}.{DECODE} is {decode}, and {TENSOR} is {tensor}; it must divide it"


def _of_machine(options: Mapping[str, Any], device: str, gpus: int) -> Iterator[str]:
    asked = gpus_asked(options)
    named = " x ".join(f"{key}={options[key]}" for key in WORKERS if options.get(key, 1) != 1)
    if asked > 1 and device != "cuda":
        yield f"{OPTIONS} asks for {asked} GPUs ({named}), and model.device is {device}: leave it out, or use GPUs"
    elif asked > max(1, gpus):
        most = max(1, gpus)
        yield f"{OPTIONS} asks for {asked} GPUs ({named}), and this process sees {gpus}; it must be {most} or less"
