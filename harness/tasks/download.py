"""Fetches a set from the Hugging Face Hub and returns its commit. Independent of examples."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.errors import DataError
from harness.tasks.rows import READERS, FileRow

COMMIT: Final = re.compile(r"[0-9a-f]{40}")
PAGE: Final = "https://huggingface.co/datasets"


class HubError(DataError):
    """A set cannot be loaded; the message says what to do."""


@dataclass(frozen=True)
class Download:
    """A loaded set."""

    tables: Any
    """split -> table of the datasets library"""
    commit: str | None
    """commit on the Hub; None for a local folder"""
    from_cache: bool
    """True if the Hub was not reached and an earlier download is used"""
    files: Mapping[str, Path]
    """data files of a local folder, by their path in it"""

    def rows(self, split: str, label: str) -> Iterator[FileRow]:
        """Yield the rows of a split.

        Raises:
            HubError: the set has no such split.
        """
        if split not in self.tables:
            raise HubError(f"{label}: the set has no such split; its splits are {', '.join(self.tables)}")
        for number, values in enumerate(self.tables[split], start=1):
            yield FileRow(f"{label} row {number}", number, values)


def download(name: str, config: str | None, folder: str | None, revision: str | None, cache: str | None) -> Download:
    """Return a set from the Hub, from an earlier download, or from a local folder.

    Args:
        name: owner/name, or a path that starts with / . or ~.
        config: named configuration.
        folder: folder inside the repository.
        revision: commit, tag or branch.
        cache: folder for downloads.

    Raises:
        HubError: the set cannot be loaded.
    """
    local = name.startswith(("/", ".", "~"))
    path = str(Path(name).expanduser()) if local else f"hf://datasets/{name}"  # the prefix keeps local folders out
    if local and not Path(path).is_dir():
        raise HubError(f"{path}: no such folder exists")
    try:
        builder = _prepared(path, config, data_dir=folder, revision=revision, cache_dir=cache)
        tables = builder.as_dataset()
    except Exception as error:  # the library raises whatever its many parts raise; each means: it cannot be loaded
        raise HubError(_advice(name, config, error)) from error
    if local:
        files = sorted(file for file in Path(path, folder or "").rglob("*") if file.suffix in READERS)
        return Download(tables, None, False, {file.relative_to(path).as_posix(): file for file in files})
    commit = _commit(name, revision, str(builder.hash))
    return Download(tables, commit, "packaged_modules.cache" in type(builder).__module__, {})


def _prepared(path: str, config: str | None, **options: str | None) -> Any:
    from datasets import load_dataset_builder  # heavy
    from datasets.utils.logging import disable_progress_bar

    if not sys.stderr.isatty():
        disable_progress_bar()
    builder = load_dataset_builder(path, config, **options)
    builder.download_and_prepare()
    return builder


def _commit(name: str, revision: str | None, loaded: str) -> str:
    """Check the commit: offline the library takes any that it finds in its cache, whatever revision is wanted."""
    if not COMMIT.fullmatch(loaded):
        raise HubError(
            f"{name}: the commit of the cached copy is not known ({loaded!r}); connect to the Hub and run again"
        )
    if revision is not None and COMMIT.fullmatch(revision) and revision != loaded:
        raise HubError(
            f"{name}: want commit {revision}, but only {loaded} is cached; connect to the Hub, or set task.revision"
        )
    return loaded


def _advice(name: str, config: str | None, error: Exception) -> str:
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    if "gated" in reason:
        return f"{name}: the set is gated; ask for access at {PAGE}/{name} and log in with `hf auth login`"
    if "scripts are no longer supported" in reason:
        return f"{name}: the set is a script, which is not run; set task.revision=refs/convert/parquet and task.folder"
    if isinstance(error, ConnectionError):
        cure = "connect to the Hub (and unset HF_HUB_OFFLINE), or set task.id to a local folder of the same files"
        return f"{name}: the Hub cannot be reached and no copy is cached; {cure}"
    if "BuilderConfig" in reason:
        return f"{name}: the set has no configuration {config!r}; set task.config ({reason})"
    return f"{name}: cannot be loaded ({type(error).__name__}: {reason}); see {PAGE}/{name}"
