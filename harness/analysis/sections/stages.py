"""The stages of a request's time, and the memory that an arm takes while it answers."""

from collections.abc import Callable
from typing import Final, get_args

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.percentiles import MILLISECONDS
from harness.analysis.sections.timing_session import USED, TimedRow, TimingSession
from harness.machine.measured import Stage

STAGES: Final = tuple(stage for stage in get_args(Stage) if stage not in ("train", "index"))
MEGABYTE: Final = 1_000_000
INDEX: Final = ("passages", "index", "lexical")
"""artifacts that a search reads; embeddings are needed only to build them"""
SIZES: Final[tuple[tuple[str, int, Callable[[TimedRow], int | None]], ...]] = (
    ("weights, MB", 1, lambda row: row.run.weights_bytes),
    ("peak host, MB", 0, lambda row: row.run.host_peak_bytes),
    ("added host, MB", 1, lambda row: row.run.host_added_bytes),
    ("peak GPU, MB", 0, lambda row: row.run.gpu_peak_bytes),
    ("index, MB", 2, lambda row: _stored(row, INDEX)),
    ("adapter, MB", 2, lambda row: _stored(row, ("adapter",))),
)
"""heading, decimals and bytes of each size"""


def stage_section(session: TimingSession) -> Section:
    """Return shares of the mean time of one request alone, and sizes."""
    rows = session.alone()
    used = [stage for stage in STAGES if any(_seconds(row, stage) for row in rows)]
    shares = (SectionColumn(f"{stage}, %", "% of the request's time", decimals=1) for stage in (*used, "all stages"))
    sizes = (SectionColumn(heading, "MB", decimals) for heading, decimals, _ in SIZES)
    return Section(
        name="stages",
        title="Stages: time and memory of a request",
        columns=(
            SectionColumn("arm"),
            SectionColumn("adapter"),
            *shares,
            SectionColumn("mean, ms", "ms", decimals=1),
            *sizes,
        ),
        rows=tuple(_row(row, used) for row in rows),
        notes=(
            Note("Stages", "shares of the mean time of a request that runs alone; the rest to 100 % is overhead"),
            Note("Memory", "; ".join(_memory(rows))),
        ),
    )


def _row(row: TimedRow, used: list[Stage]) -> tuple[SectionCell, ...]:
    whole = sum(request.seconds for request in row.answered)
    seconds = [_seconds(row, stage) for stage in used]
    return (
        row.arm,
        USED[row.run.adapter],
        *(Figure(100 * one / whole) if one else None for one in seconds),
        Figure(100 * sum(seconds) / whole),
        Figure(MILLISECONDS * whole / len(row.answered)),
        *(_megabytes(size(row)) for _, _, size in SIZES),
    )


def _seconds(row: TimedRow, stage: Stage) -> float:
    return sum(span.seconds for request in row.answered for span in request.spans if span.stage == stage)


def _stored(row: TimedRow, kinds: tuple[str, ...]) -> int | None:
    sizes = [resource.bytes for resource in row.resources if resource.kind in kinds]
    return sum(sizes) if sizes else None


def _megabytes(size: int | None) -> Figure | None:
    return None if size is None else Figure(size / MEGABYTE)


def _memory(rows: tuple[TimedRow, ...]) -> list[str]:
    parts = ["weights: of the model with its adapter, as it ran"]
    if any(row.run.host_peak_bytes is not None for row in rows):
        parts.append("peak host: of the whole process, which all arms share, while the arm answered")
    if any(row.run.host_added_bytes is not None for row in rows):
        parts.append("added host: the most that one request took beyond what was in use before it")
    if any(row.run.gpu_peak_bytes is not None for row in rows):
        parts.append("peak GPU: model, adapter, embedder, reranker and working memory of this arm alone")
    return parts
