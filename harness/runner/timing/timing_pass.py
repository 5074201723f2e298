"""The timing pass of a run as an artifact: all arms under one key, so that arms of one table were timed together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from harness.machine.conditions import PROMPT_CACHE, Watch
from harness.machine.environment import machine
from harness.machine.measured import TimedPass, Timings
from harness.machine.progress import progress
from harness.runner.arm import Prepared
from harness.runner.timing.session import Session, drawn
from harness.runner.timing.settings import Timing
from harness.store.records import timings as timing_lines
from harness.store.spec import digest, specification
from harness.store.store import Store
from harness.types import Example

FILE: Final = "timings.jsonl"


def timings(
    prepared: Mapping[str, Prepared],
    specs: Mapping[str, Mapping[str, Any]],
    examples: Sequence[Example],
    timing: Timing,
    store: Store,
) -> dict[str, Timings]:
    """Return the timings of every arm, from a pass made now or from the store.

    A pass in which an arm failed is not stored: the next run tries again.

    Args:
        prepared: the arms that take part.
        specs: arm -> what its answers depend on, the device included.
        examples: to draw from.
        timing: how the pass is run.
        store: of the passes.
    """
    spec = {
        "timing": specification(timing),
        "machine": machine_key(),
        "arms": {name: specs[name] for name in prepared},
    }
    kept = store.find("timings", spec)
    if kept is not None:
        return _read(kept.path)
    measured = _measured(prepared, specs, drawn(examples, timing), timing)
    if any(arm.problem for arm in measured.values()):
        return measured
    # Of two concurrent runs the first to end is stored, and both return it: arms of one table have one session.
    artifact = store.get_or_make("timings", spec, lambda folder: _write(measured, folder))
    return _read(artifact.path) if artifact.found else measured


def machine_key() -> str:
    """Return what timings depend on apart from the device: processor, cores, threads, versions of packages."""
    return digest({name: value for name, value in machine().items() if name != "commit"})


def _measured(
    prepared: Mapping[str, Prepared],
    specs: Mapping[str, Mapping[str, Any]],
    examples: Sequence[Example],
    timing: Timing,
) -> dict[str, Timings]:
    session = Session({name: arm.timed() for name, arm in prepared.items()}, examples, timing)
    watch, began = Watch(), datetime.now(UTC).isoformat(timespec="seconds")
    with progress("time", "timing", session.requests(), "requests") as work:
        session.progress = work.advance
        passes = session.run()
    conditions, key, session_id = watch.conditions(), machine_key(), uuid4().hex

    def timings_of(name: str, passes: tuple[TimedPass, ...]) -> Timings:
        return Timings(
            session=session_id,
            measured_at=began,
            device=str(specs[name].get("device", "")),
            machine=key,
            settings=settings(timing),
            conditions={**conditions, **_caches(prepared[name]), "left_out": session.left_out.get(name, [])},
            passes=passes,
            problem=session.problems.get(name, ""),
        )

    return {name: timings_of(name, measured) for name, measured in passes.items()}


def _caches(arm: Prepared) -> Mapping[str, Any]:
    """Return why repeated questions of an arm may have been found in a cache; {} where its engine says nothing."""
    engine = arm.facts.get("engine", {})
    return {PROMPT_CACHE: engine[PROMPT_CACHE]} if PROMPT_CACHE in engine else {}


def settings(timing: Timing) -> dict[str, Any]:
    """Return the settings of the pass, as timings keep them."""
    values = {**asdict(timing), "concurrency": list(timing.concurrency), "version": timing.VERSION}
    del values["per_answer"]
    return values


def _write(measured: Mapping[str, Timings], folder: Path) -> Mapping[str, Any]:
    lines = (json.dumps([name, *timing_lines.written(arm)], ensure_ascii=False) for name, arm in measured.items())
    (folder / FILE).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return {"session": next(iter(measured.values())).session}


def _read(folder: Path) -> dict[str, Timings]:
    stored = {}
    for line in (folder / FILE).read_text(encoding="utf-8").removesuffix("\n").split("\n"):  # texts may hold U+2028
        name, *lines = json.loads(line)
        read = timing_lines.read(lines)
        if read is not None:
            stored[name] = replace(read, replayed=True)
    return stored


def needs_timing(earlier: Sequence[Timings | None], timing: Timing) -> bool:
    """Return whether a pass is wanted and the arms were not timed together, on this machine, with these settings.

    Args:
        earlier: timings of every arm that takes part; None for one that has none.
        timing: settings of the pass.
    """
    if not timing.wanted or not earlier:
        return False
    whole = [arm for arm in earlier if arm is not None and not arm.problem]
    if len(whole) < len(earlier) or len({arm.session for arm in whole}) > 1:
        return True
    return (whole[0].machine, dict(whole[0].settings)) != (machine_key(), settings(timing))
