"""What a part of a retrieval index was built from, written beside its own files.

Vectors, index files and word counts name neither their corpus nor their embedder. The sidecar does: it lies in the
part's folder, where it is one of the files that the store checks, and goes wherever the folder is copied to.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import StoreError
from harness.store.spec import specification


def flat(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a part's specification as one level of names, so that a difference can be named."""
    return dict(_leaves("", specification(spec)))


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        yield name, value
        return
    for key, inner in value.items():
        yield from _leaves(f"{name}.{key}" if name else key, inner)


def write_sidecar(folder: Path, kind: str, built_from: Mapping[str, Any]) -> None:
    """Note what the part in `folder` was built from.

    Args:
        folder: of the part.
        kind: passages, embeddings, index or lexical.
        built_from: names and plain values.
    """
    _file(folder, kind).write_text(json.dumps(dict(built_from), indent=1, sort_keys=True), encoding="utf-8")


def check_sidecar(folder: Path, kind: str, built_from: Mapping[str, Any]) -> None:
    """Compare what the part in `folder` was built from with what this run would build it from.

    Parts of older versions lack names that came later, and only indexes had a sidecar at all; what is there must agree.

    Raises:
        StoreError: naming every difference.
    """
    path = _file(folder, kind)
    if kind != "index" and not path.is_file():
        return
    try:
        stored = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); delete {folder} and it is built again") from error
    wrong = [
        f"{name} {value!r}, this run has {built_from.get(name)!r}"
        for name, value in sorted(stored.items())
        if value != built_from.get(name)
    ]
    if wrong:
        raise StoreError(f"{path}: the {kind} was built with {'; '.join(wrong)}; delete {folder} to build it again")


def _file(folder: Path, kind: str) -> Path:
    return folder / f"{kind}.json"
