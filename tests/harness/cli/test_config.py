from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import pytest

from harness.cli.config import Builder, compose, experiment
from harness.errors import ArmError, ConfigError


@dataclass(frozen=True)
class Inner:
    size: int


@dataclass(frozen=True)
class Outer:
    name: str
    rate: float
    kind: Literal["a", "b"]
    inner: Inner
    words: tuple[str, ...]
    limit: int | None
    options: dict[str, int] = field(default_factory=dict)
    cut: Literal["start", "middle"] | bool | None = None

    def problems(self):
        return [f"rate is {self.rate}; it must be below 1"] if self.rate >= 1 else []


GOOD = {"name": "x", "rate": 0.5, "kind": "a", "inner": {"size": 1}, "words": ["p", "q"], "limit": None}


def build(**changes):
    builder = Builder()
    return builder.build({**GOOD, **changes}, "node", Outer), builder.problems


def test_plain_data_becomes_the_object():
    built, problems = build()
    assert problems == []
    assert built == Outer("x", 0.5, "a", Inner(1), ("p", "q"), None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": 3}, "node.name is 3; it must be text"),
        ({"rate": "fast"}, "node.rate is 'fast'; it must be a number"),
        ({"rate": 1}, "node: rate is 1.0; it must be below 1"),
        ({"kind": "c"}, "node.kind is 'c'; it must be one of a, b"),
        ({"inner": {"size": 1.5}}, "node.inner.size is 1.5; it must be a whole number"),
        ({"inner": {"size": True}}, "node.inner.size is True; it must be a whole number"),
        ({"inner": 4}, "node.inner is 4; it must be a node for Inner"),
        ({"words": "p"}, "node.words is 'p'; it must be a list: node.words=[p]"),
        ({"words": "p q"}, "node.words is 'p q'; it must be a list: 'node.words=[p q]'"),
        ({"words": "p, q"}, """node.words is 'p, q'; it must be a list: 'node.words=["p, q"]'"""),
        ({"cut": "mid"}, "node.cut is 'mid'; it must be start, middle, true, false or null; did you mean middle?"),
        (
            {"limits": 1},
            "node.limits is not known to Outer; did you mean limit? it takes name, rate, kind, inner, words, limit, "
            "options, cut",
        ),
        ({"words": ["p", 1]}, "node.words[1] is 1; it must be text"),
        ({"limit": "20"}, "node.limit is '20'; it must be a whole number"),
        ({"options": {"a": "b"}}, "node.options.a is 'b'; it must be a whole number"),
        ({"size": 1}, "node.size is not known to Outer; it takes name, rate, kind, inner, words, limit, options, cut"),
    ],
)
def test_each_problem_names_key_value_and_what_would_be_right(changes, message):
    built, problems = build(**changes)
    assert problems == [message]
    assert built is None or "rate" in changes


def test_all_problems_are_reported_together():
    _, problems = build(name=1, kind="z", inner={})
    assert len(problems) == 3
    builder = Builder()
    builder.problems = problems
    with pytest.raises(ConfigError, match="3 problems"):
        builder.raise_problems()


@pytest.mark.parametrize("target", ["os.system", "subprocess.Popen", "harness", 3, "evil.harness.X"])
def test_only_classes_of_this_repository_can_be_named(target):
    builder = Builder()
    assert builder.build({"_target_": target}, "task") is None
    assert "only classes of harness and pipelines" in builder.problems[0]


@pytest.mark.parametrize("target", ["harness.nowhere.X", "harness.types.Nothing", "harness.store.spec.digest"])
def test_unknown_or_unfit_target_is_named(target):
    builder = Builder()
    assert builder.build({"_target_": target}, "task") is None
    assert repr(target) in builder.problems[0]


def test_missing_argument_is_named():
    builder = Builder()
    builder.build({"size": 1, "_target_": "harness.types.Turn"}, "turn")
    assert any("turn.role is missing; Turn needs it" in problem for problem in builder.problems)


@runtime_checkable
class Sized(Protocol):
    def __len__(self): ...


@dataclass(frozen=True)
class Holder:
    part: Sized


@dataclass(frozen=True)
class Bag:
    def __len__(self):
        return 3


def test_a_field_of_a_protocol_takes_what_satisfies_it():
    builder = Builder()
    builder._find = lambda target, key: {"bag": Bag, "inner": Inner}[target]
    assert builder.build({"part": {"_target_": "bag"}}, "node", Holder) == Holder(Bag())
    assert builder.problems == []
    assert builder.build({"part": {"_target_": "inner", "size": 1}}, "node", Holder) is None
    assert builder.problems == ["node.part._target_ is 'inner'; it must be a Sized"]


def problems_of(*overrides):
    with pytest.raises(ConfigError) as caught:
        experiment(compose(overrides))
    return str(caught.value)


def test_a_fault_of_a_shared_part_is_listed_once():
    message = problems_of("model.quantisation=int3", "limit=abc", "seed=-1")
    assert "3 problems" in message
    for part in ("model.quantisation is 'int3'", "limit is 'abc'", "seed is -1"):
        assert message.count(part) == 1


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("arm=[base,raag]", "arm is raag, which conf/arm does not have; did you mean rag?"),
        ("task.colums.input=[a]", "did you mean task.columns.input?"),
    ],
)
def test_a_misspelt_key_or_name_is_refused_with_the_nearest_one(override, message):
    shown = problems_of("task=jsonl", "task.dir=x", override)
    assert message in shown
    assert "Config search path" not in shown


def test_an_unknown_key_is_refused_with_the_nearest_known_one():
    assert "limt is not known; did you mean limit?" in problems_of("+limt=5")


def test_no_arms_is_a_problem():
    assert "arm is empty" in problems_of("arm=[]")


@pytest.mark.parametrize(("key", "below"), [("results", ""), ("store", "/runs")])
def test_a_place_that_is_a_file_is_noticed_before_any_work(tmp_path, key, below):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ConfigError, match=f"{key} is {file}{below}, but {file} is a file; name a folder"):
        experiment(compose(["task=qa", f"{key}={file}{below}"]))


def test_arms_that_lack_data_are_left_out_unless_they_are_named(tmp_path):
    """Without train nothing is trained; without documents as well nothing is retrieved."""
    row = '{"id": "a", "input": "what?", "references": ["this"]}\n'
    (tmp_path / "test.jsonl").write_text(row)
    wanted = experiment(compose(["task=jsonl", f"task.dir={tmp_path}", "task.name=own"]))
    left = wanted.without_refused()
    assert list(left.arms) == ["base"]
    assert "takes a train split" in left.left_out["qlora"]
    assert "takes a knowledge base" in left.left_out["rag"]
    with pytest.raises(ArmError, match="arm qlora: training an adapter takes a train split"):
        wanted.check()
    (tmp_path / "documents.jsonl").write_text('{"id": "d", "text": "t"}\n')
    with_documents = experiment(compose(["task=jsonl", f"task.dir={tmp_path}/test.jsonl", "arm=[base,rag]"]))
    assert list(with_documents.without_refused().arms) == ["base", "rag"]
    assert with_documents.task.name == "test"
