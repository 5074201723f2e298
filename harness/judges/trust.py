"""Whether to believe a judge: its measured agreement with people, and that it never judges its own answers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from harness.errors import CutleryError
from harness.judges.judge import Judge
from harness.store.checkpoints import content_key, is_local
from harness.store.files import write_text

FILE: Final = Path(__file__).with_name("agreement.json")
"""written by `make validate-metrics`"""

OVERALL: Final = ("AUROC", "Pearson")
"""names of the figures of support against people's labels; each label set has one of them"""
PRECISION: Final = "precision of unsupported"
"""of the answers with a claim that the judge does not support, the share that people find not wholly supported"""
RECALL: Final = "recall of unsupported"
"""of the answers that people find not wholly supported, the share in which the judge does not support some claim"""
Figures = dict[str, dict[str, float]]
"""label set -> {name of the figure: value}"""


def agreement(fingerprint: str) -> Figures:
    """Return the figures of the judge with this fingerprint; {} when it was never measured with these settings."""
    figures: Figures = _read().get(fingerprint, {})
    return figures


def keep(figures: Mapping[str, Figures]) -> None:
    """Add figures, fingerprint -> label set -> figure; those of other judges stay.

    Raises:
        StoreError: the file cannot be written.
    """
    write_text(FILE, json.dumps({**_read(), **figures}, indent=1, sort_keys=True) + "\n")


def _read() -> dict[str, Figures]:
    return dict(json.loads(FILE.read_text(encoding="utf-8"))) if FILE.is_file() else {}


def self_judging(judge: Judge, model: Mapping[str, Any]) -> str:
    """Return why this judge must not judge this model's answers; "" when it may.

    Args:
        judge: its `model` is compared; one without a model may judge every model.
        model: the configuration of the model under test: name, path, served name and adapters.
    """
    adapters = model.get("adapters") or {}
    under_test = [model.get("path"), model.get("model"), *adapters.values()]
    for name in (str(name) for name in under_test if name):
        if judge.model and _same(judge.model, name):
            return (
                f"judge {judge.name} is {judge.model}, which is the model under test ({name}): a model must not judge "
                "its own answers; choose another judge.llm.model or judge.llm.path, or judge=lexical"
            )
    return ""


def _same(first: str, second: str) -> bool:
    if is_local(first) and is_local(second):
        return _absolute(first) == _absolute(second) or _content(first) == _content(second)
    return first.strip("/").casefold() == second.strip("/").casefold()


def _absolute(path: str) -> Path:
    return Path(path).expanduser().resolve()


def _content(path: str) -> str:
    try:
        return content_key(path, None)
    except CutleryError:  # not a checkpoint: the folder is identified by its path
        return str(_absolute(path))
