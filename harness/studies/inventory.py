"""What an arm needs to run and to keep, and what a change takes: read off records, the store and the environment.

A *part* is whatever can be missing, stale or damaged while the others are well: a process, a model's files, an
artifact. What a change takes follows from the keys of the store: an artifact whose specification names the documents
(or the training rows), or another artifact that does, is made anew when they change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn, warning
from harness.machine.measured import Resource
from harness.store.store import Store
from harness.types import Record

ANSWERS: Final = frozenset({"predictions", "retrieval"})
"""kinds of artifacts that nothing is answered with"""
DOCUMENT, ROW = "a document", "a training row"
CHANGES: Final = (DOCUMENT, ROW)
SERVER: Final = "server"
"""device of a record whose answers a server gave"""
ORDER: Final = ("passages", "embeddings", "index", "lexical", "adapter")
"""of making"""
WEIGHTS: Final = ("content", "checkpoint")
"""fields of a specification that name a model's files"""


@dataclass(frozen=True, slots=True)
class Loads:
    """What answering one question takes in a process of its own."""

    processes: int
    """this one and those that it starts"""
    packages: tuple[str, ...]
    """distributions whose modules are loaded"""


@dataclass(frozen=True)
class ArmInventory:
    """What one arm needs."""

    arm: str
    models: int
    """models whose files must be there: the base, an embedder, a reranker"""
    weights_bytes: int | None
    """of the answering model with its adapter; None where the arm was not timed"""
    artifacts: tuple[Resource, ...]
    """what is kept to answer with, in the order of making"""
    stages: tuple[str, ...]
    """steps of one answer"""
    remade: Mapping[str, tuple[Resource, ...]]
    """what changes -> the artifacts that are made anew; None of its kind is in this store: left out"""
    loads: Loads | None
    """None: not looked at"""
    servers: int = 0
    """that are asked for answers"""

    @property
    def processes(self) -> int:
        """That run while it answers; only this one and servers where it was not looked at."""
        return self.servers + (1 if self.loads is None else self.loads.processes)

    @property
    def kept_bytes(self) -> int:
        """Of all artifacts."""
        return sum(one.bytes for one in self.artifacts)

    @property
    def parts(self) -> int:
        """How many parts can fail alone."""
        return self.processes + self.models + len(self.artifacts)


def inventory_of(record: Record, store: Store | None, loads: Loads | None = None) -> ArmInventory:
    """Return what the arm of a record needs.

    Args:
        record: of one arm.
        store: that holds its artifacts; None: what changes take is left out, all else is in the record.
        loads: what answering one question takes in a process of its own; None: not looked at.
    """
    used = {one.key: one for one in record.resources if one.kind not in ANSWERS}
    kept = tuple(sorted(used.values(), key=lambda one: (_place(one.kind), one.key)))
    specs = {} if store is None else _specs(kept, store)
    remade = {
        change: tuple(one for one in kept if any(depends(one.key, field, specs) for field in fields))
        for change, fields in _fields(record).items()
        if store is not None and all(one.key in specs for one in kept)
    }
    spec = record.spec.get("cell", {}).get("answers", {})
    weights = None if record.timings is None else record.timings.passes[0].weights_bytes
    models, servers = len(_models(spec.get("arm", {}))), int(spec.get("device") == SERVER)
    return ArmInventory(record.cell.arm, models, weights, kept, _stages(record), remade, loads, servers)


def _fields(record: Record) -> Mapping[str, Sequence[str]]:
    """Return what changes -> the fields of specifications that name it; documents may be made of the training rows."""
    of_rows = bool(record.facts.get("retrieval", {}).get("passages", {}).get("exemplars"))
    return {DOCUMENT: ("documents",), ROW: ("train", *(["documents"] if of_rows else []))}


def is_control(record: Record) -> bool:
    """Return whether an arm is a bound of what retrieval can do, and no system to run."""
    return bool(record.facts.get("role", {}).get("control"))


def depends(key: str, field: str, specs: Mapping[str, Mapping[str, Any]], seen: frozenset[str] = frozenset()) -> bool:
    """Return whether an artifact's specification has a field, or names an artifact whose own depends on it."""
    if key in seen or key not in specs:
        return False
    fields, values = set[str](), set[str]()
    _walk(specs[key], fields, values)
    return field in fields or any(depends(other, field, specs, seen | {key}) for other in values & specs.keys())


def inventory_sections(arms: Sequence[ArmInventory]) -> tuple[Section, ...]:
    """Return the tables: what each arm needs, what it keeps, and what changes take."""
    return tuple(one for one in (_needs(arms), _kept(arms), _changes(arms)) if one.rows)


def inventory_words(arms: Sequence[ArmInventory]) -> tuple[str, ...]:
    """Return what the tables say, in sentences."""
    counts = "; ".join(f"{one.arm} {one.parts}" for one in arms)
    lines = [f"Parts that can fail alone: {counts}."] if arms else []
    for change in CHANGES:
        steps = [f"{one.arm} {len(one.remade[change])}" for one in arms if one.remade.get(change)]
        none = [one.arm for one in arms if change in one.remade and not one.remade[change]]
        lines += [f"When {change} changes, steps until it is answered from: {'; '.join(steps)}."] if steps else []
        lines += [f"{change.capitalize()} that changes reaches no answer of {', '.join(none)}."] if none else []
    return tuple(lines)


