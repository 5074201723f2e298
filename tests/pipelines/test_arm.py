"""What an arm is follows from its own fields: no list of names anywhere."""

from dataclasses import replace

import pytest

from harness.analysis.roles import Role
from harness.cli.config import Builder, compose, experiment, register_resolvers, resolved
from harness.errors import ConfigError
from harness.studies.changed import with_documents, with_test

ROLES = {  # retriever, adapter, trained on passages, control
    "base": Role(False, False, False, False),
    "rag": Role(True, False, False, False),
    "qlora": Role(False, True, False, False),
    "hybrid": Role(True, True, False, False),
    "raft": Role(True, True, True, False),
    "oracle": Role(True, False, False, True),
    "random": Role(True, False, False, True),
    "few_shot": Role(few_shot=True),
    "long_context": Role(retrieves=True, whole_base=True),
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


def test_what_is_answered_and_what_was_trained_on_can_be_two_states_of_the_data():
    """Questions and documents of today, adapters of the task: trained once, and never for a condition of a study."""
    built = experiment(compose(["task=qa", "arm=[rag,qlora,raft]", "limit=5"]))
    task, fewer = built.task, built.task.documents()[1:]
    later = with_documents(with_test(task, task.examples("test")[1:], "asked less"), fewer, "fewer documents")
    for name in ("qlora", "raft"):
        arm = built.arms[name]
        assert arm.adapter_spec(later, 0) == arm.adapter_spec(task, 0)
        assert arm.answer_spec(later, 0) != arm.answer_spec(task, 0)
    assert built.arms["rag"].answer_spec(later, 0)["retrieval"] != built.arms["rag"].answer_spec(task, 0)["retrieval"]
    assert later.provenance()["condition"] == ["asked less", "fewer documents"]


def test_rows_are_ordered_from_the_simplest_arm_to_the_most_complex():
    ordered = sorted(ROLES, key=lambda name: ROLES[name].rank)
    assert ordered[:7] == ["base", "few_shot", "rag", "long_context", "qlora", "hybrid", "raft"]
    assert [name for name in ROLES if ROLES[name].plain] == ["base"]


def test_pairs_are_shown_under_a_heading_of_their_own_and_follow_the_training_split():
    built = experiment(compose(["task=qa", "arm=[rag,few_shot]", "limit=5"]))
    changed = WithoutTheFirst(built.task)
    few, rag = built.arms["few_shot"], built.arms["rag"]
    assert few.prompt == rag.prompt
    assert few.prompt.of_examples().passages_heading == "Examples:"
    assert few.answer_spec(built.task, 0)["retrieval"] != few.answer_spec(changed, 0)["retrieval"]
    assert rag.answer_spec(built.task, 0)["retrieval"] == rag.answer_spec(changed, 0)["retrieval"]


def test_an_adapter_is_trained_on_passages_that_are_searched_for_alone():
    node = "+arm.long_context.training_passages={_target_: pipelines.qlora.formatting.TrainingPassages, p_gold: 1}"
    with pytest.raises(ConfigError, match="a retriever that searches the knowledge base"):
        arms(node.replace("+", ""), "arm.long_context.adapter=${adapter}")


class WithoutAnswers(WithoutTheFirst):
    """Another task's questions, none of which has an answer."""

    def examples(self, split):
        return [replace(own, references=(), answerable=True) for own in self.task.examples(split)]


def test_arms_that_train_refuse_questions_without_answers():
    register_resolvers()
    run = experiment(compose(["task=qa", "arm=[base,rag,qlora,hybrid]"]))
    refused = {name: arm.refuses(WithoutAnswers(run.task)) for name, arm in run.arms.items()}
    assert {name for name, reason in refused.items() if reason} == {"qlora", "hybrid"}
    assert "task.columns.references" in refused["qlora"]
    assert not any(arm.refuses(run.task) for arm in run.arms.values())


def test_one_arm_can_have_an_adapter_of_its_own():
    built = arms("arm.qlora.adapter.path=some/adapter", "arm.rag.retriever.k=2")
    assert built["qlora"].adapter == replace(built["hybrid"].adapter, path="some/adapter")
    assert built["rag"].retriever == replace(built["hybrid"].retriever, k=2)
    assert built["hybrid"].adapter.path is None


def test_a_server_has_its_adapters_already():
    with pytest.raises(ConfigError, match=r"adapter\.path is some/adapter; a server has its adapters already"):
        arms("model=server", "model.model=x", "adapter.path=some/adapter")
