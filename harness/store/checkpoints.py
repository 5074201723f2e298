"""What identifies a checkpoint: the content of a local folder, or the commit of a hub repository."""

import hashlib
import importlib.util
import re
from functools import cache
from pathlib import Path

from harness.errors import ArmError, reason
from harness.store.spec import file_sha256

READ = (".safetensors", ".json", ".jinja", ".model", ".txt")
"""Suffixes of the files that transformers and sentence-transformers load from."""

_COMMIT = re.compile(r"[0-9a-f]{40}")


def is_local(path: str) -> bool:
    """Return whether `path` is a folder on this machine (otherwise it is a hub id)."""
    return Path(path).expanduser().is_dir()


def local_path(path: str) -> str:
    """Return a folder's path with `~` expanded; a hub id as it is."""
    return str(Path(path).expanduser()) if is_local(path) else path


def content_key(path: str, revision: str | None) -> str:
    """Return `sha256:…` of a local checkpoint's files or `id@commit` of a hub repository.

    Raises:
        ArmError: no such folder, or the hub and its cache know no such repository.
    """
    if is_local(path):
        return _folder_key(Path(path).expanduser().resolve())
    return f"{path}@{resolve_revision(path, revision)}"


def _folder_key(folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.suffix in READ and file.is_file())
    if not files:
        raise ArmError(f"model folder {folder}: holds no {', '.join(READ)} files, so it is not a checkpoint")
    stamp = tuple((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    return _hash_files(folder, stamp)


@cache
def _hash_files(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> str:
    total = hashlib.sha256()
    for name, _, _ in stamp:
        file = Path(name)
        total.update(f"{file.relative_to(folder).as_posix()} {file_sha256(file)}\n".encode())
    return f"sha256:{total.hexdigest()}"


@cache
def resolve_revision(repository: str, revision: str | None) -> str:
    """Return the commit that `revision` (default main) of a hub repository means now.

    The hub is asked first; without a connection the local cache decides.

    Raises:
        ArmError: neither knows it.
    """
    if revision is not None and _COMMIT.fullmatch(revision):
        return revision
    if Path(repository).expanduser().is_file():
        raise ArmError(f"{repository} is a file; give the folder that it is in, {Path(repository).parent}")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ArmError(
            f"model path {repository!r}: no such folder exists, and it is not a hub id of the form owner/name"
        )
    commit, reason = _hub_commit(repository, revision)
    commit = commit or _cached_commit(repository, revision or "main")
    if commit:
        return commit
    raise ArmError(
        f"{repository} (revision {revision or 'main'}) is neither on the hub for you ({reason}) nor in the cache; "
        "download it on a machine with access, or give the path of a local folder"
    )


def _hub_commit(repository: str, revision: str | None) -> tuple[str, str]:
    """Return the commit, or "" and why the hub gave none."""
    from huggingface_hub import HfApi

    try:
        commit = HfApi().model_info(repository, revision=revision, timeout=10).sha
    except Exception as error:  # the hub's client raises many kinds; for each the cache is the next place to look
        return "", reason(error)
    return (commit, "") if commit else ("", "the hub named no commit")


def _cached_commit(repository: str, revision: str) -> str:
    """Return the commit that the local cache has under a branch or tag; "" for none."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        cached = [repo for repo in scan_cache_dir().repos if repo.repo_id == repository]
    except CacheNotFound:
        return ""
    commits = (stored.commit_hash for repo in cached for stored in repo.revisions if revision in stored.refs)
    return next(commits, "")


PACKAGE = "package:"
DOWNLOADED = ["*.safetensors", "*.json", "*.txt", "*.model"]
"""pickled weights are neither downloaded nor read"""


def checkpoint_key(path: str, revision: str) -> str:
    """Return what identifies the checkpoint: "sha256:..." of its files, or "id@commit" on the hub."""
    return content_key(located(path), revision)


def checkpoint_folder(path: str, revision: str) -> Path:
    """Return the folder of a checkpoint, fetching it if it is a hub id that is not cached.

    Args:
        path: a folder, "package:NAME/SUBFOLDER", or a hub id.
        revision: branch, tag or commit of a hub id.

    Raises:
        ArmError: it cannot be found or fetched, or has no safetensors weights.
    """
    source = located(path)
    folder = Path(source).expanduser() if is_local(source) else _fetched(source, resolve_revision(source, revision))
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
    package = importlib.util.find_spec(name) if name.isidentifier() else None
    if package is None or package.origin is None:
        raise ArmError(f"got {path!r}, but no Python package {name!r} is installed")
    folder = Path(package.origin).parent / inside
    if not folder.is_dir():
        raise ArmError(f"got {path!r}, but {folder} is not a folder")
    return str(folder)


def cached_folder(hub_id: str, revision: str) -> Path | None:
    """Return the folder of a hub repository in the local cache, if it holds safetensors weights there; asks no hub."""
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(hub_id, "config.json", revision=revision)
    folder = Path(config).parent if isinstance(config, str) else None
    return folder if folder is not None and any(folder.glob("*.safetensors")) else None


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
