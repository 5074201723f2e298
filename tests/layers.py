"""The rooms of the code and their floors, read from its imports: `python -m tests.layers` prints them.

A room is a folder directly under `harness` with modules in it, a file directly under `harness`, or one of the other
packages. Imports under TYPE_CHECKING and inside functions count. The floor of a room is the longest way down from it:
a room on floor 0 imports no other room. Rooms that import each other are a circle and share a floor.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("harness", "pipelines", "validation")

Graph = Mapping[str, set[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of code."""

    name: str
    """dotted; a package has the name of its folder"""
    path: Path
    """absolute"""

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @property
    def classes(self) -> list[ast.ClassDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    def imports(self, *, when_loaded: bool = False) -> Iterator[str]:
        """Yield every dotted name that is imported; `from a import b` yields a.b.

        Args:
            when_loaded: only what is imported as soon as this file is.
        """
        for node in _executed(self.tree) if when_loaded else ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{self._source(node)}.{alias.name}" for alias in node.names)

    def _source(self, node: ast.ImportFrom) -> str:
        """Return the absolute name of the module that a `from` import names."""
        if not node.level:
            return node.module or ""
        folder = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        return ".".join([*folder[: len(folder) - node.level + 1], *filter(None, [node.module])])


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run while a module is loaded: not function bodies, not what only type checkers read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _executed(child)


def read(*packages: str) -> dict[str, Module]:
    """Return the modules of these packages by their names."""
    found = {}
    for path in sorted(path for package in packages for path in (ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = Module(name, path)
    return found


def file_graph(modules: Mapping[str, Module], *, when_loaded: bool = False) -> dict[str, set[str]]:
    """Return which of these modules each module imports."""
    graph: dict[str, set[str]] = {}
    for name, module in modules.items():
        parts = (
            part.rpartition(".")[0] if part not in modules else part for part in module.imports(when_loaded=when_loaded)
        )
        graph[name] = {part for part in parts if part in modules} - {name}
    return graph


def room(module: Module) -> str:
    """Return the room that a module is in; a file directly under `harness` is its own."""
    package, *rest = module.name.split(".")
    if package != "harness":
        return package
    if not rest:
        return "harness.__init__"
    return f"harness.{rest[0]}"


def corner(module: Module) -> str:
    """Return the place of a module within its room: a subfolder, or the file itself where it lies in the room."""
    start = len(room(module).split("."))
    return ".".join(module.name.split(".")[: start + 1]) if module.name != room(module) else f"{module.name}.__init__"


def grouped(graph: Graph, place: Callable[[str], str]) -> dict[str, set[str]]:
    """Return the graph between the places of its nodes."""
    result: dict[str, set[str]] = {place(node): set() for node in graph}
    for node, targets in graph.items():
        result[place(node)] |= {place(target) for target in targets if place(target) != place(node)}
    return result


def within_rooms(modules: Mapping[str, Module], graph: Graph) -> dict[str, dict[str, set[str]]]:
    """Return, for each room, the graph between its subfolders and the files directly in it."""
    found = {}
    for name in {room(module) for module in modules.values()}:
        inside = {node for node in graph if room(modules[node]) == name}
        inner = {node: graph[node] & inside for node in inside}
        found[name] = grouped(inner, lambda node: corner(modules[node]))
    return found


def circles(graph: Graph) -> list[list[str]]:
    """Return the largest groups of nodes that reach each other, each sorted."""
    reached = {node: _reached(graph, node) for node in graph}
    groups = {tuple(sorted(other for other in reached[node] if node in reached[other])) for node in graph}
    return sorted(list(group) for group in groups if len(group) > 1)


def _reached(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        waiting += graph[waiting.pop()] - seen
        seen |= set(waiting)
    return seen


def floors(graph: Graph) -> dict[str, int]:
    """Return the floor of each node: one above the highest that it imports; the nodes of a circle share one."""
    leader = {node: node for node in graph} | {node: circle[0] for circle in circles(graph) for node in circle}
    merged = grouped(graph, leader.__getitem__)
    result: dict[str, int] = {}
    for node in TopologicalSorter(merged).static_order():
        result[node] = max((result[target] + 1 for target in merged[node]), default=0)
    return {node: result[leader[node]] for node in graph}


def upward(modules: Mapping[str, Module], graph: Graph) -> list[tuple[str, str]]:
    """Return the imports of a module in a room that is no lower than the importing one's."""
    floor = floors(grouped(graph, lambda node: room(modules[node])))
    return [
        (node, target)
        for node, targets in graph.items()
        for target in sorted(targets)
        if room(modules[node]) != room(modules[target])
        if floor[room(modules[target])] >= floor[room(modules[node])]
    ]


def report() -> str:
    """Return rooms with their floors, then imports that do not go down and circles."""
    modules = read(*PACKAGES)
    graph = file_graph(modules)
    rooms = grouped(graph, lambda node: room(modules[node]))
    floor = floors(rooms)
    lines = [f"{len(rooms)} rooms on {max(floor.values()) + 1} floors, {sum(map(len, rooms.values()))} arrows"]
    for name in sorted(rooms, key=lambda name: (-floor[name], name)):
        lines.append(f"  {floor[name]}  {name} → {', '.join(sorted(rooms[name])) or 'no room'}")
    wrong = upward(modules, graph)
    lines += [f"imports upwards: {len(wrong)}", *(f"  {source} → {target}" for source, target in wrong)]
    kinds = {"files": circles(graph), "rooms": circles(rooms)}
    inner = within_rooms(modules, graph)
    kinds["parts of one room"] = [circle for name in sorted(inner) for circle in circles(inner[name])]
    for kind, found in kinds.items():
        lines += [f"circles among {kind}: {len(found)}", *(f"  {' ↔ '.join(circle)}" for circle in found)]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
