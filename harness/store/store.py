"""Content-addressed artifacts: made once, found from then on, never visible before they are complete.

An artifact is a folder `<root>/<kind>/<key>/` whose `artifact.json` (specification, checksums, seconds)
is written last. It is made in the folder `<key>.partial`, under one file lock per key, and moved into
place by an atomic rename. The partial folder of a killed process is handed to the next maker, which
may continue from what it finds; `started.json` in it says how often it was tried and how long that took.
The store knows nothing about what it holds.
"""

import json
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from harness.errors import StoreError, masked
from harness.machine import nvml
from harness.store.spec import canonical, digest, file_sha256, specification
from harness.types import Resource

log = logging.getLogger(__name__)

METADATA = "artifact.json"
STARTED: Final = "started.json"
FORMAT = 1
PARTIAL = "partial"
"""how the folder of an artifact under construction ends"""

Make = Callable[[Path], Mapping[str, Any] | None]
"""Fills the folder it is given, continuing from what an interrupted call left there; returns small JSON facts."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something the store holds."""

    key: str
    path: Path
    seconds: float
    """time that making it took, also when it was found"""
    found: bool
    """True if it was in the store already"""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """small JSON facts that the maker returned"""
    bytes: int = 0
    """of its files"""
    attempts: int = 1
    """how often making it was begun"""
    earlier_seconds: float = 0.0
    """part of seconds that went into attempts that were killed or failed"""
    joules: float | None = None
    """by the GPU's energy counter, last attempt; None: not measured"""


@dataclass(frozen=True, slots=True)
class StoreEntry:
    """What the store knows of one artifact without opening it."""

    key: str
    spec: Mapping[str, Any]
    seconds: float
    """as of Artifact"""
    earlier_seconds: float
    ended: bool
    """False: making it failed, was killed, or is in progress"""
    device: str = ""
    """what made it; "" if its maker did not say, or did not end"""


class Store:
    """A folder of artifacts.

    Args:
        root: created on first use.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._watchers: list[list[tuple[str, Artifact]]] = []

    def key(self, kind: str, spec: Mapping[str, Any]) -> str:
        """Return the address of the artifact of this kind with this specification."""
        return digest({"kind": kind, "format": FORMAT, "spec": spec})[:32]

    def find(self, kind: str, spec: Mapping[str, Any]) -> Artifact | None:
        """Return the artifact if it is in the store and undamaged, else None."""
        return self._read(kind, self.key(kind, spec))

    def has(self, kind: str, spec: Mapping[str, Any]) -> bool:
        """Return whether the artifact is in the store, without checking its files (for plans)."""
        return (self._folder(kind, self.key(kind, spec)) / METADATA).is_file()

    def entries(self, kind: str) -> Iterator[StoreEntry]:
        """Yield what was made of this kind or begun, in the order of the keys; what cannot be read is skipped."""
        for folder in sorted((self.root / kind).glob("*")):
            key, _, rest = folder.name.partition(".")
            entry = _begun(key, folder) if rest == PARTIAL else _made(key, folder) if not rest else None
            if entry is not None:
                yield entry

    def get_or_make(self, kind: str, spec: Mapping[str, Any], make: Make) -> Artifact:
        """Return the artifact, making it first if it is missing or damaged.

        One process makes it, others wait. What `make` raises is passed on, and the partial folder
        is kept for the next attempt.

        Raises:
            StoreError: the folder cannot be written.
        """
        key = self.key(kind, spec)
        folder = self._folder(kind, key)
        with self._writing():
            folder.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder.with_name(f"{key}.lock"))
            _acquire(lock, f"{kind} {key[:8]}")
        try:
            artifact = self._read(kind, key) or self._make(kind, key, spec, make)
        finally:
            lock.release()
        for seen in self._watchers:
            seen.append((kind, artifact))
        return artifact

    @contextmanager
    def watched(self) -> Iterator[list[tuple[str, Artifact]]]:
        """Give a list to which every artifact that is made or found in the meantime is added, with its kind."""
        seen: list[tuple[str, Artifact]] = []
        self._watchers.append(seen)
        try:
            yield seen
        finally:
            self._watchers = [other for other in self._watchers if other is not seen]

    def _folder(self, kind: str, key: str) -> Path:
        return self.root / kind / key

    def _read(self, kind: str, key: str) -> Artifact | None:
        folder = self._folder(kind, key)
        metadata = folder / METADATA
        if not metadata.is_file():
            return None
        try:
            entry = _json(metadata)
            damaged = [name for name, checksum in entry["files"].items() if file_sha256(folder / name) != checksum]
            artifact = _artifact(entry, folder, found=True)
        except (OSError, ValueError, KeyError, TypeError) as error:
            damaged = [str(error)]
        if damaged:
            log.warning("%s %s is damaged (%s); it is made again", kind, key[:8], ", ".join(damaged))
            return None
        return artifact

    def _make(self, kind: str, key: str, spec: Mapping[str, Any], make: Make) -> Artifact:
        folder = self._folder(kind, key)
        partial = folder.with_name(f"{key}.{PARTIAL}")
        with self._writing():
            partial.mkdir(exist_ok=True)
            attempt, earlier_seconds = _begin(partial, specification(spec))
        begun, energy = time.perf_counter(), nvml.reading()
        facts = masked(dict(make(partial) or {}), by_name=False)
        took = {
            "seconds": earlier_seconds + time.perf_counter() - begun,
            "earlier_seconds": earlier_seconds,
            "attempts": attempt,
            "joules": nvml.used(energy),
        }
        with self._writing():
            entry = self._finish(partial, {"kind": kind, "key": key, "spec": spec, **took, "facts": facts})
            if folder.exists():
                shutil.rmtree(folder)
            partial.rename(folder)
        return _artifact(entry, folder, found=False)

    def _finish(self, partial: Path, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write the metadata, last of all; return it."""
        (partial / STARTED).unlink()
        files = {
            path.relative_to(partial).as_posix(): file_sha256(path)
            for path in sorted(partial.rglob("*"))
            if path.is_file() and path.name != METADATA
        }
        whole = {**entry, "spec": json.loads(canonical(entry["spec"])), "files": files}
        text = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)
        (partial / METADATA).write_text(text, encoding="utf-8")
        return whole

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename or self.root
            raise StoreError(
                f"store {self.root}: {where} cannot be written ({error.strerror or error}); "
                "make room, or set store=FOLDER to one that can be written"
            ) from error


