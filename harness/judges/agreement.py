"""How far people agreed with a judge, as `make validate-metrics` measured it. The figures lie beside this file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.store.files import write_text

FILE: Final = Path(__file__).with_name("agreement.json")

Figures = dict[str, dict[str, float]]
"""label set -> {name of the figure: value}"""


def agreement(fingerprint: str) -> Figures:
    """Return the figures of the judge with this fingerprint; {} when it was never measured with these settings."""
    found: Figures = _read().get(fingerprint, {})
    return found


def keep(figures: Mapping[str, Figures]) -> None:
    """Add figures, fingerprint -> label set -> figure; those of other judges stay.

    Raises:
        StoreError: the file cannot be written.
    """
    write_text(FILE, json.dumps({**_read(), **figures}, indent=1, sort_keys=True) + "\n")


def _read() -> dict[str, Figures]:
    return dict(json.loads(FILE.read_text(encoding="utf-8"))) if FILE.is_file() else {}
