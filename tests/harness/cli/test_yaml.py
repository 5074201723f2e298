"""Every yaml file builds, states every constructor argument, and is reachable by its name."""

import dataclasses
import importlib
from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir

from harness.cli.config import Builder, register_resolvers, resolved

CONF = Path(__file__).resolve().parents[3] / "conf"
CHOICES = sorted(path.relative_to(CONF).with_suffix("") for path in CONF.glob("*/**/*.yaml"))
RAGAS = ["judge=ragas", "judge.llm.model=x"]
FILL = {
    "task=jsonl": ["task.dir=."],
    "model=local": ["model.path=."],
    "model=server": ["model.model=x"],
    "judge=ragas": ["judge.llm.model=x"],
    "judge=ragas_local": ["judge.llm.path=."],
    "metric=ragas_context_precision": RAGAS,
    "metric=ragas_context_recall": RAGAS,
    "metric=ragas_answer_correctness": RAGAS,
    "metric=judged_abstention": RAGAS,
}
MULTIPLE = {"arm", "metric", "report"}


@pytest.fixture(scope="module", autouse=True)
def hydra_config():
    register_resolvers()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        yield


def composed(choice):
    group, name = choice.parent.as_posix(), choice.name
    override = f"{group}=[{name}]" if group in MULTIPLE else f"{group}={name}"
    return group, name, resolved(compose("config", [override, *FILL.get(f"{group}={name}", [])]))


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_yaml_builds(choice):
    group, name, config = composed(choice)
    builder = Builder()
    node = config[group][name] if group in MULTIPLE else config[group]
    assert builder.build(node, group) is not None or builder.problems
    assert builder.problems == []


def components(node):
    if isinstance(node, dict):
        if "_target_" in node:
            yield node
        for value in node.values():
            yield from components(value)


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_every_constructor_argument_stands_in_its_yaml(choice):
    _, _, config = composed(choice)
    for node in components(config):
        module, _, name = node["_target_"].rpartition(".")
        kind = getattr(importlib.import_module(module), name)
        wanted = {field.name for field in dataclasses.fields(kind) if field.init}
        assert wanted - set(node) == set(), node["_target_"]


def test_every_yaml_was_found():
    assert {"arm", "adapter", "metric", "model", "report", "retriever", "task"} <= {path.parts[0] for path in CHOICES}
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
