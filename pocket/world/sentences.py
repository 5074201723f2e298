"""Sentences of the invented world, from sentences.yaml next to this file."""

from functools import cache
from pathlib import Path

import yaml


@cache
def _all() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return loaded


def sentences(kind: str) -> tuple[str, ...]:
    """Return the sentences of a kind, in the order in which draws number them."""
    return tuple(_all()[kind])
