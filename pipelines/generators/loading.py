"""Weights and tokenizer from disk or hub into memory, in the precision that every arm of a run shares."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import ArmError
from harness.store.checkpoints import is_local, local_path, resolve_revision
from pipelines.quantisation import keep_weights_unpacked, nf4_config

if TYPE_CHECKING:
    from pipelines.generators.hf import HfGenerator


_DRIVERS = ("/proc/driver/nvidia/version", "/dev/nvidia0", "/dev/kfd", "/dev/dxg")
"""Where Linux shows an accelerator: NVIDIA, AMD, Windows' subsystem."""


def quiet_libraries() -> None:
    """Silence messages that say nothing to a user; errors still come through."""
    from transformers.utils import logging as transformers_logging

    warnings.filterwarnings("ignore", message=".*gradient_checkpointing.*", category=FutureWarning)  # within libraries
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()


def pick_device(wanted: str) -> str:
    """Return the torch device that `auto` stands for on this machine, or the one that was asked for.

    Raises:
        ArmError: a GPU was asked for and there is none.
    """
    if wanted.startswith("cuda"):
        import torch

        if not torch.cuda.is_available():
            raise ArmError(f"model.device is {wanted}, but torch finds no CUDA device here; use auto or cpu")
    if wanted != "auto":
        return wanted
    if sys.platform == "linux" and not any(Path(driver).exists() for driver in _DRIVERS):
        return "cpu"  # without asking torch, whose import a finished experiment can do without
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


@contextmanager
def explained(generator: "HfGenerator") -> Iterator[None]:
    """Turn what hub and files raise into an ArmError that says what to do."""
    try:
        yield
    except (OSError, ValueError, ArmError) as error:
        raise ArmError(_explain(generator, error)) from error


def load_config(generator: "HfGenerator") -> Any:
    """Load the model's configuration.

    Raises:
        ArmError: it cannot be had; the message says what to do.
    """
    from transformers import AutoConfig

    with explained(generator):
        return AutoConfig.from_pretrained(local_path(generator.path), **_source(generator))


def load_tokenizer(generator: "HfGenerator") -> Any:
    """Load the tokenizer alone: quick, and enough for plans and prompt fitting.

    Raises:
        ArmError: it cannot be had; the message says what to do.
    """
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    from transformers import AutoTokenizer

    quiet_libraries()
    with explained(generator):
        tokenizer = AutoTokenizer.from_pretrained(local_path(generator.path), **_source(generator))
    tokenizer.padding_side = "left"  # generation goes on from the last column of a batch
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(generator: "HfGenerator") -> Any:
    """Load the model in eval mode, 4-bit if the configuration says so, with the packing guard on.

    Raises:
        ArmError: it cannot be had, or its layers do not suit NF4 here.
    """
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    quiet_libraries()
    dtype = getattr(torch, generator.resolved().dtype)
    quantisation = nf4_config(dtype) if generator.quantisation == "nf4" else None
    device = pick_device(generator.device)
    make_current(device)
    with explained(generator):
        model = AutoModelForCausalLM.from_pretrained(
            local_path(generator.path),
            dtype=dtype,
            quantization_config=quantisation,
            device_map={"": device},
            use_safetensors=True,
            **_source(generator),
        )
    # `generate` fills whatever its settings leave open from here: a checkpoint's sampling and repetition penalty
    # would come back into greedy decoding. The stop tokens were read by ChatFormat.
    model.generation_config = GenerationConfig()
    keep_weights_unpacked(model)
    model.eval()
    _probe(generator, model)
    return model


def make_current(device: str) -> None:
    """Make a GPU that was asked for by its number the one whose memory, energy and clocks are read."""
    if device.startswith("cuda:"):
        import torch

        torch.cuda.set_device(device)


def _probe(generator: "HfGenerator", model: Any) -> None:
    """One forward pass: 4-bit kernels refuse some layer widths only when they run."""
    import torch

    try:
        with torch.inference_mode():
            model(input_ids=torch.zeros((1, 2), dtype=torch.long, device=model.device), use_cache=False)
    except (RuntimeError, AssertionError) as error:
        if generator.quantisation != "nf4":
            raise
        raise ArmError(
            f"model {generator.name}: its layer widths do not suit 4-bit weights on this device ({error}); "
            "set model.quantisation=none to run every arm on the unquantised base, with plain LoRA"
        ) from error


def _source(generator: "HfGenerator") -> dict[str, Any]:
    if is_local(generator.path):
        return {"local_files_only": True, "trust_remote_code": False}
    return {"revision": resolve_revision(generator.path, generator.revision), "trust_remote_code": False}


def _explain(generator: "HfGenerator", error: Exception) -> str:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    message = f"model {generator.name} ({generator.path}) cannot be loaded: {first}"
    if generator.gated_page:
        message += f"\n  It is gated: ask for access at {generator.gated_page}, then run `hf auth login`."
    return message


def free_memory() -> None:
    """Give memory of objects that nothing holds any more back to the device."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
