"""What an arm is follows from its own fields: no list of names anywhere."""

from dataclasses import replace

import pytest

from harness.analysis.roles import Role
from harness.cli.config import Builder, compose, experiment, register_resolvers, resolved
from harness.errors import ConfigError

ROLES = {  # retriever, adapter, trained on passages, control
    "base": Role(False, False, False, False),
    "rag": Role(True, False, False, False),
    "qlora": Role(False, True, False, False),
    "hybrid": Role(True, True, False, False),
    "raft": Role(True, True, True, False),
    "oracle": Role(True, False, False, True),
    "random": Role(True, False, False, True),
}


def arms(*overrides):
    register_resolvers()
    return experiment(compose(["task=qa", f"arm=[{','.join(ROLES)}]", *overrides])).arms


def test_the_role_of_every_shipped_arm():
    built = arms()
    assert {name: arm.role for name, arm in built.items()} == ROLES
    assert {name for name, arm in built.items() if not arm.is_timed} == {"oracle", "random"}
    assert replace(built["raft"], name="any other").role == ROLES["raft"]


@pytest.mark.parametrize(
    ("node", "target", "right"),
    [
        ("arm.rag.retriever", "pipelines.rag.lexical.Bm25", "Retriever"),
        ("arm.random.retriever.retriever", "pipelines.rag.lexical.Bm25", "CuttingRetriever"),
        ("arm.base.generator", "pipelines.rag.lexical.Bm25", "Generator"),
    ],
)
def test_a_class_that_is_none_is_refused_by_its_key(node, target, right):
    wrong = f"{node}={{_target_: {target}, k1: 1.5, b: 0.75}}"
    with pytest.raises(ConfigError, match=rf"{node}\._target_ is '{target}'; it must be a {right}"):
        arms(wrong)


def test_a_wrong_index_is_refused_by_its_key():
    register_resolvers()
    node = resolved(compose(["task=qa"]))["retriever"]
    node["index"] = {"_target_": "pipelines.rag.lexical.Bm25", "k1": 1.5, "b": 0.75}
    builder = Builder()
    builder.build(node, "retriever")
    assert builder.problems == ["retriever.index._target_ is 'pipelines.rag.lexical.Bm25'; it must be a VectorIndex"]
