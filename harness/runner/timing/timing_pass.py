"""Timings as an artifact: the whole pass under one key, so that arms of one table were always timed together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from harness.machine.conditions import Watch
from harness.machine.environment import machine
from harness.machine.progress import progress
from harness.runner.arm import Prepared
from harness.runner.timing.schedule import drawn
from harness.runner.timing.session import Session
from harness.runner.timing.settings import Timing
from harness.store.records import timings as timing_lines
from harness.store.spec import digest, specification
from harness.store.store import Store
from harness.types import Example, TimedPass, Timings

FILE: Final = "timings.jsonl"


def timings(
    prepared: Mapping[str, Prepared],
    specs: Mapping[str, Mapping[str, Any]],
    examples: Sequence[Example],
    timing: Timing,
    store: Store,
    title: str,
) -> dict[str, Timings]:
    """Return the timings of every arm, from a pass made now or from the store.

    A pass in which an arm failed is not kept: the next run tries again.

    Args:
        prepared: the arms that take part.
        specs: arm -> what its answers depend on; the device stands in it.
        examples: to draw from.
        timing: how the pass is run.
        store: keeps it.
        title: before the progress bar.
    """
    spec = {
        "timing": specification(timing),
        "machine": machine_key(),
        "arms": {name: specs[name] for name in prepared},
    }
    kept = store.find("timings", spec)
    if kept is not None:
        return _read(kept.path)
    found = _measured(prepared, specs, drawn(examples, timing), timing, title)
    if any(one.problem for one in found.values()):
        return found
    # Of two runs at once the first to end is kept, and both tell the same: arms of one table have one session.
    artifact = store.get_or_make("timings", spec, lambda folder: _write(found, folder))
    return _read(artifact.path) if artifact.found else found


def machine_key() -> str:
    """Return what timings depend on beside the device: processor, cores, threads, versions of packages."""
    return digest({name: value for name, value in machine().items() if name != "commit"})


def _measured(
    prepared: Mapping[str, Prepared],
    specs: Mapping[str, Mapping[str, Any]],
    asked: Sequence[Example],
    timing: Timing,
    title: str,
) -> dict[str, Timings]:
    session = Session({name: one.timed() for name, one in prepared.items()}, asked, timing)
    watch, began = Watch(), datetime.now(UTC).isoformat(timespec="seconds")
    with progress(title, session.requests(), "requests") as bar:
        session.progress = bar.advance
        passes = session.run()
    conditions, key, named = watch.conditions(), machine_key(), uuid4().hex

    def one(name: str, found: tuple[TimedPass, ...]) -> Timings:
        return Timings(
            session=named,
            measured_at=began,
            device=str(specs[name].get("device", "")),
            machine=key,
            settings=settings(timing),
            conditions={**conditions, "left_out": session.left_out.get(name, [])},
            passes=found,
            problem=session.problems.get(name, ""),
        )

    return {name: one(name, found) for name, found in passes.items()}


def settings(timing: Timing) -> dict[str, Any]:
    """Return how the pass is run, as timings keep it."""
    found = {**asdict(timing), "concurrency": list(timing.concurrency), "version": timing.VERSION}
    del found["per_answer"]
    return found


def _write(found: Mapping[str, Timings], folder: Path) -> Mapping[str, Any]:
    lines = (json.dumps([name, *timing_lines.written(one)], ensure_ascii=False) for name, one in found.items())
    (folder / FILE).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return {"session": next(iter(found.values())).session}


def _read(folder: Path) -> dict[str, Timings]:
    found = {}
    for line in (folder / FILE).read_text(encoding="utf-8").splitlines():
        name, head, *passes = json.loads(line)
        read = timing_lines.read([_fields(head)], [_fields(one) for one in passes])
        if read is not None:
            found[name] = replace(read, replayed=True)
    return found


def _fields(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "kind"}


def needs_timing(found: Sequence[Timings | None], timing: Timing) -> bool:
    """Return whether a pass is wanted and the arms were not timed together, here, and in this way.

    Args:
        found: of every arm that is to be timed; None for one that was not.
        timing: how the pass is to be run.
    """
    if not timing.wanted or not found:
        return False
    whole = [one for one in found if one is not None and not one.problem]
    if len(whole) < len(found) or len({one.session for one in whole}) > 1:
        return True
    return (whole[0].machine, dict(whole[0].settings)) != (machine_key(), settings(timing))
