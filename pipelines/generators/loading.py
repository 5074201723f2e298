"""Weights and tokenizer from disk or hub into memory, in the precision that every arm of a run shares."""

import logging
import warnings
from pathlib import Path
from typing import Any

from harness.errors import ArmError, ModelError, reason
from harness.store.checkpoints import is_local, local_path, resolve_revision
from pipelines.device import make_current, pick_device
from pipelines.generators.checkpoint_files import INDEX, WEIGHTS
from pipelines.generators.checkpoint_kinds import architecture_doubts, check_architecture, check_folder
from pipelines.generators.checkpoint_weights import check_loaded
from pipelines.generators.device_map import check_split, places_of
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.quantised import check_quantisation, own_quantisation
from pipelines.generators.weight_values import check_values

log = logging.getLogger(__name__)

LONGEST_WINDOW = 2**40


def quiet_libraries() -> None:
    """Silence messages that do not help a user; errors are still shown."""
    from transformers.utils import logging as transformers_logging

    warnings.filterwarnings("ignore", message=".*gradient_checkpointing.*", category=FutureWarning)  # within libraries
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()


def load_config(generator: HfSettings) -> Any:
    """Load the model's configuration.

    Raises:
        ArmError: it cannot be loaded; the message says what to do.
    """
    from transformers import AutoConfig

    quiet_libraries()
    with generator.explained():
        return AutoConfig.from_pretrained(local_path(generator.path), **_source(generator))


def checked_config(generator: HfSettings) -> Any:
    """Return the configuration of a checkpoint whose kind, architecture and quantisation can answer here.

    Raises:
        ArmError: they cannot, or the files cannot be read.
    """
    if is_local(generator.path):
        with generator.explained():
            check_folder(Path(local_path(generator.path)))
    check_split(generator)
    config = load_config(generator)
    with generator.explained():
        check_architecture(config)
        for doubt in architecture_doubts(config):
            log.warning("model %s: %s", generator.name, doubt)
        check_quantisation(config, generator.quantisation, pick_device(generator.device))
    return config


def load_tokenizer(generator: HfSettings) -> Any:
    """Load the tokenizer alone: quick, and enough for plans and prompt fitting.

    Raises:
        ArmError: it cannot be loaded; the message says what to do.
    """
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    from transformers import AutoTokenizer

    quiet_libraries()
    with generator.explained():
        tokenizer = AutoTokenizer.from_pretrained(local_path(generator.path), **_source(generator))
        _settle_template(tokenizer, generator.chat_template)
    tokenizer.padding_side = "left"  # generation goes on from the last column of a batch
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _settle_template(tokenizer: Any, wanted: str) -> None:
    if wanted == "plain":
        tokenizer.chat_template = None
    elif not tokenizer.chat_template:
        raise ArmError(
            "its tokenizer has no chat template; copy chat_template.jinja of the model that it was made from, or "
            "set model.chat_template=plain for a base model: texts in separate paragraphs"
        )


def load_model(generator: HfSettings) -> Any:
    """Load the model in eval mode, 4-bit if the configuration says so, with the packing guard on.

    Raises:
        ArmError: it cannot be loaded, a parameter did not come from the checkpoint, or its layer widths do not suit
            NF4 here.
    """
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    quiet_libraries()
    dtype = getattr(torch, generator.resolved().dtype)
    device = pick_device(generator.device)
    make_current(device)
    with generator.explained():
        places = places_of(generator, load_config(generator))
        found: Any = AutoModelForCausalLM.from_pretrained(
            local_path(generator.path),
            dtype=dtype,
            device_map=places,
            use_safetensors=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # `check_loaded` names them
            **_quantisation(generator, dtype),
            **_source(generator),
        )
        model, loaded = found
        check_loaded(loaded)
        check_values(model)
    # `generate` takes from here whatever its settings leave open: a checkpoint's sampling and repetition penalty
    # would return to greedy decoding. ChatFormat has read the stop tokens already.
    model.generation_config = GenerationConfig()
    keep_weights_unpacked(model)
    model.eval()
    _probe(generator, model)
    return model


