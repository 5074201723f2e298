"""One process at a time: by flock where it holds for all machines, by a lease elsewhere."""

import errno
import socket
import subprocess
import sys
import time

import pytest
from filelock import FileLock, SoftFileLease

from harness.errors import StoreError
from harness.store import locks
from harness.store.locks import Mount, holds_on_one_machine, lock_of, locked, mount_of

MOUNTS = r"""/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw,vers=4.2,local_lock=none 0 0
server:/old /home/old\040data nfs rw,nolock 0 0
one@tcp:/scratch /scratch lustre rw,flock,lazystatfs 0 0
"""
HOLDER = """
import sys, time
from pathlib import Path
from harness.store import locks
locks.LEASE = float(sys.argv[2])
with locks.locked(Path(sys.argv[1]), "x"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("kind", "options", "one_machine"),
    [
        ("ext4", "rw", False),
        ("nfs4", "rw,local_lock=none", False),
        ("nfs", "rw,local_lock=flock", True),
        ("nfs", "rw,local_lock=all", True),
        ("nfs", "rw,nolock", True),
        ("lustre", "rw,flock", False),
        ("lustre", "rw,localflock", True),
        ("lustre", "rw", True),
        ("fuse.sshfs", "rw", True),
        ("cifs", "rw", True),
        ("gpfs", "rw", False),
        ("ceph", "rw", False),
        ("beegfs", "rw", True),
    ],
)
def test_where_a_lock_of_the_operating_system_holds(kind, options, one_machine, tmp_path):
    assert holds_on_one_machine(Mount(tmp_path, kind, frozenset(options.split(",")))) is one_machine


def test_the_mount_of_a_path_is_the_nearest_above_it(tmp_path, monkeypatch):
    (tmp_path / "mounts").write_text(MOUNTS)
    monkeypatch.setattr(locks, "MOUNTS", tmp_path / "mounts")
    places = ["/home/u/store/x.lock", "/home/old data/x.lock", "/scratch/x", "/homeless"]
    assert [mount_of(path).kind for path in map(tmp_path.joinpath, places)] == ["nfs4", "nfs", "lustre", "ext4"]
    assert isinstance(lock_of(tmp_path / "/home/old data/x.lock"), SoftFileLease)
    assert isinstance(lock_of(tmp_path / "/scratch/x.lock"), FileLock)
    monkeypatch.setattr(locks, "MOUNTS", tmp_path / "none")
    assert mount_of(tmp_path) is None


def test_a_user_can_choose_and_other_words_are_refused(tmp_path, monkeypatch):
    for choice, kind in (("lease", SoftFileLease), ("flock", FileLock)):
        monkeypatch.setenv(locks.CHOICE, choice)
        assert isinstance(lock_of(tmp_path / "a"), kind)
    monkeypatch.setenv(locks.CHOICE, "both")
    with pytest.raises(StoreError, match=r"\$CUTLERY_LOCKS is 'both'; it must be flock or lease"):
        lock_of(tmp_path / "a")


def test_where_there_is_no_flock_a_lease_is_taken(tmp_path, monkeypatch):
    def none(fd, operation):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", none)
    with locked(tmp_path / "key.lock", "making it"):
        assert "key.lock.lease" in {path.name for path in tmp_path.iterdir()}
    assert "key.lock.lease" not in {path.name for path in tmp_path.iterdir()}


@pytest.fixture
def holder(tmp_path, monkeypatch):
    """Another process that holds a lock, by flock or by a lease of so many seconds."""
    processes = []

    def hold(choice, lease=60.0):
        monkeypatch.setenv(locks.CHOICE, choice)
        monkeypatch.setattr(locks, "LEASE", lease)
        command = [sys.executable, "-c", HOLDER, str(tmp_path / "key.lock"), str(lease)]
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert processes[-1].stdout.readline() == "held\n"
        return processes[-1]

    yield hold
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize("choice", ["flock", "lease"])
def test_a_lock_is_held_by_one_process_and_ends_with_it(tmp_path, holder, choice, caplog):
    caplog.set_level("INFO")
    process = holder(choice)
    lock = lock_of(tmp_path / "key.lock")
    with pytest.raises(locks.Timeout):
        lock.acquire(timeout=0.3)
    process.kill()
    process.wait()
    with locked(tmp_path / "key.lock", "making it"):
        pass


def test_a_lease_of_a_machine_that_went_down_is_taken_over_when_it_has_been_silent_for_long(tmp_path, holder, caplog):
    """Its name does not tell this machine whether its process lives; only that nothing touches the file does."""
    caplog.set_level("INFO")
    process = holder("lease", 3.0)
    process.kill()
    process.wait()
    (lease,) = tmp_path.glob("*.lease")
    text = lease.read_text()
    host = socket.gethostname()
    assert host in text
    lease.write_text(text.replace(host, "elsewhere"))
    begun = time.monotonic()
    with locked(tmp_path / "key.lock", "making it"):
        assert time.monotonic() - begun > 2
    assert "waiting for another process that is making it" in caplog.text


def test_a_lock_that_cannot_be_made_names_its_file(tmp_path):
    (tmp_path / "file").touch()
    lock = locked(tmp_path / "file/key.lock", "making it")
    with pytest.raises(StoreError, match=r"file/key\.lock: cannot be locked"), lock:
        pass
