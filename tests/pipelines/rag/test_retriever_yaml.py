from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[3] / "conf" / "retriever"
FILES = sorted(FOLDER.glob("*.yaml"))


def build(node):
    if not isinstance(node, dict):
        return node
    module, _, name = node["_target_"].rpartition(".")
    kind = getattr(import_module(module), name)
    given = {key: build(value) for key, value in node.items() if key != "_target_"}
    assert set(given) == {field.name for field in fields(kind)}, f"{name}: arguments"
    return kind(**given)


def test_the_shipped_retrievers_are_there():
    names = {file.stem for file in FILES}
    assert names == {"hybrid", "dense", "bm25", "rerank", "hnsw", "ivf", "bge_small", "bge_base", "e5_base"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_names_every_argument_and_is_sound(file):
    assert build(yaml.safe_load(file.read_text())).problems() == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_files_differ_from_hybrid_only_where_they_say_so(file):
    allowed = {
        "hybrid": set(),
        "dense": {"lexical"},
        "bm25": {"index"},
        "rerank": {"rerank"},
        "hnsw": {"index"},
        "ivf": {"index"},
    }
    hybrid, other = (yaml.safe_load(path.read_text()) for path in (FOLDER / "hybrid.yaml", file))
    differing = {key for key in hybrid if hybrid[key] != other[key]}
    assert differing == allowed.get(file.stem, {"embedding"})
