"""Checkpoints whose weights are quantised already: run as they are, or refused by the name of the method.

Without its own method such a checkpoint is noise: its packed matrices have other names, and those of the model would be
filled with random numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.errors import ArmError, reason

SETTINGS: Final = ("quantization_config", "compression_config")
"""where config.json says how weights are quantised"""
UNQUANTISED: Final = "take the model's unquantised weights"


@dataclass(frozen=True, slots=True)
class OwnQuantisation:
    """What a checkpoint says of its quantised weights."""

    method: str
    """transformers' quant_method: bitsandbytes, gptq, awq, compressed-tensors, fp8, …"""
    settings: Mapping[str, Any]
    """all of it"""

    @property
    def four_bit_type(self) -> str:
        """Return nf4 or fp4 for bitsandbytes in 4 bits, else ""."""
        if self.method != "bitsandbytes" or not self.settings.get("load_in_4bit", self.settings.get("_load_in_4bit")):
            return ""
        return str(self.settings.get("bnb_4bit_quant_type", "fp4"))

    @property
    def way(self) -> str:
        """Return the setting with which these weights are taken as they are."""
        if self.four_bit_type:
            return f"{'nf4' if self.four_bit_type == 'nf4' else 'own'} takes them as they are"
        return "own takes them as they are"

    def __str__(self) -> str:
        return f"{self.method} {self.four_bit_type}".strip()


def own_quantisation(config: Any) -> OwnQuantisation | None:
    """Return how a checkpoint's weights are quantised; None where they are not.

    Args:
        config: as transformers reads it.
    """
    for place in (config, config.get_text_config()):
        for name in SETTINGS:
            found = getattr(place, name, None)
            if found:
                settings = dict(found) if isinstance(found, Mapping) else dict(found.to_dict())
                return OwnQuantisation(str(settings.get("quant_method", "an unnamed method")), settings)
    return None


def in_four_bits(quantisation: str, config: Any) -> bool:
    """Return whether arms run on a base in 4 bits: as it is loaded, or as its checkpoint is.

    Args:
        quantisation: model.quantisation.
        config: as transformers reads it.
    """
    own = own_quantisation(config)
    return quantisation == "nf4" or (own is not None and bool(own.four_bit_type))


def without_quantisation(config: Any) -> Any:
    """Return the configuration after removing what it says of quantisation."""
    for place in (config, config.get_text_config()):
        for name in SETTINGS:
            if hasattr(place, name):
                delattr(place, name)
    return config


def check_quantisation(config: Any, wanted: str, device: str) -> None:
    """Compare a checkpoint's own quantisation with model.quantisation.

    Args:
        config: as transformers reads it.
        wanted: model.quantisation.
        device: where it will run.

    Raises:
        ArmError: they contradict each other, or what the method needs is not installed or does not run on the device.
    """
    own = own_quantisation(config)
    if own is None:
        if wanted == "own":
            raise ArmError(
                "model.quantisation is own, and its config.json has no quantization_config: set it to nf4 or none"
            )
        return
    _check_kernels(own, device)  # also before it is said which setting takes them as they are
    if wanted == "own" or own.four_bit_type == wanted:
        return
    raise ArmError(
        f"its weights are quantised already ({own}, by quantization_config in config.json), and model.quantisation is "
        f"{wanted}: {own.way}; or {UNQUANTISED}"
    )


def trains(config: Any) -> str:
    """Return why no adapter can be trained on a checkpoint's own quantisation; "" if it can."""
    own = own_quantisation(config)
    if own is None or _quantizer(own).is_trainable:
        return ""
    return f"no adapter can be trained on weights in {own.method}; {UNQUANTISED}, or leave out arms with an adapter"


def sharded(quantisation: str, environment: Mapping[str, str]) -> str:
    """Return why no adapter can be trained by the processes that a launcher has started; "" if it can.

    Args:
        quantisation: model.quantisation.
        environment: the process's; torchrun and accelerate launch say there what they have set up.
    """
    alone = "start it as one process, without torchrun or accelerate launch; sweeps use several GPUs (launcher=local)"
    if environment.get("ACCELERATE_USE_FSDP", "").lower() in ("1", "true") and quantisation != "none":
        return (
            "FSDP2 splits weights as tensors of their own, which takes from those in 4 bits what they are unpacked by: "
            f"training crashes, or goes on with a loss of 0 (accelerate issue 3983); {alone}"
        )
    if environment.get("WORLD_SIZE", "1") not in ("", "0", "1"):
        return f"training runs in one process, and a launcher has started {environment['WORLD_SIZE']}; {alone}"
    return ""


def _check_kernels(own: OwnQuantisation, device: str) -> None:
    """Ask transformers whether this method runs here.

    Raises:
        ArmError: it does not.
    """
    try:
        quantizer = _quantizer(own)
        quantizer.validate_environment(device_map={"": device})
    except Exception as error:  # packages that are missing, too old, or without this device
        raise ArmError(
            f"its weights are quantised already ({own}, by quantization_config in config.json), which does not run "
            f"on this machine's {device} ({reason(error)}); {UNQUANTISED}"
        ) from error


def _quantizer(own: OwnQuantisation) -> Any:
    from transformers.quantizers.auto import AutoHfQuantizer

    return AutoHfQuantizer.from_config(dict(own.settings), pre_quantized=True)
