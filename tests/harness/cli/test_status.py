"""make status: a sweep from its files, while it runs and afterwards."""

import pytest

from harness.cli import status
from harness.cli.folders import SWEEPS
from harness.cli.sweep import job_status, sweep_folder
from harness.cli.sweep.job_status import JobStatus, WorkingProcess
from harness.cli.sweep.sweep_folder import InQueue, SweepRecord
from harness.errors import ConfigError
from tests.command_line import run_module

HERE = WorkingProcess.current()


def sweep(results, name, *states, **more):
    folder = results / SWEEPS / name
    record = SweepRecord(("task=qa", f"seed={','.join(map(str, range(len(states))))}"), "local", HERE, 0.0, **more)
    sweep_folder.begin(folder, record, [("task=qa", f"seed={n}") for n in range(len(states))])
    for number, state in enumerate(states):
        begun = None if state == "waiting" else 100.0
        ended = begun + 65 if state in ("finished", "killed") else None
        why = "by SIGKILL" if state == "killed" else ""
        one = JobStatus(number, ("task=qa", f"seed={number}"), state, why, process=HERE, begun=begun, ended=ended)
        job_status.write(one, folder)
    return folder


def command(results, *arguments):
    return run_module("harness.cli.status", f"results={results}", *arguments)


def test_a_sweep_that_goes_on_has_a_status_of_its_own(tmp_path):
    sweep(tmp_path, "sweep-1", "finished")
    sweep(tmp_path, "sweep-2", "finished", "started", "waiting")
    done = command(tmp_path)
    assert done.returncode == 3
    lines = done.stdout.splitlines()
    assert lines[0] == "sweep-2: task=qa seed=0,1,2"
    assert lines[1].endswith(f"on {HERE.host} (local)")
    assert (
        lines[3] == f"0  finished  1:05{' ' * (len(lines[4].split('started')[1].split()[0]) - 4)}  {HERE.host}  seed=0"
    )
    assert lines[5].split() == ["2", "waiting", "–", "–", "seed=2"]
    assert "Sweep: 3 jobs; 1 under way; 1 waiting, no cell failed so far." in lines
    assert lines[-1] == "Other sweeps (sweep=NAME): sweep-1"


def test_a_failure_and_an_end_have_theirs(tmp_path):
    sweep(tmp_path, "sweep-1", "finished", over=True)
    folder = sweep(tmp_path, "sweep-2", "finished", "killed", "waiting", over=True)
    failed = command(tmp_path, "sweep=sweep-2")
    assert failed.returncode == 1
    assert "1 job killed; 1 job never begun (the same command tries them again)" in failed.stdout
    assert "seed=1 (by SIGKILL)" in failed.stdout
    assert command(tmp_path, "sweep=sweep-1").returncode == 0
    assert command(tmp_path, f"sweep={folder}").stdout == failed.stdout


def test_a_queue_is_asked(tmp_path, monkeypatch):
    folder = sweep(tmp_path, "sweep-1", "waiting", over=True, queued={"0": "12_0"})
    sweep_folder.keep(folder, SweepRecord((), "slurm", HERE, 0.0, True, {"0": "12_0"}))
    monkeypatch.setitem(status.QUEUES, "slurm", lambda names: {"12_0": InQueue(True, False, "PENDING: Resources")})
    text, code = status.shown(folder)
    assert code == 3
    assert "0  waiting  –  12_0  task=qa, seed=0 (PENDING: Resources)" in text


def test_a_sweep_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"there is no sweep in these results; begin one \(make sweep …\)"):
        status.chosen([], "")
    folders = [tmp_path / "sweep-11", tmp_path / "sweep-12"]
    assert status.chosen(folders, "12") == folders[1]
    with pytest.raises(ConfigError, match=r"sweep=1 names 2 sweeps; there are sweep-11, sweep-12"):
        status.chosen(folders, "1")
    with pytest.raises(ConfigError, match=r"sweep=x names no sweeps; there are none"):
        status.chosen([], "x")
    assert command(tmp_path, "sweep=x").returncode == 1
