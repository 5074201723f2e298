"""Processes that train together."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

from pocket.team import abandoned


def _work_until_abandoned(folder: Path) -> None:
    (folder / "works").touch()
    while not abandoned():
        time.sleep(0.01)
    (folder / "noticed").touch()


def _start_a_worker(folder: Path) -> None:
    worker = multiprocessing.get_context("spawn").Process(target=_work_until_abandoned, args=(folder,))
    worker.start()
    worker.join()


def test_a_worker_notices_that_its_starter_was_killed(tmp_path):
    starter = multiprocessing.get_context("spawn").Process(target=_start_a_worker, args=(tmp_path,))
    starter.start()
    _wait_for(tmp_path / "works")
    assert not (tmp_path / "noticed").exists()
    os.kill(starter.pid, signal.SIGKILL)
    _wait_for(tmp_path / "noticed")


def test_who_was_started_by_nobody_is_not_abandoned():
    assert not abandoned()


def _wait_for(path: Path) -> None:
    for _ in range(6000):
        if path.exists():
            return
        time.sleep(0.01)
    raise AssertionError(f"{path.name} did not come")
