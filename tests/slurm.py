"""A real Slurm: Debian's munged, slurmctld and a slurmd per node on loopback ports, all their files in one folder."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel", "setpriv")
INSTALL = "apt-get install slurmctld slurmd slurm-client munge"
NODES = ("one", "two")
"""names of the nodes, all on this machine, with a processor each"""
CONF = """
ClusterName=cutlery
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=20
SlurmctldPort={controller}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1
ReturnToService=1
MinJobAge=3600
KillWait=2
{nodes}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    """Return why no Slurm can be started here; "" if one can."""
    absent = [name for name in NEEDED if shutil.which(name) is None and not Path(f"/usr/sbin/{name}").is_file()]
    if absent:
        return f"{', '.join(absent)}: not installed ({INSTALL})"
    return "" if os.geteuid() == 0 else "slurmd runs jobs as root alone"


@contextmanager
def slurm():
    """Run one while the body runs; $SLURM_CONF names it for this process and its children.

    Not in a folder of pytest's: munged refuses a socket below a folder that is closed to others.
    """
    before = dict(os.environ)
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True)))
        conf = _configured(folder)
        os.environ["SLURM_CONF"] = str(conf)
        running.callback(lambda: (os.environ.clear(), os.environ.update(before)))
        munge = [f"--{kind}-file={folder}/munge.{kind}" for kind in ("key", "pid", "log", "seed")]
        running.enter_context(_daemon(folder, "munged", "--foreground", f"--socket={folder}/munge.socket", *munge))
        _wait_for(lambda: (folder / "munge.socket").exists(), "munged", folder)
        running.enter_context(_daemon(folder, "slurmctld", "-D", "-f", str(conf)))
        for node in NODES:
            running.enter_context(_daemon(folder, "slurmd", "-D", "-f", str(conf), "-N", node))
        _wait_for(_idle, "slurmd", folder)
        yield conf
        _said("scancel", "--user=root")
        _wait_for(lambda: not _said("squeue", "--noheader"), "the last jobs", folder)


def _configured(folder):
    (folder / "state").mkdir()
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o400)
    folder.chmod(0o755)
    controller, *ports = _free_ports(1 + len(NODES))
    each = "NodeName={} NodeHostname={} NodeAddr=127.0.0.1 Port={} CPUs=1 RealMemory=8000 State=UNKNOWN"
    nodes = "\n".join(each.format(node, _host(), port) for node, port in zip(NODES, ports, strict=True))
    text = CONF.format(host=_host(), folder=folder, controller=controller, nodes=nodes)
    (folder / "slurm.conf").write_text(text)
    return folder / "slurm.conf"


def _idle():
    return _said("sinfo", "--noheader", "--Node", "--format=%T").split() == ["idle"] * len(NODES)


def _host():
    return socket.gethostname().partition(".")[0]


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def _daemon(folder, name, *arguments):
    path = shutil.which(name) or f"/usr/sbin/{name}"
    with (folder / f"{name}.out").open("wb") as out:
        command = ["setpriv", "--pdeathsig", "TERM", path, *arguments]  # a test run that is killed leaves none behind
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _wait_for(reached, what, folder, seconds=300):
    until = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > until:
            logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(folder.glob("*.out")))
            raise TimeoutError(f"{what} did not come up:\n{logs}")
        time.sleep(0.2)
