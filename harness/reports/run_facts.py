"""What was run, on what, and how to run it again: read from the records alone."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.types import Record

Arms = Mapping[str, Sequence[Record]]

PLACES = ("results=", "store=")
"""What the command line may set that says nothing about the experiment."""


def commands(arms: Arms) -> list[str]:
    """Return the commands that make these records again; one if all arms came from one."""
    records = [record for group in arms.values() for record in group]
    given = dict.fromkeys(tuple(record.spec.get("given", ())) for record in records)
    known = [_command(own) for own in given if own]
    return known or [_command(_settings(records))]


def _command(given: Sequence[str]) -> str:
    words = [shlex.quote(word) for word in given if not word.startswith(PLACES)]
    return " ".join(["make experiment", *words])


def _settings(records: Sequence[Record]) -> list[str]:
    """For records that do not say what was typed: task, model, arms and seed; settings of the yaml are unknown."""
    names = ",".join(dict.fromkeys(record.cell.arm for record in records))
    cell = records[0].cell
    limit = records[0].facts.get("limit")
    return [
        f"task={cell.task}",
        f"model={cell.model}",
        f"arm=[{names}]",
        f"seed={cell.seed}",
        *([] if limit is None else [f"limit={limit}"]),
    ]


def built(arms: Arms) -> list[dict[str, str]]:
    """Return one line per arm: what it was trained on and what that took."""
    return [{"arm": name, **_built(group[0])} for name, group in arms.items()]


def _built(record: Record) -> dict[str, str]:
    training = record.facts.get("training", {})
    seconds = {span.stage: span.seconds for span in record.build_spans}
    answering = record.facts.get("answer_seconds")
    return {
        "retriever": _retriever(record),
        "trained on": f"{training['rows']:,} rows" if "rows" in training else "–",
        "steps": f"{training['steps']:,}" if "steps" in training else "–",
        "training": _duration(seconds.get("train")),
        "index": _duration(seconds.get("index")),
        "answering": _duration(answering),
        "device": ", ".join(sorted({span.device for one in record.predictions[:50] for span in one.spans})) or "–",
        "fingerprint": record.fingerprint[:12],
    }


def _retriever(record: Record) -> str:
    arm: Any = record.spec.get("cell", {}).get("answers", {}).get("arm", {})
    retriever = arm.get("retriever") if isinstance(arm, Mapping) else None
    if not isinstance(retriever, Mapping):
        return "–"
    kind = str(retriever.get("class", "")).rpartition(".")[2]
    return f"{kind}, k = {retriever['k']}" if "k" in retriever else kind


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def environments(arms: Arms) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each environment that records were made in, with the arms that were made there."""
    found: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
    for name, group in arms.items():
        for record in group:
            lines = list(_lines(record.environment))
            names, _ = found.setdefault(repr(lines), ([], lines))
            if name not in names:
                names.append(name)
    return [(", ".join(names), lines) for names, lines in found.values()]


def _lines(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key}".strip())
    elif isinstance(value, list | tuple):
        yield name, ", ".join(map(str, value))
    elif value not in ("", None):
        yield name, str(value)
