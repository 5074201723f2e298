"""One process at a time, also of several machines that share a file system.

A lock of the operating system (flock) ends with its process, and is used wherever it holds for all machines:

local disks, GPFS, CephFS                       it holds
NFS (Linux 2.6.12 and newer, NFSv3 and v4)      it holds; with `nolock` or `local_lock=flock|all` only on one machine
Lustre                                          it holds with the mount option `flock`; with `localflock` only on one
                                                machine, without either there is none (ENOSYS)
SMB, FUSE (sshfs, s3fs …), 9p, BeeGFS           it holds on one machine, or not at all

Elsewhere a lease is taken: a file made by exclusive creation, which all of these do in one step, and touched every few
seconds. Another process takes over a lease that it has seen untouched for LEASE seconds of its own clock. A holder that
is suspended for longer loses it, so that two may then do the same work; the rename that ends it still happens once.
$CUTLERY_LOCKS=flock or lease decides where the list of mounts does not tell.

See flock(2), nfs(5), and the Lustre manual on `flock` and `localflock`.
"""

import errno
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from filelock import BaseFileLock, FileLock, SoftFileLease, Timeout

from harness.errors import StoreError

log = logging.getLogger(__name__)

CHOICE: Final = "CUTLERY_LOCKS"
"""environment variable: flock or lease"""
LEASE: Final = 60.0
"""seconds that a lease lasts without a sign of life"""
MOUNTS: Final = Path("/proc/self/mounts")
ONE_MACHINE: Final = ("9p", "afs", "beegfs", "cifs", "fuse", "smb")
"""how the types of file systems begin whose flock holds on one machine, or not at all"""
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """A mounted file system."""

    point: Path
    kind: str
    options: frozenset[str]


@contextmanager
def locked(path: Path, doing: str) -> Iterator[None]:
    """Run the body while no other process runs one under the same path.

    Args:
        path: of the lock's own file, in a folder that is there.
        doing: what another process does that holds it, for the line about waiting.

    Raises:
        StoreError: the file cannot be made.
    """
    try:
        lock = acquired(path, doing)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked ({error.strerror or error})") from error
    try:
        yield
    finally:
        lock.release()


def acquired(path: Path, doing: str) -> BaseFileLock:
    """Return the lock of a path once this process holds it; a line of the log says that it waits.

    Raises:
        OSError: the file cannot be made.
        StoreError: $CUTLERY_LOCKS is neither flock nor lease.
    """
    lock = lock_of(path)
    try:
        return _acquired(lock, doing)
    except (OSError, NotImplementedError) as error:
        if isinstance(lock, SoftFileLease) or getattr(error, "errno", errno.ENOSYS) != errno.ENOSYS:
            raise
    return _acquired(_lease(path), doing)


def lock_of(path: Path) -> BaseFileLock:
    """Return the lock of a path: flock's, or a lease where that would not hold for all machines.

    Raises:
        StoreError: $CUTLERY_LOCKS is neither flock nor lease.
    """
    choice = os.environ.get(CHOICE, "")
    if choice not in ("", "flock", "lease"):
        raise StoreError(f"${CHOICE} is {choice!r}; it must be flock or lease, or not be set")
    leased = choice == "lease" or (not choice and holds_on_one_machine(mount_of(path)))
    return _lease(path) if leased else FileLock(path, fallback_to_soft=False)


def holds_on_one_machine(mount: Mount | None) -> bool:
    """Return whether flock holds on one machine alone, or not at all, on a file system that others may share."""
    if mount is None:
        return False
    if mount.kind.startswith("nfs"):
        return not mount.options.isdisjoint({"nolock", "local_lock=flock", "local_lock=all"})
    if mount.kind == "lustre":
        return "flock" not in mount.options
    return mount.kind.startswith(ONE_MACHINE)


def mount_of(path: Path) -> Mount | None:
    """Return the mount that a path lies on; None where the system does not tell."""
    path = Path(os.path.realpath(path))
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    mounts = [_mount(line) for line in lines if len(line.split()) >= 4]
    # of two on one point the last covers the first, so that it is looked at first
    holding = [mount for mount in mounts if path.is_relative_to(mount.point)]
    return max(reversed(holding), key=lambda mount: len(mount.point.parts), default=None)


def _mount(line: str) -> Mount:
    _, point, kind, options = line.split()[:4]
    return Mount(Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), point)), kind, frozenset(options.split(",")))


def _lease(path: Path) -> SoftFileLease:
    return SoftFileLease(path.with_name(f"{path.name}.lease"), lease_duration=LEASE)


def _acquired(lock: BaseFileLock, doing: str) -> BaseFileLock:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        log.info("waiting for another process that is %s", doing)
        lock.acquire(poll_interval=0.5 if isinstance(lock, SoftFileLease) else 0.05)
    return lock
