"""The rank of an adapter in PEFT's format, as who serves it must make room for."""

import json
from pathlib import Path
from typing import Final

from harness.errors import StoreError

SETTINGS: Final = "adapter_config.json"
"""in an adapter's folder"""


def highest_rank(folder: Path) -> int:
    """Return the highest rank of any layer, 1 or more: PEFT's rank_pattern gives layers ranks of their own.

    Args:
        folder: of the adapter.

    Raises:
        StoreError: its settings cannot be read.
    """
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        return max(1, int(settings["r"]), *map(int, (settings.get("rank_pattern") or {}).values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{folder}: holds no adapter in PEFT's format ({error})") from error
