"""Keys survive the renaming of classes and files, so that old stores stay usable."""

import ast
import json
from collections import Counter

import pytest

from harness.errors import ConfigError
from harness.store.spec import key_name
from tests.harness.store.golden_keys import FEW, FILE, RETRIEVERS, ROOT, TASKS, of_answers, of_parts

GOLDEN = json.loads(FILE.read_text())


def test_the_digest_of_every_part_is_what_it_was():
    parts = of_parts()  # a new yaml is no part of what was there before
    assert {name: parts.get(name) for name in GOLDEN["parts"]} == GOLDEN["parts"]


def known_answers(chosen):
    """The digests that have a golden one; an arm, task or retriever of one's own has none."""
    return {row: digest for row, digest in of_answers(chosen).items() if row in GOLDEN["answers"]}


@pytest.mark.slow
@pytest.mark.ci_slow
def test_the_digests_of_answers_and_adapters_are_what_they_were():
    digests = known_answers(FEW)
    assert digests.items() <= GOLDEN["answers"].items()
    assert len(digests) == 132


@pytest.mark.slow
def test_the_digests_of_all_answers_and_adapters_are_what_they_were():
    assert known_answers(dict.fromkeys(TASKS, RETRIEVERS)) == GOLDEN["answers"]


def keys():
    for path in [*ROOT.glob("harness/**/*.py"), *ROOT.glob("pipelines/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "KEY":
                yield ast.literal_eval(node.value)


def test_no_two_classes_have_the_same_key_name():
    assert {name for name, count in Counter(keys()).items() if count > 1} == set()


def test_a_class_without_a_key_name_of_its_own_is_refused():
    class Parent:
        KEY = "a"

    class Child(Parent):
        pass

    assert key_name(Parent) == "a"
    with pytest.raises(ConfigError, match=r"Child .* has no KEY"):
        key_name(Child)
