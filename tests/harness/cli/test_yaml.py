"""Every yaml file builds, states every constructor argument, and is reachable by its name."""

import dataclasses
import importlib

import pytest
import yaml

from harness.cli.config import Builder
from tests.configurations import CHOICES, CONF, NAMES, nodes


@pytest.mark.parametrize("choice", CHOICES)
def test_yaml_builds(choice):
    builder = Builder()
    assert builder.build(nodes()[choice], choice) is not None or builder.problems
    assert builder.problems == []


def components(node):
    if isinstance(node, dict):
        if "_target_" in node:
            yield node
        for value in node.values():
            yield from components(value)


@pytest.mark.parametrize("choice", CHOICES)
def test_every_constructor_argument_stands_in_its_yaml(choice):
    for node in components(nodes()[choice]):
        module, _, name = node["_target_"].rpartition(".")
        kind = getattr(importlib.import_module(module), name)
        wanted = {field.name for field in dataclasses.fields(kind) if field.init}
        assert wanted - set(node) == set(), node["_target_"]


def test_every_yaml_was_found():
    assert {"arm", "adapter", "metric", "model", "report", "retriever", "task"} <= set(NAMES)
    assert len(CHOICES) == len(list(CONF.rglob("*.yaml"))) - 1  # config.yaml itself


def test_arms_differ_in_retriever_and_adapter_alone():
    nodes = {name: yaml.safe_load((CONF / "arm" / f"{name}.yaml").read_text()) for name in ("base", "rag", "qlora")}
    for name in ("rag", "qlora"):
        changed = {key for key in nodes["base"] if nodes["base"][key] != nodes[name][key]}
        assert changed - {"name"} <= {"retriever", "adapter"}


def test_no_python_in_the_datasets_folder():
    """A datasets/__init__.py would shadow the library of that name."""
    folder = CONF.parent / "datasets"
    assert list(folder.rglob("*.py")) == []
    assert "site-packages" in importlib.import_module("datasets").__file__
