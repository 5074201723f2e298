"""Content-addressed artifacts: made once, found from then on, never visible before they are complete.

An artifact is a folder `<root>/<kind>/<key>/` whose `artifact.json` (metadata.py: specification, checksums, seconds)
is written last. It is made in the folder `<key>.partial`, under one lock per key (locks.py), and moved into
place by an atomic rename. The partial folder of a killed process is handed to the next maker, which
may continue from what it finds; `started.json` in it says how often it was tried and how long that took.
A folder that is not what its name says is moved aside, never deleted. The store knows nothing about what it holds.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from harness.errors import CutleryError, StoreError, masked
from harness.machine import nvml
from harness.machine.measured import Resource
from harness.store import metadata
from harness.store.files import no_room, replaced
from harness.store.locks import acquired
from harness.store.metadata import FORMAT as FORMAT
from harness.store.metadata import METADATA as METADATA
from harness.store.metadata import STARTED, UNREADABLE
from harness.store.signs_of_life import beating
from harness.store.spec import specification

log = logging.getLogger(__name__)

PARTIAL: Final = "partial"
"""how the folder of an artifact under construction ends"""
ASIDE: Final = "set-aside"
"""how a folder ends that was found under a key and cannot be used"""

EXPORTED: Final = "exported_base"
"""kind of the artifacts that hold bases in 4 bits as ordinary checkpoints"""

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
        return metadata.address(kind, spec)

    def find(self, kind: str, spec: Mapping[str, Any]) -> Artifact | None:
        """Return the artifact if it is in the store and undamaged, else None."""
        return self._read(kind, self.key(kind, spec))[0]

    def has(self, kind: str, spec: Mapping[str, Any]) -> bool:
        """Return whether the artifact is in the store, without reading its files (for plans)."""
        with suppress(*UNREADABLE):
            metadata.read(self._folder(kind, self.key(kind, spec)), kind)
            return True
        return False

    def entries(self, kind: str) -> Iterator[StoreEntry]:
        """Yield what was made of this kind or begun, in the order of the keys; what is not what it says is skipped."""
        for folder in sorted((self.root / kind).glob("*")):
            key, _, rest = folder.name.partition(".")
            entry = _begun(kind, key, folder) if rest == PARTIAL else _made(kind, folder) if not rest else None
            if entry is not None:
                yield entry

    def get_or_make(self, kind: str, spec: Mapping[str, Any], make: Make) -> Artifact:
        """Return the artifact, making it first if it is missing, damaged or not what its folder says.

        One process makes it, others wait. What `make` raises is passed on, and the partial folder
        is kept for the next attempt. Nothing is written where the artifact is there.

        Raises:
            StoreError: the folder cannot be written.
        """
        key = self.key(kind, spec)
        artifact = self._read(kind, key)[0]
        if artifact is None:
            with self._locked(kind, key):
                artifact = self._believed(kind, key) or self._make(kind, key, spec, make)
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

    @contextmanager
    def _locked(self, kind: str, key: str) -> Iterator[None]:
        folder = self._folder(kind, key)
        with self._writing():
            folder.parent.mkdir(parents=True, exist_ok=True)
            lock = acquired(folder.with_name(f"{key}.lock"), f"making the {kind} {key[:8]}")
        try:
            yield
        finally:
            lock.release()

    def _read(self, kind: str, key: str) -> tuple[Artifact | None, str]:
        """Return the artifact, or None and why what lies there cannot be used ("" if nothing does)."""
        folder = self._folder(kind, key)
        if not os.path.lexists(folder):
            return None, ""
        try:
            entry = metadata.read(folder, kind)
            metadata.check_contents(folder, entry["files"])
            return _artifact(entry, folder, found=True), ""
        except UNREADABLE as error:
            return None, str(error) if isinstance(error, ValueError | OSError) else f"its {METADATA} is damaged"

    def _believed(self, kind: str, key: str) -> Artifact | None:
        """Return the artifact; what lies in its place and cannot be used is moved aside."""
        artifact, problem = self._read(kind, key)
        if problem:
            with self._writing():
                aside = _set_aside(self._folder(kind, key))
            what = f"{kind} {key[:8]}"
            log.warning("%s is damaged or not that artifact (%s); it is made again, see %s", what, problem, aside)
        return artifact

    def _make(self, kind: str, key: str, spec: Mapping[str, Any], make: Make) -> Artifact:
        folder = self._folder(kind, key)
        partial = folder.with_name(f"{key}.{PARTIAL}")
        with self._writing():
            attempt, earlier_seconds = self._begin(kind, key, partial, spec)
        begun, energy = time.perf_counter(), nvml.reading()
        with beating(partial / STARTED):
            facts = masked(self._made_in(partial, make), by_name=False)
        took = {
            "seconds": earlier_seconds + time.perf_counter() - begun,
            "earlier_seconds": earlier_seconds,
            "attempts": attempt,
            "joules": nvml.used(energy),
        }
        with self._writing():
            entry = metadata.write(partial, {"kind": kind, "key": key, "spec": spec, **took, "facts": facts})
            (partial / STARTED).unlink()  # last: killed before, the next attempt knows of this one
            partial.rename(folder)
        return _artifact(entry, folder, found=False)

    def _begin(self, kind: str, key: str, partial: Path, spec: Mapping[str, Any]) -> tuple[int, float]:
        """Return the number of the attempt that begins now and the seconds of those before; write it down."""
        attempts, seconds, begun = _started(partial)
        if begun is not None and metadata.address(kind, begun) != key:
            aside = _set_aside(partial)
            log.warning("%s %s: what was begun there is of something else; see %s", kind, key[:8], aside)
            attempts, seconds = 0, 0.0
        partial.mkdir(exist_ok=True)
        started = {"earlier": seconds, "at": time.time(), "attempts": attempts + 1, "spec": specification(spec)}
        with replaced(partial / STARTED) as unfinished:
            unfinished.write_text(json.dumps(started), encoding="utf-8")
        return attempts + 1, seconds

    def _made_in(self, partial: Path, make: Make) -> dict[str, Any]:
        """Return the facts; a full disk, which every library reports in its own way, is said in the usual words."""
        try:
            return dict(make(partial) or {})
        except CutleryError:
            raise
        except Exception as error:
            if not no_room(error, partial):
                raise
            raise self._unwritable(partial, f"no room is left: {' '.join(str(error).split())}") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._unwritable(error.filename or self.root, error.strerror or str(error)) from error

    def _unwritable(self, where: Any, why: str) -> StoreError:
        return StoreError(
            f"store {self.root}: {where} cannot be written ({why}); "
            "make room, or set store=FOLDER to one that can be written"
        )


def _made(kind: str, folder: Path) -> StoreEntry | None:
    try:
        entry = metadata.read(folder, kind)
        earlier, device = float(entry.get("earlier_seconds", 0.0)), str(entry.get("facts", {}).get("device", ""))
        return StoreEntry(folder.name, dict(entry["spec"]), float(entry["seconds"]), earlier, True, device)
    except UNREADABLE:
        return None


def _begun(kind: str, key: str, folder: Path) -> StoreEntry | None:
    _, seconds, spec = _started(folder)
    if spec is None or metadata.address(kind, spec) != key:
        return None
    return StoreEntry(key, spec, seconds, seconds, False)


def _set_aside(folder: Path) -> Path:
    """Move a folder out of the way and return where it is now."""
    names = (f"{folder.name}.{ASIDE}{f'-{number}' if number > 1 else ''}" for number in count(1))
    aside = next(path for path in map(folder.with_name, names) if not os.path.lexists(path))
    folder.rename(aside)
    return aside


def _started(folder: Path) -> tuple[int, float, dict[str, Any] | None]:
    """Return how many attempts were made so far, their seconds, and what was to be made.

    A killed attempt lasted from its start to the last file it wrote or touched.
    """
    try:
        started = _json(folder / STARTED)
        last = max(path.stat().st_mtime for path in folder.rglob("*") if path.is_file())
        seconds = float(started["earlier"]) + max(0.0, last - float(started["at"]))
        return int(started.get("attempts", 1)), seconds, started.get("spec")
    except UNREADABLE:
        return 0, 0.0, None


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


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
