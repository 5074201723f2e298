"""Artifacts on disk, for mutations of the store: which is which, and how one is changed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.store.metadata import CHECKSUM
from harness.store.spec import digest, file_sha256
from harness.store.store import METADATA

Metadata = dict[str, Any]

CONTROLS = {"OracleRetriever": "oracle", "RandomRetriever": "random"}


def artifacts(store: Path, kind: str) -> list[Path]:
    """Return the folders of all artifacts of a kind."""
    return sorted(path.parent for path in (store / kind).glob(f"*/{METADATA}"))


def metadata(folder: Path) -> Metadata:
    """Return what stands beside an artifact."""
    return dict(json.loads((folder / METADATA).read_text(encoding="utf-8")))


def annotate(folder: Path, change: Callable[[Metadata], None]) -> None:
    """Change what stands beside an artifact, and nothing else."""
    entry = metadata(folder)
    change(entry)
    (folder / METADATA).write_text(json.dumps(entry, indent=1, ensure_ascii=False), encoding="utf-8")


def refresh(folder: Path) -> None:
    """Write the checksums of the files as they are now, as somebody does who believes that they are right."""

    def checksums(entry: Metadata) -> None:
        entry["files"] = {name: file_sha256(folder / name) for name in entry["files"]}

    annotate(folder, checksums)


def seal(folder: Path) -> None:
    """Write all checksums anew, that of the metadata, too: nothing in the folder tells that it was changed."""
    refresh(folder)

    def checksum(entry: Metadata) -> None:
        entry.pop(CHECKSUM, None)
        entry[CHECKSUM] = digest(entry)

    annotate(folder, checksum)


def lone(store: Path, kind: str) -> Path:
    """Return the only artifact of its kind."""
    (folder,) = artifacts(store, kind)
    return folder


def predictions(store: Path, arm: str) -> Path:
    """Return the answers of an arm."""
    (folder,) = [one for one in artifacts(store, "predictions") if _arm(metadata(one)) == arm]
    return folder


def _arm(entry: Metadata) -> str:
    parts = entry["spec"]["arm"]
    retriever = parts["retriever"]
    if retriever is not None and retriever["class"].rpartition(".")[2] in CONTROLS:
        return CONTROLS[retriever["class"].rpartition(".")[2]]
    return {(False, False): "base", (True, False): "rag", (False, True): "qlora", (True, True): "hybrid"}[
        retriever is not None, parts["adapter"] is not None
    ]


def retrieval(store: Path) -> Path:
    """Return what the ordinary retriever has found."""
    (folder,) = [one for one in artifacts(store, "retrieval") if "chunking" in metadata(one)["spec"]["retriever"]]
    return folder


def exchange(first: Path, second: Path) -> None:
    """Give two folders each other's names."""
    aside = first.with_name("aside")
    first.rename(aside)
    second.rename(first)
    aside.rename(second)


def put_in_place(source: Path, target: Path) -> None:
    """Replace a folder by a copy of another."""
    shutil.rmtree(target)
    shutil.copytree(source, target)


def files_from(source: Path, target: Path) -> None:
    """Replace the files of an artifact by those of another, and its checksums by theirs; the rest stays."""
    for path in target.rglob("*"):
        if path.is_file() and path.name != METADATA:
            path.unlink()
    for path in source.rglob("*"):
        if path.is_file() and path.name != METADATA:
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / path.relative_to(source))
    annotate(target, lambda entry: entry.update(files=metadata(source)["files"]))
