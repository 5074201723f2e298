"""The order of the rooms, what is loaded when, and sizes: read from the code, see tests/layers.py."""

import re
import statistics
import subprocess
import sys
from collections import Counter

import pytest

from tests.layers import PACKAGES, ROOT, circles, file_graph, floors, grouped, read, room, upward, within_rooms

HEAVY = {
    "torch", "transformers", "peft", "trl", "bitsandbytes", "faiss", "datasets", "sentence_transformers", "bm25s",
    "sacrebleu", "rouge_score", "ragas", "openai", "datasketch", "sklearn", "matplotlib",
}  # fmt: skip
"""libraries that take noticeable time to import; pandas and pyarrow serve the Python API alone"""
MODULES = read(*PACKAGES)
GRAPH = file_graph(MODULES)
ROOMS = grouped(GRAPH, lambda name: room(MODULES[name]))
SIZED = [module for name, module in MODULES.items() if name.partition(".")[0] in ("harness", "pipelines")]
LENGTHS = [node.end_lineno - node.lineno + 1 for module in SIZED for node in module.functions]


def libraries(module, **options):
    return {name.partition(".")[0] for name in module.imports(**options)}


def test_no_circle_among_files():
    assert circles(GRAPH) == []


def test_the_harness_has_at_most_eleven_rooms_and_five_files():
    """Eleven since studies: it rests on the runner, and no other room could be merged (types import machine)."""
    inside = [name for name in ROOMS if name.startswith("harness.")]
    files = [name for name in inside if not (ROOT / name.replace(".", "/")).is_dir()]
    modules = {name.split(".")[1] for name in MODULES if name.startswith("harness.") and not MODULES[name].is_package}
    folders = [name for name in inside if name not in files and name.split(".")[1] in modules]
    assert len(folders) <= 11, folders
    assert len(files) <= 5, files


def test_each_room_has_a_floor_and_imports_go_down():
    assert circles(ROOMS) == []
    assert upward(MODULES, GRAPH) == []


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_no_circle_within_a_room(name):
    assert circles(within_rooms(MODULES, GRAPH)[name]) == []


def test_the_harness_imports_no_pipeline():
    harness = [module for name, module in MODULES.items() if name.startswith("harness")]
    assert [module.name for module in harness if "pipelines" in libraries(module)] == []


def test_only_the_command_line_uses_hydra():
    users = {room(module) for module in MODULES.values() if libraries(module) & {"hydra", "omegaconf"}}
    assert users <= {"harness.__main__", "harness.cli"}


def test_only_the_command_line_imports_studies():
    importers = {name for name, targets in ROOMS.items() if "harness.studies" in targets}
    assert importers <= {"harness.__main__", "harness.cli"}


def test_heavy_libraries_are_imported_by_what_needs_them_alone():
    """A file may import one when it is loaded only if every import of that file is inside a function."""
    early = set().union(*file_graph(MODULES, when_loaded=True).values())
    configured = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("conf/**/*.yaml"))
    early |= {target.rpartition(".")[0] for target in re.findall(r"_target_: (\S+)", configured)}
    late = set(GRAPH) - early
    heavy = {name for name, module in MODULES.items() if libraries(module, when_loaded=True) & HEAVY}
    imported = set().union(*GRAPH.values())
    assert heavy <= late & imported


def test_importing_the_command_line_loads_no_heavy_library():
    code = "import sys, harness.__main__, pipelines.arm; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not HEAVY & set(done.stdout.split())


def test_functions_are_short():
    assert statistics.median(LENGTHS) <= 6
    assert sorted(LENGTHS)[int(0.9 * len(LENGTHS))] <= 15
    assert max(LENGTHS) <= 50


def test_no_file_is_long():
    assert {module.name: module.lines for module in SIZED if module.lines > 400} == {}


def is_metric(module):
    """Whether a file holds a single metric: one class that scores pairs."""
    scoring = [node for node in module.classes if any(getattr(part, "name", "") == "score" for part in node.body)]
    return room(module) == "harness.metrics" and len(module.classes) == len(scoring) == 1


def test_few_files_are_short():
    counted = [module for module in SIZED if not module.is_package and not is_metric(module)]
    short = [module.name for module in counted if module.lines < 40]
    assert len(short) / len(counted) <= 0.15, short


def test_class_names_are_unique():
    count = Counter(node.name for module in SIZED for node in module.classes)
    assert {name: number for name, number in count.items() if number > 1} == {}


def untyped(function):
    """The parameters without a type, and "return" where that has none."""
    given = function.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, [given.vararg, given.kwarg])]
    missing = [one.arg for one in parameters if one.annotation is None and one.arg not in ("self", "cls")]
    return [*missing, *(["return"] if function.returns is None else [])]


def test_every_function_is_typed():
    found = {f"{module.name}.{node.name}": untyped(node) for module in SIZED for node in module.functions}
    assert {name: missing for name, missing in found.items() if missing} == {}


def test_the_reader_sees_circles_and_floors():
    graph = {"a": {"b", "c"}, "b": {"c"}, "c": {"d"}, "d": {"c"}, "e": set()}
    assert circles(graph) == [["c", "d"]]
    assert floors(graph) == {"a": 2, "b": 1, "c": 0, "d": 0, "e": 0}


def test_the_reader_sees_every_import(tmp_path):
    from tests.layers import Module

    path = tmp_path / "x.py"
    path.write_text(
        "from typing import TYPE_CHECKING\nimport a.b\nif TYPE_CHECKING:\n    from c import d\n"
        "def f() -> None:\n    import e\ntry:\n    from .g import h\nexcept ImportError:\n    from . import i\n"
    )
    module = Module("harness.room.x", path)
    always = {"typing.TYPE_CHECKING", "a.b", "harness.room.g.h", "harness.room.i"}
    assert set(module.imports(when_loaded=True)) == always
    assert set(module.imports()) == {*always, "c.d", "e"}
