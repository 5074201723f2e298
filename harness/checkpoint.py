"""Where the files of an embedder, a reranker or a judge lie. What identifies them is harness/weights.py's affair."""

import importlib.util
from functools import cache
from pathlib import Path

from harness.errors import ArmError
from harness.weights import content_key, is_local, resolve_revision

PACKAGE = "package:"
DOWNLOADED = ["*.safetensors", "*.json", "*.txt", "*.model"]
"""pickled weights are neither downloaded nor read"""


def checkpoint_key(path: str, revision: str) -> str:
    """Return what identifies the checkpoint: "sha256:..." of its files, or "id@commit" on the hub."""
    return content_key(located(path), revision)


def checkpoint_folder(path: str, revision: str) -> Path:
    """Return the folder of a checkpoint, fetching it if it is a hub id that was not seen before.

    Args:
        path: a folder, "package:NAME/SUBFOLDER", or a hub id.
        revision: branch, tag or commit of a hub id.

    Raises:
        ArmError: it is nowhere to be had, or has no safetensors weights.
    """
    place = located(path)
    folder = Path(place).expanduser() if is_local(place) else _fetched(place, resolve_revision(place, revision))
    if not any(folder.glob("*.safetensors")):
        raise ArmError(f"{path}: {folder} holds no .safetensors file; pickled weights are not read")
    return folder


def located(path: str) -> str:
    """Return `path` with "package:NAME/SUBFOLDER" turned into that folder of the installed package.

    Raises:
        ArmError: there is no such package or folder. The package itself is not imported.
    """
    if not path.startswith(PACKAGE):
        return path
    name, _, inside = path.removeprefix(PACKAGE).partition("/")
    found = importlib.util.find_spec(name) if name.isidentifier() else None
    if found is None or found.origin is None:
        raise ArmError(f"got {path!r}, but no Python package {name!r} is installed")
    folder = Path(found.origin).parent / inside
    if not folder.is_dir():
        raise ArmError(f"got {path!r}, but {folder} is no folder")
    return str(folder)


@cache
def _fetched(hub_id: str, commit: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(hub_id, revision=commit, allow_patterns=DOWNLOADED))
    except Exception as error:  # the hub's client raises a dozen kinds
        raise ArmError(
            f"{hub_id} (commit {commit}) is not on this machine and could not be fetched "
            f"({type(error).__name__}); download it once with network, or give a folder"
        ) from error
