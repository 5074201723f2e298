"""How much faster sweeps get with more workers: measured on one and two, simulated on up to 256.

    python -m benchmarks.bench_sweeps --write      also puts the figures into docs/SCALE.md

Measured are cells of known length, which wait and use no processor: jobs of the launchers as `make sweep` begins them,
with a program in place of the harness. One and two workers take turns. Slurm is the tests' own, where it is installed.
Simulated are the cells of the committed results with their recorded times, and what a job costs besides its cell.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from benchmarks.pages import write_section
from benchmarks.sweep_simulation import Costs, Piece, Simulated, recorded, simulated, sweep
from harness.cli.sweep import job_status, sweep_folder
from harness.cli.sweep.command import JobCommand
from harness.cli.sweep.job_status import WorkingProcess
from harness.cli.sweep.launcher import Launcher
from harness.cli.sweep.local import LocalLauncher
from harness.cli.sweep.ray_cluster import RayLauncher
from harness.cli.sweep.slurm import SlurmLauncher
from harness.cli.sweep.sweep_folder import SweepRecord
from harness.machine.environment import machine
from tests.slurm import missing, slurm

ROOT = Path(__file__).resolve().parents[1]
CELLS = 16
WORKERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SEEDS = 61
"""of the simulated sweep: with 17 recorded cells a thousand jobs"""
PROGRAM = """
import json, sys, time
from pathlib import Path
path = Path(sys.argv[2])
status = {**json.loads(path.read_text()), "begun": time.time()}
time.sleep(float(sys.argv[3].partition("=")[2]))
path.write_text(json.dumps({**status, "state": "finished", "attempts": 1, "ended": time.time()}))
"""


@dataclass(frozen=True)
class Measured:
    """A sweep of cells of known length."""

    wall: float
    """seconds from the begin of the first cell to the end of the last one"""
    before: float
    """seconds from the call to the begin of the first cell"""
    dispatch: float
    """seconds per job of the process that hands them out"""


def launchers() -> Iterator[tuple[str, Callable[[int], Launcher]]]:
    """Yield the launchers that can run here: name -> one with so many workers."""
    yield "local", LocalLauncher
    if find_spec("ray") is not None:
        yield "ray", lambda workers: RayLauncher(None, workers, 0, 1)
    if not missing():
        yield "slurm", _slurm


def _slurm(workers: int) -> Launcher:
    size = {"gpus": 0, "cpus": 1, "memory_gb": 1, "minutes": 60, "at_once": workers, "exclusive": False}
    queue = {"partition": None, "account": None, "qos": None, "constraint": None, "setup": [], "more": {}}
    return SlurmLauncher(**size, **queue, requeues=0, warning_seconds=30, wait=True)


def measured(launcher: Launcher, seconds: float) -> Measured:
    """Run cells of this length."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "harness").mkdir()
        (place / "harness/__init__.py").touch()
        (place / "harness/__main__.py").write_text(PROGRAM)
        jobs = [(f"seconds={seconds}", f"seed={number}") for number in range(CELLS)]
        record = SweepRecord((), launcher.name, WorkingProcess.current(), time.time())
        sweep_folder.begin(place / "sweep", record, jobs)
        commands = [JobCommand(number, job, place / "sweep", place) for number, job in enumerate(jobs)]
        begun, dispatch = time.time(), _run(launcher, commands, record)
        jobs_done = job_status.read_all(place / "sweep")
    first, last = min(job.begun or 0.0 for job in jobs_done), max(job.ended or 0.0 for job in jobs_done)
    return Measured(last - first, first - begun, dispatch)


def _run(launcher: Launcher, commands: list[JobCommand], record: SweepRecord) -> float:
    """Run the jobs; return the seconds that handing out one of them takes this process."""
    folder, begun, used = commands[0].folder, time.monotonic(), time.process_time()
    queued = launcher.launch(commands, folder)
    taken = time.monotonic() - begun if queued else time.process_time() - used
    sweep_folder.keep(folder, replace(record, queued={str(n): name for n, name in queued.items()}))
    launcher.await_end(folder)
    return taken / len(commands)


def job_costs() -> float:
    """Return the processor seconds of a job whose cell is one short answer: interpreter, imports, model, table."""
    return min(_job_cost() for _ in range(3))


def _job_cost() -> float:
    with tempfile.TemporaryDirectory() as folder:
        places = [f"results={folder}/results", f"store={folder}/store"]
        more = ["task=support", "arm=[base]", "limit=1", "timing=off", "audit=false", "report=[csv]"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "harness", *places, *more], cwd=ROOT, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def linearity(seconds: float, repeats: int) -> tuple[list[str], dict[str, float]]:
    """Measure every launcher that can run here.

    Returns:
        Rows of a table, and what handing out a job takes each of them in seconds.
    """
    rows, dispatch = [], {}
    with slurm() if not missing() else nullcontext():
        for name, make in launchers():
            runs = [(measured(make(1), seconds), measured(make(2), seconds)) for _ in range(repeats)]
            ratios = [one.wall / two.wall / 2 for one, two in runs]
            walls = [statistics.median(pair[side].wall for pair in runs) for side in (0, 1)]
            dispatch[name] = statistics.median(run.dispatch for pair in runs for run in pair)
            before = statistics.median(run.before for pair in runs for run in pair)
            between = (walls[0] - CELLS * seconds) / (CELLS - 1)
            row = [name, f"{before:.1f} s", *(f"{wall:.1f} s" for wall in walls), f"{statistics.median(ratios):.2f}"]
            row += [f"{between:.2f} s", f"{1000 * dispatch[name]:.1f} ms"]
            rows.append(f"| {' | '.join(row)} |")
            print(rows[-1], flush=True)
    return rows, dispatch


