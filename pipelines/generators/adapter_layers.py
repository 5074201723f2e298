"""Adapters as layers that are swapped into a base model and out again within milliseconds.

For timing only: arms take turns request by request, and PEFT's own loading and unloading takes longer than an answer.
All adapters stay in memory once used; the base's own layers are never changed.
"""

import copy
from dataclasses import dataclass
from typing import Any

from harness.machine.measured import AdapterUse
from harness.store.store import Artifact


@dataclass(frozen=True)
class _AdapterLayer:
    """A layer of the model with its original."""

    parent: Any
    name: str
    original: Any
    layer: Any


class AdapterLayers:
    """The layers of every adapter that this base has run with.

    Args:
        base: a bare model; nothing else may change its layers in the meantime.
    """

    def __init__(self, base: Any) -> None:
        self.base = base
        self._made: dict[tuple[str, AdapterUse], list[_AdapterLayer]] = {}
        self._now: tuple[str, AdapterUse] = ("", "none")

    def put(self, adapter: Artifact | None, use: AdapterUse) -> None:
        """Run with this adapter from now on; None and "none" give the bare base."""
        wanted: tuple[str, AdapterUse] = ("", "none") if adapter is None else (adapter.key, use)
        if wanted == self._now:
            return
        for adapter_layer in self._made.get(self._now, ()):
            setattr(adapter_layer.parent, adapter_layer.name, adapter_layer.original)
        self._now = ("", "none")
        if adapter is None:
            return
        for adapter_layer in self._adapter_layers(adapter, use):
            setattr(adapter_layer.parent, adapter_layer.name, adapter_layer.layer)
        self._now = wanted

    def _adapter_layers(self, adapter: Artifact, use: AdapterUse) -> list[_AdapterLayer]:
        if (adapter.key, use) not in self._made:
            made = _merged(self._adapter_layers(adapter, "unmerged")) if use == "merged" else self._loaded(adapter)
            self._made[adapter.key, use] = made
        return self._made[adapter.key, use]

    def _loaded(self, adapter: Artifact) -> list[_AdapterLayer]:
        """Let PEFT build the layers, keep them, and let it remove them again."""
        from peft import PeftModel
        from peft.tuners.tuners_utils import BaseTunerLayer

        adapted = PeftModel.from_pretrained(
            self.base, str(adapter.path), is_trainable=False, autocast_adapter_dtype=False
        ).eval()
        layers = [(name, layer) for name, layer in self.base.named_modules() if isinstance(layer, BaseTunerLayer)]
        adapter_layers = []
        for name, layer in layers:
            above, _, own = name.rpartition(".")
            adapter_layers.append(_AdapterLayer(self.base.get_submodule(above), own, layer.get_base_layer(), layer))
        adapted.unload()
        return adapter_layers


def _merged(adapter_layers: list[_AdapterLayer]) -> list[_AdapterLayer]:
    """Return dense layers with the adapter's update added to a copy of the weights. For unquantised bases."""
    return [
        _AdapterLayer(adapter_layer.parent, adapter_layer.name, adapter_layer.original, _dense(adapter_layer))
        for adapter_layer in adapter_layers
    ]


def _dense(adapter_layer: _AdapterLayer) -> Any:
    layer = copy.deepcopy(adapter_layer.original)
    for name in adapter_layer.layer.active_adapters:
        layer.weight.data += adapter_layer.layer.get_delta_weight(name).to(layer.weight.dtype)
    return layer