def window_of(generator: HfSettings, config: Any) -> int:
    """Return the context window in tokens, as it is told or as the text configuration of the model says.

    Raises:
        ArmError: neither says it.
    """
    if generator.max_context:
        return generator.max_context
    window = getattr(config, "max_position_embeddings", None)
    if not isinstance(window, int) or not 1 <= window <= LONGEST_WINDOW:
        raise ArmError(
            f"model {generator.name}: its config names no usable context window (max_position_embeddings is "
            f"{str(window)[:40]}); set model.max_context"
        )
    return window


def checkpoint_on_disk(generator: HfSettings) -> Path | None:
    """Return the folder of the checkpoint; None for one of the hub that is not in the cache yet."""
    if is_local(generator.path):
        return Path(local_path(generator.path))
    from huggingface_hub import try_to_load_from_cache

    commit = resolve_revision(generator.path, generator.revision)
    found = (try_to_load_from_cache(generator.path, name, revision=commit) for name in (INDEX, WEIGHTS))
    return next((Path(path).parent for path in found if isinstance(path, str)), None)


def _quantisation(generator: HfSettings, dtype: Any) -> dict[str, Any]:
    """Return what `from_pretrained` is told: NF4, or of a quantised checkpoint its own settings with our dtype."""
    config = load_config(generator)
    if own_quantisation(config) is None:
        return {"quantization_config": nf4_config(dtype) if generator.quantisation == "nf4" else None}
    if isinstance(settings := getattr(config, "quantization_config", None), dict):
        compute = {"bnb_4bit_compute_dtype": str(dtype).removeprefix("torch.")}
        settings |= compute if settings.get("quant_method") == "bitsandbytes" else {}
    return {"config": config}


def _probe(generator: HfSettings, model: Any) -> None:
    """Run one forward pass: 4-bit kernels refuse some layer widths only when they run, and weights can be NaN."""
    import torch

    try:
        with torch.inference_mode():
            ids = torch.zeros((1, 2), dtype=torch.long, device=model.device)
            logits = model(input_ids=ids, use_cache=False).logits
    except Exception as error:
        if generator.quantisation != "nf4":
            with generator.explained():
                raise
        raise ModelError(
            f"model {generator.name}: its layer widths do not suit 4-bit weights on this device ({reason(error)}); "
            "set model.quantisation=none to run every arm on the unquantised base, with plain LoRA"
        ) from error
    if not bool(torch.isfinite(logits).all()):
        raise ModelError(
            f"model {generator.name}: its first answer is not made of numbers (NaN): the weights in {generator.path} "
            f"are damaged, or {generator.resolved().dtype} is too small for them (model.dtype=float32)"
        )


def _source(generator: HfSettings) -> dict[str, Any]:
    if is_local(generator.path):
        return {"local_files_only": True, "trust_remote_code": False}
    return {"revision": resolve_revision(generator.path, generator.revision), "trust_remote_code": False}


def nf4_config(compute_dtype: Any) -> Any:
    """Return the QLoRA paper's settings: NF4 weights, double quantisation (arXiv 2305.14314 §3).

    Args:
        compute_dtype: torch dtype in which dequantised weights are multiplied.
    """
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_dtype,
    )


def keep_weights_unpacked(model: Any) -> int:
    """Stop bitsandbytes 0.50 from repacking 4-bit weights on AVX512-BF16 CPUs; call before the first forward.

    In eval mode `Linear4bit.forward` repacks the weight for a fast kernel and never unpacks it. The
    kernel has no backward: after one evaluation every gradient below it is wrong, and merging
    reads garbage. There is no error and no warning, only a worse adapter. The kernel also refuses
    widths that are not a multiple of 64.

    Returns:
        How many layers were guarded (0 for an unquantised model).
    """
    import bitsandbytes

    layers = [module for module in model.modules() if isinstance(module, bitsandbytes.nn.Linear4bit)]
    for layer in layers:
        layer.support_avx512bf16_for_cpu = False
    return len(layers)