def bend(cells: list[list[Piece]], costs: Costs) -> list[str]:
    """Return rows of a table: the simulated sweep on ever more workers, with the arms and with the seeds first."""
    rows = []
    arms, seeds = sweep(cells, SEEDS), sweep(cells, SEEDS, seeds_first=True)
    alone = simulated(arms, 1, costs).wall
    for workers in WORKERS:
        first, other = simulated(arms, workers, costs), simulated(seeds, workers, costs)
        row = [
            str(workers),
            *_shown(first, workers, alone),
            f"{alone / other.wall / workers:.2f}",
            f"{100 * other.waited / other.wall / workers:.0f} %",
        ]
        rows.append(f"| {' | '.join(row)} |")
    return rows


def _shown(one: Simulated, workers: int, alone: float) -> list[str]:
    shares = [f"{100 * part / one.wall / workers:.0f} %" for part in (one.waited, one.idle, one.starts)]
    return [f"{one.wall / 60:,.0f} min", f"{alone / one.wall / workers:.2f}", *shares]


def report(rows: list[str], bent: list[str], costs: Costs, slowest: str, options: argparse.Namespace) -> str:
    """Return what docs/SCALE.md says of sweeps."""
    cells = recorded(ROOT / "results/reference")
    longest = max(sum(piece.seconds for piece in cell) for cell in cells)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return TEXT.format(
        processor=machine()["processor"]["name"], cores=os.cpu_count(), load=load, cells=CELLS, seconds=options.seconds,
        repeats=options.repeats, rows="\n".join(rows), bent="\n".join(bent), jobs=len(cells) * SEEDS, seeds=SEEDS,
        recorded=len(cells), start=costs.start, dispatch=1000 * costs.dispatch, slowest=slowest, longest=longest / 60,
        path=critical_path(cells, costs) / 60,
    )  # fmt: skip


def critical_path(cells: list[list[Piece]], costs: Costs) -> float:
    """Return the seconds of this sweep with a worker for each job: no number of workers makes it faster."""
    jobs = sweep(cells, SEEDS)
    return simulated(jobs, len(jobs), Costs(costs.start, 0.0)).wall


TEXT = """By `python -m benchmarks.bench_sweeps --write` on {processor}, {cores} cores, load {load} at the end.

**One and two workers**: {cells} cells of {seconds:g} s, which wait and use no processor, so that two cores are no
limit. One and two workers took turns, {repeats} times; medians. Of a linear gain: the ratio of both walls, halved;
where the load is above the cores, what is beside the cells varies with it, and a ratio above 1 is that noise.

| launcher | to the first cell | 1 worker | 2 workers | of a linear gain | between two cells | handing out a job |
|---|---|---|---|---|---|---|
{rows}

**Up to 256 workers, simulated**: {jobs} jobs, the {recorded} cells of results/reference with their recorded times,
for {seeds} seeds each. A job takes {start:.1f} s of processor beside its cell (measured: interpreter, imports, model,
table) and {dispatch:.1f} ms of the process that hands out jobs (the slowest of those above: {slowest}). What several
cells need is made once, and the others wait for it. Shares are of all workers' time.

| workers | wall | of a linear gain | waiting | no job | starting | `seed=` first: of a linear gain | waiting |
|---|---|---|---|---|---|---|---|
{bent}

It bends where the wall comes near to {path:.0f} minutes, the longest chain of what must follow one another (the
longest cell alone takes {longest:.0f}): no number of workers is faster, and more of them have no job. With `seed=`
before `arm=` on the command line it bends much earlier: the cells of one seed are begun together, and hybrid waits,
on a worker of its own, for the adapter that qlora trains. So name `arm=` first."""


def main() -> None:
    """Measure, simulate, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of a cell")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put the figures into docs/SCALE.md")
    options = parser.parse_known_args()[0]  # `make bench` hands every benchmark the same arguments
    rows, dispatch = linearity(options.seconds, options.repeats)
    slowest = max(dispatch, key=lambda name: dispatch[name])
    costs = Costs(job_costs(), dispatch[slowest])
    text = report(rows, bend(recorded(ROOT / "results/reference"), costs), costs, slowest, options)
    print(text)
    if options.write:
        write_section(ROOT / "docs/SCALE.md", "sweeps", text)


if __name__ == "__main__":
    main()
