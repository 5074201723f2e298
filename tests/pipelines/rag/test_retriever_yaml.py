from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from harness.cli.config import Builder

FOLDER = Path(__file__).parents[3] / "conf" / "retriever"
FILES = sorted(FOLDER.glob("*.yaml"))
DIFFERS = {
    "hybrid": set(),
    "dense": {"lexical"},
    "bm25": {"index"},
    "rerank": {"rerank"},
    "hnsw": {"index"},
    "ivf": {"index"},
    "exemplars": {"k"},
    "one_exemplar": {"k"},
    "bge_small": {"embedding"},
    "bge_base": {"embedding"},
    "e5_base": {"embedding"},
}
"""What the shipped files change of hybrid.yaml."""


def build(node):
    builder = Builder()
    retriever = builder.build(node, "retriever")
    return retriever, builder.problems


def arguments_missing(node):
    """Names of constructor arguments that a node leaves to a default, at any depth."""
    if not isinstance(node, dict):
        return []
    module, _, name = node["_target_"].rpartition(".")
    names = {field.name for field in fields(getattr(import_module(module), name))}
    return [*names - set(node), *(missing for value in node.values() for missing in arguments_missing(value))]


def test_the_shipped_retrievers_are_there():
    assert {file.stem for file in FILES} >= set(DIFFERS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_names_every_argument_and_is_sound(file):
    node = yaml.safe_load(file.read_text())
    retriever, problems = build(node)
    assert problems == []
    assert retriever.k >= 1
    assert arguments_missing(node) == []


def test_bad_values_are_reported_together_with_their_keys():
    node = yaml.safe_load((FOLDER / "hybrid.yaml").read_text())
    node["embedding"]["batch_tokens"] = 0
    node["embedding"]["dtype"] = "float16"
    node["lexical"]["b"] = 7
    problems = "\n".join(build(node)[1])
    assert "retriever.embedding.dtype is 'float16'" in problems
    assert "retriever.lexical: b: got 7" in problems
    node["embedding"]["dtype"] = "auto"
    assert "retriever.embedding: batch_tokens: got 0" in "\n".join(build(node)[1])


@pytest.mark.parametrize("name", DIFFERS)
def test_files_differ_from_hybrid_only_where_they_say_so(name):
    hybrid, other = (yaml.safe_load((FOLDER / f"{stem}.yaml").read_text()) for stem in ("hybrid", name))
    assert {key for key in hybrid if hybrid[key] != other[key]} == DIFFERS[name]
