"""Concurrent requests in one model, by transformers' continuous batching; no other file uses it.

Its interface changes with every release (5.23 here). Requests join and leave the running batch token by token, as
on a server. A new one is added whenever one has ended, so that `concurrency` of them are always running.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.errors import ArmError, reason

PAGE: Final = 32
"""tokens per page of the cache"""
PREFILL: Final = 2048
"""the most tokens of prompts that one forward pass reads"""
HANG_SECONDS: Final = 600.0
"""after so long without any answer the engine is taken to hang"""


@dataclass(frozen=True, slots=True)
class Flow:
    """The times of one request, in seconds from the first request's start."""

    begun: float
    first: float
    """when it had its first token"""
    ended: float
    tokens: tuple[int, ...]
    """the answer, its stop token included"""
    cached: int = 0
    """tokens of the prompt that were not read for it"""


def answered(model: Any, settings: Any, prompts: Sequence[Sequence[int]], concurrency: int) -> list[Flow]:
    """Answer all prompts, `concurrency` at a time; one Flow per prompt, in order.

    Args:
        model: on its device, adapters in place.
        settings: GenerationConfig of greedy decoding.
        prompts: token ids.
        concurrency: requests that run at the same time.

    Raises:
        ArmError: this model or machine does not support it, or the engine failed.
    """
    from transformers import ContinuousBatchingConfig

    pages = max(-(-(len(prompt) + settings.max_new_tokens) // PAGE) + 1 for prompt in prompts)
    config = ContinuousBatchingConfig(
        page_size=PAGE,
        num_blocks=pages * (concurrency + 1),
        max_batch_tokens=PREFILL,
        max_requests_per_batch=concurrency,
        allow_block_sharing=False,  # a request is repeated: a shared prefix would be the whole prompt
        auto_switch_to_flash=False,  # it may fetch kernels from the hub
    )
    try:
        with model.continuous_batching_context_manager(
            generation_config=settings,
            continuous_batching_config=config,
            warmup=model.device.type == "cuda",  # captures graphs; elsewhere there are none
        ) as engine:
            return _flows(engine, prompts, concurrency)
    except (ValueError, RuntimeError, NotImplementedError, AttributeError) as error:
        raise ArmError(f"continuous batching does not run here: {reason(error)}") from error


def _flows(engine: Any, prompts: Sequence[Sequence[int]], concurrency: int) -> list[Flow]:
    begun: dict[str, float] = {}
    outputs: dict[str, Any] = {}

    def submit(number: int) -> None:
        begun[str(number)] = time.perf_counter()
        engine.add_request(list(prompts[number]), request_id=str(number), record_timestamps=True)

    for number in range(min(concurrency, len(prompts))):
        submit(number)
    last = time.perf_counter()
    while len(outputs) < len(prompts):
        output = engine.get_result(timeout=1)
        if output is None:
            if not engine.is_running() or time.perf_counter() - last > HANG_SECONDS:
                raise ArmError("continuous batching stopped without an answer")
        elif output.is_finished():
            last = time.perf_counter()
            outputs[output.request_id] = output
            if len(begun) < len(prompts):
                submit(len(begun))
    return [_flow(outputs[str(number)], begun[str(number)], begun["0"]) for number in range(len(prompts))]


def _flow(output: Any, begun: float, zero: float) -> Flow:
    if output.error is not None or not output.timestamps:
        raise ArmError(f"continuous batching: {output.error or 'an answer without tokens'}")
    return Flow(
        begun=begun - zero,
        first=output.timestamps[0] - zero,
        ended=output.timestamps[-1] - zero,
        tokens=tuple(output.generated_tokens),
    )
