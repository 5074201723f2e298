"""NF4 through bitsandbytes, and the guard against its silent error on some CPUs."""

from typing import Any


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
    kernel has no backward, so that after one evaluation every gradient below it is wrong, and merging
    reads garbage: no error, no warning, a worse adapter. It also refuses widths that are no multiple of 64.

    Returns:
        How many layers were guarded (0 for an unquantised model).
    """
    import bitsandbytes

    layers = [module for module in model.modules() if isinstance(module, bitsandbytes.nn.Linear4bit)]
    for layer in layers:
        layer.support_avx512bf16_for_cpu = False
    return len(layers)
