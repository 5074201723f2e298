"""`model.device_map=auto`: a model that does not fit on one GPU, split over those that this process sees.

Decoder layers lie in equal contiguous parts, one per GPU in order; all else (embeddings, final norm, lm_head) lies on
GPU 0, where prompts come in and logits come out. Nothing is put on the processor or the disk: it would be slow without
a word. accelerate's hooks carry hidden states from GPU to GPU, so that one GPU works at a time.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.errors import ModelError
from pipelines.device import gpus_here, pick_device
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.quantised import without_quantisation

OTHER_TOWERS: Final = r".*(vision|visual|audio|image|encoder)"
"""beginnings of names of layers that read no text, in models that read more than text"""


def layer_gpus(layers: int, gpus: int) -> list[int]:
    """Return the GPU of each layer: equal contiguous parts, and where they cannot be, the first ones are smaller.

    GPU 0 has embeddings and lm_head beside its layers.

    Args:
        layers: how many, at least as many as GPUs.
        gpus: how many, 1 or more.
    """
    return [gpus - 1 - (layers - 1 - at) * gpus // layers for at in range(layers)]


def device_map(modules: Sequence[str], layers: str, gpus: int) -> dict[str, int]:
    """Return on which GPU each module lies, as `from_pretrained` takes it.

    Every layer has an entry of its own, and so has whatever lies beside them: no parameter is left out, and no entry
    holds another one, as accelerate would move what a larger one holds.

    Args:
        modules: dotted names of all modules and parameters of the model.
        layers: name of the list of decoder layers.
        gpus: how many, no more than layers.
    """
    above = {layers[:at] for at, sign in enumerate(layers) if sign == "."} | {""}
    beside = [name for name in modules if name.rpartition(".")[0] in above and name not in {*above, layers}]
    numbers = sorted({int(name[len(layers) + 1 :].partition(".")[0]) for name in modules if _within(name, layers)})
    places = zip(numbers, layer_gpus(len(numbers), gpus), strict=True)
    return dict.fromkeys(beside, 0) | {f"{layers}.{number}": gpu for number, gpu in places}


def _within(name: str, folder: str) -> bool:
    return name.startswith(f"{folder}.")


def decoder_layers(lists: Mapping[str, int], layers: int) -> str:
    """Return the name of the list of decoder layers; "" where none or several could be it.

    Args:
        lists: name of each list of modules -> its length.
        layers: of the text model, by its configuration.
    """
    found = [name for name, size in lists.items() if size == layers and not re.match(OTHER_TOWERS, name)]
    return found[0] if len(found) == 1 else ""


def check_split(generator: HfSettings) -> None:
    """Look whether this machine can hold a split model.

    Raises:
        ModelError: there is no GPU, or one alone.
    """
    if generator.device_map is None:
        return
    device = pick_device(generator.device)
    if device != "cuda":
        raise ModelError(
            f"model {generator.name}: model.device_map=auto splits a model over GPUs, and model.device is {device} "
            "here; leave it out (model.device_map=null)"
        )
    if gpus_here(device) < 2:
        raise ModelError(
            f"model {generator.name}: model.device_map=auto splits a model over GPUs, and this process sees one: leave "
            "it out, or give it more (CUDA_VISIBLE_DEVICES; of sweeps launcher=local gives each job one GPU, "
            "launcher=slurm launcher.gpus=N several)"
        )


def places_of(generator: HfSettings, config: Any) -> Mapping[str, int | str]:
    """Return on which device each part of the model lies.

    Args:
        generator: which model, and how it is placed.
        config: of the model, as transformers reads it.

    Raises:
        ModelError: it is to be split, and cannot be.
    """
    if generator.device_map is None:
        return {"": pick_device(generator.device)}
    check_split(generator)
    import torch

    model, gpus = on_meta(config), gpus_here("cuda")
    lists = {name: len(one) for name, one in model.named_modules() if isinstance(one, torch.nn.ModuleList)}
    count = int(config.get_text_config().num_hidden_layers)
    layers = decoder_layers(lists, count)
    if not layers:
        raise ModelError(f"model {generator.name}: its decoder layers are not found, so that it cannot be split")
    if count < gpus:
        raise ModelError(
            f"model {generator.name}: it has {count} layers, and this process sees {gpus} GPUs: let it see {count} or "
            "fewer (CUDA_VISIBLE_DEVICES)"
        )
    names = [name for name, _ in (*model.named_modules(), *model.named_parameters(), *model.named_buffers())]
    return device_map(list(dict.fromkeys(names)), layers, gpus)


def on_meta(config: Any) -> Any:
    """Return the model of a configuration on the meta device: names and shapes, for which no memory is taken."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(without_quantisation(copy.deepcopy(config)))


def gpus_of(model: Any) -> list[int]:
    """Return the numbers of the GPUs that a split model lies on; [] for one that lies on one device."""
    places = set((getattr(model, "hf_device_map", None) or {}).values())
    numbers = {place if isinstance(place, int) else getattr(place, "index", None) for place in places}
    return sorted(number for number in numbers if isinstance(number, int)) if len(places) > 1 else []


def wait_for(model: Any) -> None:
    """Wait until every GPU that a model lies on has done its work."""
    import torch

    for place in gpus_of(model) or ([model.device] if model.device.type == "cuda" else []):
        torch.cuda.synchronize(place)
