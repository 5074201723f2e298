"""Cutlery: measure whether a task wants retrieval, fine-tuning, both or neither.

    import harness
    run = harness.load("results/reference/qa/pocket")
    run.table

docs/API.md describes the names below. They are loaded when they are first used: `import harness` alone is cheap.
"""

import os
from importlib import import_module
from typing import Any, Final

# ragas posts usage events synchronously from inside its event loop unless this is set first.
os.environ.setdefault("RAGAS_DO_NOT_TRACK", "true")
# Two tokenizer thread pools compete for the cores and slow each other down; their warnings about forks have no use.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

_NAMES: Final = {
    "Comparison": "harness.cli.api",
    "compose": "harness.cli.api",
    "experiment": "harness.cli.api",
    "export": "harness.cli.api",
    "load": "harness.cli.api",
    "plan": "harness.cli.api",
    "tables": "harness.cli.api",
    "REFERENCE": "harness.cli.config",
    "ConfigError": "harness.errors",
    "CutleryError": "harness.errors",
    "DataError": "harness.errors",
    "StoreError": "harness.errors",
}
__all__ = list(_NAMES)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    value = getattr(import_module(_NAMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_NAMES})
