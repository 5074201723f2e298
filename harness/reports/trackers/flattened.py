"""One arm as flat names: its settings as text, its numbers as numbers. What trackers take, whichever it is."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.analysis.result import Figure, Section, SectionColumn, Table, TableRow
from harness.types import Record

SECTIONS: Final = {"latency": "latency", "stages": "stages", "cost_inputs": "used", "cost": "cost"}
"""sections with a row per arm -> what the names of their numbers begin with"""
CLASS: Final = "_target_"
WORDS: Final = (("Δ vs base", "p50 difference"), ("/s", " per second"), ("%", " percent"), (",", ""))
"""of headings that a name cannot hold"""


def settings(record: Record) -> dict[str, str]:
    """Return what the arm was made of: generator.path, retriever.k, adapter.rank and the like.

    They are those of the record's own configuration, so a seed or k of a sweep is the one that was run.
    """
    config = record.spec.get("config", {})
    own = config.get("arm", {}).get(record.cell.arm, {})
    shared = {name: config[name] for name in ("limit", "judge", "timing") if config.get(name) is not None}
    found = dict(_flat(own))
    # files by digest, Hub sets by the commit that was read
    found |= {f"data.{name}": _text(value) for name, value in record.facts.get("provenance", {}).items()}
    return found | _contents(record) | dict(_flat(shared))


def _contents(record: Record) -> dict[str, str]:
    """Digests of what was loaded (weights, embedder): a branch may have moved since."""
    answers = record.spec.get("cell", {}).get("answers", {})
    return {name: text for name, text in _flat(answers.get("arm", {})) if name.endswith(".content")}


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(value, Mapping):
        yield name, _text(value)
        return
    if CLASS in value and name:
        yield name, str(value[CLASS]).rpartition(".")[2]
    for key, inner in value.items():
        if key != CLASS:
            yield from _flat(inner, f"{name}.{key}" if name else str(key))


def _text(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def numbers(table: Table, row: TableRow) -> Iterator[tuple[str, float]]:
    """Yield every number of one arm: counts, metrics with interval and difference to base, time, memory and money."""
    yield from ((name, float(getattr(row, name))) for name in ("n", "answers", "failed", "cut_off", "abstained"))
    for column, entry in zip(table.columns, row.entries, strict=True):
        parts = {"": entry.mean, ".low": entry.low, ".high": entry.high}
        if entry.difference is not None:
            own = entry.difference
            parts |= {".difference": own.mean, ".difference.low": own.low, ".difference.high": own.high}
            parts[".p_adjusted"] = own.p_adjusted
        yield from ((f"{column.metric}{part}", value) for part, value in parts.items() if value is not None)
    for section in table.sections:
        if section.name in SECTIONS:
            yield from _of_section(section, row.arm)


def _of_section(section: Section, arm: str) -> Iterator[tuple[str, float]]:
    """The arm's first row bears the plain names; further ones (merged, four at once) say what they are."""
    first = True
    for row in section.rows:
        if row[0] != arm:
            continue
        prefix = SECTIONS[section.name] if first else f"{SECTIONS[section.name]}.{_way(section, row)}"
        first = False
        for column, cell in zip(section.columns, row, strict=True):
            if isinstance(cell, Figure):
                yield from _figure(f"{prefix}.{_name(column)}", cell)


def _way(section: Section, row: tuple[Any, ...]) -> str:
    cells = {column.name: cell for column, cell in zip(section.columns, row, strict=True)}
    at_once = cells.get("at once")
    parts = [str(cells["adapter"])] if isinstance(cells.get("adapter"), str) else []
    parts += [f"at_once_{at_once.value:.0f}"] if isinstance(at_once, Figure) else []
    return _slug("_".join(parts))


def _figure(name: str, of: Figure) -> Iterator[tuple[str, float]]:
    parts = {"": of.value, ".low": of.low, ".high": None if of.open_high else of.high}
    yield from ((f"{name}{part}", one) for part, one in parts.items() if one is not None and math.isfinite(one))


def _name(column: SectionColumn) -> str:
    """The heading with its unit, if that is one word which the heading does not say."""
    name = _slug(column.name)
    unit = _slug(column.unit)
    return name if not unit or "_" in unit or unit in name.split("_") else f"{name}_{unit}"


def _slug(text: str) -> str:
    for word, plain in WORDS:
        text = text.replace(word, plain)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
