"""A sweep on many workers, from recorded times of cells and measured costs of a launcher, without running it.

Jobs begin in their order, each on the worker that is free first. One that needs what another is making waits for it.
Approximate in one thing: of two that want the same, the one that was begun first makes it.
"""

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OF_A_SEED = ("adapter", "predictions")
"""kinds of artifacts that each seed makes anew; the others are made of the documents alone"""


@dataclass(frozen=True)
class Piece:
    """What a cell needs: answers of its own, or an artifact that others may need, too."""

    name: str
    """the same for all that share it"""
    seconds: float
    """to make it"""


@dataclass(frozen=True)
class Costs:
    """What a launcher adds to each job."""

    start: float
    """seconds on the worker before the cell begins"""
    dispatch: float
    """seconds of the one process that hands out jobs"""


@dataclass(frozen=True)
class Simulated:
    """How a sweep went."""

    wall: float
    """seconds from the first job's begin to the last one's end"""
    waited: float
    """worker seconds in which a job waited for what another was making"""
    idle: float
    """worker seconds in which there was no job left to begin, or none had been handed out yet"""
    starts: float
    """worker seconds of starting"""


def recorded(results: Path) -> list[list[Piece]]:
    """Return what each recorded cell of these results needed, and for how long; cells of studies are left out."""
    paths = [path for path in sorted(results.glob("**/records/*.jsonl")) if "studies" not in path.parts]
    return [list(_pieces(json.loads(path.open(encoding="utf-8").readline()))) for path in paths]


def _pieces(head: dict) -> Iterator[Piece]:
    for one in head["resources"]:
        yield Piece(f"{one['kind']} {one['key']}", one["seconds"])


def sweep(cells: Sequence[Sequence[Piece]], seeds: int, *, seeds_first: bool = False) -> list[list[Piece]]:
    """Return the jobs of a sweep over these cells and so many seeds.

    Args:
        cells: as recorded.
        seeds: each makes its own adapters and answers, and shares what is made of the documents.
        seeds_first: whether the cells of one seed follow each other (seed=… stands first on the command line), or
            the seeds of one cell.
    """
    if seeds_first:
        return [_of_seed(cell, seed) for seed in range(seeds) for cell in cells]
    return [_of_seed(cell, seed) for cell in cells for seed in range(seeds)]


def _of_seed(cell: Sequence[Piece], seed: int) -> list[Piece]:
    return [Piece(f"{piece.name} {seed}", piece.seconds) if _own(piece) else piece for piece in cell]


def _own(piece: Piece) -> bool:
    return piece.name.startswith(OF_A_SEED)


def simulated(jobs: Iterable[Sequence[Piece]], workers: int, costs: Costs) -> Simulated:
    """Return how a sweep of these jobs goes.

    Args:
        jobs: in their order.
        workers: at a time.
        costs: of the launcher.
    """
    free = [0.0] * workers
    ready: dict[str, float] = {}
    handed_out = waited = busy = starts = 0.0
    for job in jobs:
        handed_out = max(heapq.heappop(free), handed_out) + costs.dispatch
        now = handed_out + costs.start
        for piece in job:
            made = ready.get(piece.name)
            if made is None:
                busy += piece.seconds
                now = ready[piece.name] = now + piece.seconds
            else:
                waited += max(0.0, made - now)
                now = max(now, made)
        starts += costs.start
        heapq.heappush(free, now)
    wall = max(free)
    return Simulated(wall, waited, workers * wall - busy - waited - starts, starts)
