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


class WithoutTheFirst:
    """Another task's data without the first example of each split, under the same content key."""

    def __init__(self, task):
        self.task = task

    def __getattr__(self, name):
        return getattr(self.task, name)

    def examples(self, split):
        return self.task.examples(split)[1:]


def arms(*overrides):
    register_resolvers()
    return experiment(compose(["task=qa", f"arm=[{','.join(ROLES)}]", *overrides])).arms


def test_the_role_of_every_shipped_arm():
    built = arms()
    assert {name: arm.role for name, arm in built.items()} == ROLES
    assert {name for name, arm in built.items() if arm.role.control} == {"oracle", "random"}
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


def test_a_task_with_changed_rows_has_keys_of_its_own():
    built = experiment(compose(["task=qa", "arm=[base,qlora]", "limit=5"]))
    task, changed = built.task, WithoutTheFirst(built.task)
    assert changed.content_key() == task.content_key()
    base, qlora = built.arms["base"], built.arms["qlora"]
    before = base.shared_spec(task)["test"], qlora.adapter_spec(task, 0)["train"]
    after = base.shared_spec(changed)["test"], qlora.adapter_spec(changed, 0)["train"]
    assert not set(before) & set(after)
    assert (base.shared_spec(task)["test"], qlora.adapter_spec(task, 0)["train"]) == before


def test_one_arm_can_have_an_adapter_of_its_own():
    built = arms("arm.qlora.adapter.path=some/adapter", "arm.rag.retriever.k=2")
    assert built["qlora"].adapter == replace(built["hybrid"].adapter, path="some/adapter")
    assert built["rag"].retriever == replace(built["hybrid"].retriever, k=2)
    assert built["hybrid"].adapter.path is None


def test_a_server_has_its_adapters_already():
    with pytest.raises(ConfigError, match=r"adapter\.path is some/adapter; a server has its adapters already"):
        arms("model=server", "model.model=x", "adapter.path=some/adapter")
