"""The code and the libraries that answers were given with: arms of one table must have the same."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import every_record, named
from harness.analysis.result import Note, act, warning
from harness.analysis.roles import Role
from harness.types import Record

CODE: Final = "code"
"""the fact that holds a digest of each module that answers were made by; older records have none"""
OF_RETRIEVAL: Final = ("pipelines.rag.",)
OF_TRAINING: Final = ("pipelines.qlora.",)
FILES_NAMED: Final = 3


def code_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield a flag where arms were answered by different code, and a warning where by different libraries."""
    differing: dict[tuple[str, ...], list[str]] = {}
    for (arm, record), (other, another) in combinations(every_record(source), 2):
        if files := _differing(record, another, source.roles[arm], source.roles[other]):
            differing.setdefault(files, []).extend([arm, other])
    for files, arms in differing.items():
        more = f" and {len(files) - FILES_NAMED} more" if len(files) > FILES_NAMED else ""
        text = f"{named(arms)} were answered by different code ({', '.join(files[:FILES_NAMED])}{more})"
        yield act(
            "Code",
            f"{text}. If the change can alter an answer, raise the VERSION of the class that it is in, and run the "
            "arms again; if it cannot, one code in one table takes an empty store (store=FOLDER)",
        )
    yield from _libraries(source)


def _differing(record: Record, other: Record, role: Role, other_role: Role) -> tuple[str, ...]:
    """Return the modules that both arms used and that were not the same; without those of parts that one lacks."""
    ours: Mapping[str, str] = record.facts.get(CODE) or {}
    theirs: Mapping[str, str] = other.facts.get(CODE) or {}
    if not ours or not theirs or record.environment.get("python") != other.environment.get("python"):
        return ()  # another Python reads the same source into another tree
    unused: tuple[str, ...] = ()
    if not (role.shown and other_role.shown):
        unused += OF_RETRIEVAL
    if not (role.adapted and other_role.adapted):
        unused += OF_TRAINING
    names = sorted(name for name in {*ours, *theirs} if not name.startswith(unused))
    return tuple(name for name in names if ours.get(name) != theirs.get(name))


def _libraries(source: ComparisonData) -> Iterator[Note]:
    versions: dict[str, dict[str, list[str]]] = {}
    for arm, record in every_record(source):
        packages: Mapping[str, Any] = record.environment.get("packages", {})
        python = {"Python": record.environment["python"]} if "python" in record.environment else {}
        for name, version in {**packages, **python}.items():
            versions.setdefault(name, {}).setdefault(str(version), []).append(arm)
    parts = [
        f"{name} {', '.join(f'{version} ({named(arms)})' for version, arms in found.items())}"
        for name, found in versions.items()
        if len(found) > 1
    ]
    if parts:
        yield warning("Libraries", f"other versions answered: {'; '.join(parts)}. Run the arms again with one")
