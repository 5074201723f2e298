"""A judge is never the model under test: it would be asked whether it believes itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import CutleryError
from harness.judges.judge import Judge
from harness.store.checkpoints import content_key, is_local


def partiality(judge: Judge, model: Mapping[str, Any]) -> str:
    """Return why this judge may not judge this model's answers; "" when it may.

    Args:
        judge: its `model` is compared; one without a model judges anybody.
        model: the configuration of the model under test: what it is called, where it lies, what it is served as.
    """
    adapters = model.get("adapters") or {}
    under_test = [model.get("path"), model.get("model"), *adapters.values()]
    for name in (str(one) for one in under_test if one):
        if judge.model and _same(judge.model, name):
            return (
                f"judge {judge.name} is {judge.model}, which is the model under test ({name}): a model is no judge of "
                "its own answers; choose another judge.llm.model or judge.llm.path, or judge=lexical"
            )
    return ""


def _same(one: str, other: str) -> bool:
    if is_local(one) and is_local(other):
        return _place(one) == _place(other) or _content(one) == _content(other)
    return one.strip("/").casefold() == other.strip("/").casefold()


def _place(path: str) -> Path:
    return Path(path).expanduser().resolve()


def _content(path: str) -> str:
    try:
        return content_key(path, None)
    except CutleryError:  # no checkpoint: a folder is only itself
        return str(_place(path))
