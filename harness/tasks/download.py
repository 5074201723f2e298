"""Fetches a set from the Hugging Face Hub, and says which commit it is. Knows nothing of examples."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.errors import DataError
from harness.tasks.rows import READERS, Row

COMMIT: Final = re.compile(r"[0-9a-f]{40}")
PAGE: Final = "https://huggingface.co/datasets"


class HubError(DataError):
    """A set cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Download:
    """A set that is there."""

    tables: Any
    """split -> table of the datasets library"""
    commit: str | None
    """commit of the Hub that it is; None for a local folder"""
    from_cache: bool
    """True when the Hub was not reached and an earlier download was taken"""
    files: Mapping[str, Path]
    """data files of a local folder, by their path in it"""

    def rows(self, split: str, label: str) -> Iterator[Row]:
        """Yield the rows of a split.

        Raises:
            HubError: the set has no such split.
        """
        if split not in self.tables:
            raise HubError(f"{label}: the set has no such split; its splits are {', '.join(self.tables)}")
        for number, values in enumerate(self.tables[split], start=1):
            yield Row(f"{label} row {number}", number, values)


def download(name: str, config: str | None, folder: str | None, revision: str | None, cache: str | None) -> Download:
    """Return a set, from the Hub, from what was downloaded earlier, or from a local folder.

    Args:
        name: owner/name, or a path that starts with / . or ~.
        config: named configuration.
        folder: folder inside the repository.
        revision: commit, tag or branch.
        cache: folder for what is downloaded.

    Raises:
        HubError: with what to do about it.
    """
    from datasets import load_dataset_builder  # heavy
    from datasets.utils.logging import disable_progress_bar

    local = name.startswith(("/", ".", "~"))
    path = str(Path(name).expanduser()) if local else f"hf://datasets/{name}"  # the prefix keeps local folders out
    if local and not Path(path).is_dir():
        raise HubError(f"{path}: there is no such folder")
    if not sys.stderr.isatty():
        disable_progress_bar()
    try:
        builder = load_dataset_builder(path, config, data_dir=folder, revision=revision, cache_dir=cache)
        builder.download_and_prepare()
        tables = builder.as_dataset()
    except Exception as error:  # the library raises what its many parts raise; every one is a set that cannot be had
        raise HubError(_advice(name, config, error)) from error
    if local:
        files = sorted(file for file in Path(path, folder or "").rglob("*") if file.suffix in READERS)
        return Download(tables, None, False, {file.relative_to(path).as_posix(): file for file in files})
    commit = _commit(name, revision, str(builder.hash))
    return Download(tables, commit, "packaged_modules.cache" in type(builder).__module__, {})


def _commit(name: str, revision: str | None, found: str) -> str:
    """Offline the library takes whatever commit it finds in its cache, without regard to the one that was asked for."""
    if not COMMIT.fullmatch(found):
        raise HubError(
            f"{name}: the commit of the cached copy is not known ({found!r}); connect to the Hub and run again"
        )
    if revision is not None and COMMIT.fullmatch(revision) and revision != found:
        raise HubError(
            f"{name}: want commit {revision}, but only {found} is cached; connect to the Hub, or set task.revision"
        )
    return found


def _advice(name: str, config: str | None, error: Exception) -> str:
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    if "gated" in reason:
        return f"{name}: the set is gated; ask for access at {PAGE}/{name} and log in with `hf auth login`"
    if "scripts are no longer supported" in reason:
        return f"{name}: the set is a script, which is not run; set task.revision=refs/convert/parquet and task.folder"
    if isinstance(error, ConnectionError):
        way = "connect to the Hub (and unset HF_HUB_OFFLINE), or set task.id to a local folder of the same files"
        return f"{name}: the Hub cannot be reached and no copy is cached; {way}"
    if "BuilderConfig" in reason:
        return f"{name}: there is no configuration {config!r}; set task.config ({reason})"
    return f"{name}: cannot be loaded ({type(error).__name__}: {reason}); see {PAGE}/{name}"