def _place(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _specs(kept: Sequence[Resource], store: Store) -> dict[str, Mapping[str, Any]]:
    """Return the specifications of artifacts that the store holds, by key."""
    keys, kinds = {one.key for one in kept}, dict.fromkeys(one.kind for one in kept)
    return {entry.key: entry.spec for kind in kinds for entry in store.entries(kind) if entry.key in keys}


def _walk(value: Any, fields: set[str], values: set[str]) -> None:
    """Gather the names of fields and the texts of a specification, however deep."""
    if isinstance(value, Mapping):
        fields.update(value)
        for item in value.values():
            _walk(item, fields, values)
    elif isinstance(value, list | tuple):
        for item in value:
            _walk(item, fields, values)
    elif isinstance(value, str):
        values.add(value)


def _models(spec: Any) -> set[str]:
    """Return what identifies the files of each model in an arm's specification; an adapter is an artifact."""
    if isinstance(spec, Mapping):
        own = {str(spec[name]) for name in WEIGHTS if "class" in spec and spec.get(name)}
        return own.union(*(_models(item) for name, item in spec.items() if name != "adapter"))
    return set()


def _stages(record: Record) -> tuple[str, ...]:
    timed = () if record.timings is None else record.timings.passes[0].requests
    spans = timed[0].spans if timed else next((answer.spans for answer in record.predictions), ())
    return tuple(dict.fromkeys(span.stage for span in spans))


def _needs(arms: Sequence[ArmInventory]) -> Section:
    columns = (
        *(SectionColumn("arm"), SectionColumn("parts that can fail alone", "", 0), SectionColumn("processes", "", 0)),
        *(SectionColumn("models", "", 0), SectionColumn("artifacts", "", 0), SectionColumn("packages", "", 0)),
        SectionColumn("steps of an answer"),
    )
    rows = [
        (one.arm, Figure(one.parts), Figure(one.processes), Figure(one.models),
         Figure(len(one.artifacts)), _packages(one), " → ".join(one.stages) or None)
        for one in arms
    ]  # fmt: skip
    return Section("needs", "What an arm needs to answer", columns, tuple(rows), tuple(_reading(arms)))


def _reading(arms: Sequence[ArmInventory]) -> Iterator[Note]:
    yield Note(
        "Reading",
        "parts: processes, models and artifacts, each of which can be missing, stale or damaged while the others are "
        "well; packages: distributions whose modules a process has loaded when it has answered one question",
    )
    loaded = {one.arm: set(one.loads.packages) for one in arms if one.loads is not None}
    shared = set.intersection(*loaded.values()) if loaded else set()
    for arm, own in loaded.items():
        if more := sorted(own - shared):
            yield Note("Packages", f"{arm}, beside the {len(shared)} of all arms: {', '.join(more)}")


def _kept(arms: Sequence[ArmInventory]) -> Section:
    columns = (
        *(SectionColumn("arm"), SectionColumn("artifact"), SectionColumn("size", "MB", 2)),
        *(SectionColumn("made in", "s", 1), SectionColumn("shared with")),
    )
    rows: list[tuple[SectionCell, ...]] = []
    for one in arms:
        for own in one.artifacts:
            others = [
                other.arm for other in arms if other is not one and own.key in {each.key for each in other.artifacts}
            ]
            rows.append((one.arm, own.kind, Figure(own.bytes / 1e6), Figure(own.seconds), ", ".join(others) or None))
        if one.weights_bytes is not None:
            rows.append((one.arm, "weights as they run", Figure(one.weights_bytes / 1e6), None, None))
    return Section("kept", "What it keeps", columns, tuple(rows))


def _changes(arms: Sequence[ArmInventory]) -> Section:
    columns = (
        *(SectionColumn("changes"), SectionColumn("arm"), SectionColumn("steps", "", 0)),
        *(SectionColumn("time", "s", 1), SectionColumn("made anew")),
    )
    rows: list[tuple[SectionCell, ...]] = []
    for change in CHANGES:
        for one in arms:
            made = one.remade.get(change)
            if made is not None:
                steps = " → ".join(own.kind for own in made) or "nothing: its answers do not see it"
                seconds = Figure(sum(own.seconds for own in made)) if made else None
                rows.append((change, one.arm, Figure(len(made)), seconds, steps))
    note = Note(
        "Reading",
        "steps: artifacts whose keys change with it, each a step of its own that can fail; time: of their making, as "
        "measured. An adapter that was trained on passages depends on the documents; study=update asks what becomes of "
        "it when it is kept",
    )
    missing = [one.arm for one in arms if not one.remade]
    away = [warning("Store", f"artifacts of {', '.join(missing)} are not in this store")] if missing else []
    return Section("changes", "From a change to an answer", columns, tuple(rows), (note, *away))


def _packages(one: ArmInventory) -> Figure | None:
    return None if one.loads is None else Figure(len(one.loads.packages))