def _made(key: str, folder: Path) -> StoreEntry | None:
    try:
        metadata = _json(folder / METADATA)
        earlier, device = float(metadata.get("earlier_seconds", 0.0)), str(metadata.get("facts", {}).get("device", ""))
        return StoreEntry(key, dict(metadata["spec"]), float(metadata["seconds"]), earlier, True, device)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _begun(key: str, folder: Path) -> StoreEntry | None:
    _, seconds, spec = _started(folder)
    return None if spec is None else StoreEntry(key, spec, seconds, seconds, False)


def _begin(folder: Path, spec: Any) -> tuple[int, float]:
    """Return the number of the attempt that begins now and the seconds of those before; write it down for the next."""
    attempts, seconds, _ = _started(folder)
    started = {"earlier": seconds, "at": time.time(), "attempts": attempts + 1, "spec": spec}
    (folder / STARTED).write_text(json.dumps(started), encoding="utf-8")
    return attempts + 1, seconds


def _started(folder: Path) -> tuple[int, float, dict[str, Any] | None]:
    """Return how many attempts were made so far, their seconds, and what was to be made.

    A killed attempt lasted from its start to the last file it wrote.
    """
    try:
        started = _json(folder / STARTED)
        last = max(path.stat().st_mtime for path in folder.rglob("*") if path.is_file())
        seconds = float(started["earlier"]) + max(0.0, last - float(started["at"]))
        return int(started.get("attempts", 1)), seconds, started.get("spec")
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0.0, None


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _acquire(lock: FileLock, what: str) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        log.info("waiting for another process that is making the %s", what)
        lock.acquire()


def _artifact(entry: Mapping[str, Any], folder: Path, *, found: bool) -> Artifact:
    """Return the artifact that its metadata describes; metadata of older versions have fewer fields."""
    joules = entry.get("joules")
    return Artifact(
        key=folder.name,
        path=folder,
        seconds=float(entry["seconds"]),
        found=found,
        facts=entry["facts"],
        bytes=sum((folder / name).stat().st_size for name in entry["files"]),
        attempts=int(entry.get("attempts", 1)),
        earlier_seconds=float(entry.get("earlier_seconds", 0.0)),
        joules=None if joules is None else float(joules),
    )


def resources(used: Iterable[tuple[str, Artifact]]) -> tuple[Resource, ...]:
    """Return one resource per artifact, in the order of their first use.

    Args:
        used: kind and artifact; repetitions are left out.
    """
    return tuple({(kind, artifact.key): _resource(kind, artifact) for kind, artifact in used}.values())


def _resource(kind: str, artifact: Artifact) -> Resource:
    shared = ("key", "seconds", "earlier_seconds", "attempts", "bytes", "joules")
    facts = {name: artifact.facts[name] for name in ("tokens", "steps", "device") if name in artifact.facts}
    return Resource(kind, **{name: getattr(artifact, name) for name in shared}, **facts)
