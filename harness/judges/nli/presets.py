"""Published models by name or hub id: which input they were trained on, and which output means "it follows".

The models are listed in presets.yaml; a further one is an entry there and no code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from harness.errors import ConfigError

FILE: Final = Path(__file__).with_name("presets.yaml")
MAIN: Final = "main"
"""the revision that a hub id without one means"""
MANY: Final = "many"
"""stands for the languages of a model of more than ten"""


@dataclass(frozen=True)
class InputFormat:
    """How evidence and claim are put before a model, and how its output is read."""

    template: str = ""
    """with {evidence}, {claim} and {eos}; "" gives the tokenizer a pair"""
    words: tuple[str, ...] = ()
    """answers of a sequence-to-sequence model, whose first tokens are compared; () for a classifier"""
    labels: tuple[str, ...] = ()
    """names that the outputs of a checkpoint must have; () for any"""
    entailed: int | None = None
    """number of the output or word that means "it follows"; None finds it by its name"""
    languages: tuple[str, ...] = ("en",)
    """of the training; ("many",) for more than ten"""


@dataclass(frozen=True)
class Preset:
    """One published model."""

    name: str
    id: str
    """its hub repository"""
    revision: str
    format: InputFormat = field(default_factory=InputFormat)
    window_words: int = 120
    max_tokens: int = 512
    gpu_gb: float = 0.0
    """memory of a GPU that it needs"""
    refused: str = ""
    """why it is not used, and what to use instead; "" where it is"""


OTHER: Final = Preset("", "", MAIN)
"""of a model that is not listed"""


@cache
def presets() -> Mapping[str, Preset]:
    """Return the listed models by their names, strongest first."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: _preset(name, dict(entry)) for name, entry in content.items()}


def _preset(name: str, entry: dict[str, Any]) -> Preset:
    parts = {key: entry.pop(key) for key in list(entry) if key in InputFormat.__dataclass_fields__}
    lists: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in parts.items()}
    return Preset(name=name, format=InputFormat(**lists), **entry)


def preset_of(path: str, revision: str | None, named: str | None) -> Preset:
    """Return the preset of a judge's settings; OTHER for a model that is not listed.

    Args:
        path: a preset's name, a hub id, or a folder.
        revision: of a hub id; None for the preset's own.
        named: name or hub id of the model whose copy lies in the folder; None where the path says it.

    Raises:
        ConfigError: `named` is not listed.
    """
    name = (named or path).casefold()
    known = [preset for preset in presets().values() if name in (preset.name, preset.id.casefold())]
    if named and not known:
        raise ConfigError(f"{named!r} is not a known model; there are {', '.join(presets())}")
    if revision in (None, MAIN) or len(known) < 2:
        return known[0] if known else OTHER
    return next((preset for preset in known if preset.revision == revision), known[-1])
