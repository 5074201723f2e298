"""What an arm needs, counted by hand; what a change takes, from the keys of a real store."""

import sys

import pytest

from harness.machine.measured import Span
from harness.machine.packages import loaded_packages
from harness.store.store import Store, resources
from harness.studies.inventory import (
    DOCUMENT,
    ROW,
    Loads,
    depends,
    inventory_of,
    inventory_sections,
    inventory_words,
    is_control,
)
from harness.types import Example, Prediction
from tests.harness.records import build_record

MODEL = {"class": "generator", "content": "sha256:base"}
EMBEDDER = {"class": "embedding", "content": "sha256:embedder"}
ARMS = {
    "base": {"class": "arm", "generator": MODEL, "retriever": None, "adapter": None},
    "qlora": {"class": "arm", "generator": MODEL, "retriever": None, "adapter": {"class": "recipe", "rank": 4}},
    "rag": {
        "class": "arm",
        "generator": MODEL,
        "retriever": {"class": "search", "embedding": EMBEDDER},
        "adapter": None,
    },
}
ARMS["raft"] = {**ARMS["rag"], "adapter": {"class": "recipe", "rank": 4}}


@pytest.fixture
def made(tmp_path):
    """A store with an index in three steps, an adapter, and one that was trained on passages."""
    store = Store(tmp_path)

    def make(kind, spec):
        def fill(folder):
            (folder / "file").write_text(kind)

        return kind, store.get_or_make(kind, spec, fill)

    passages = make("passages", {"documents": "d1", "chunking": {"max_tokens": 200}})
    embeddings = make("embeddings", {"passages": passages[1].key, "embedding": EMBEDDER})
    index = make("index", {"embeddings": embeddings[1].key})
    adapter = make("adapter", {"train": "t1", "generator": MODEL})
    on_passages = make("adapter", {"train": "t1", "retrieval": {"documents": "d1"}})
    search = [index, passages, embeddings]
    return store, {"base": [], "qlora": [adapter], "rag": search, "raft": [*search, on_passages]}


def record(arm, used, exemplars=0, device="cpu"):
    spec = {"cell": {"answers": {"arm": ARMS[arm], "device": device}}}
    facts = {"retrieval": {"passages": {"exemplars": exemplars}}} if arm in ("rag", "raft") else {}
    stages = ("embed", "search", "prompt", "decode") if arm in ("rag", "raft") else ("prompt", "decode")
    examples = [Example("e", "?", ("!",), ())]
    answers = [Prediction("e", "!", (), tuple(Span(stage, 0.1) for stage in stages), "stop")]
    return build_record(arm, examples=examples, predictions=answers, spec=spec, facts=facts, resources=resources(used))


def inventories(made, **fields):
    store, used = made
    return {arm: inventory_of(record(arm, own, **fields), store) for arm, own in used.items()}


def test_parts_that_can_fail_alone(made):
    """One process each; the models base and embedder; passages, embeddings, index; an adapter."""
    found = inventories(made)
    assert {arm: one.parts for arm, one in found.items()} == {"base": 2, "qlora": 3, "rag": 6, "raft": 7}
    assert {arm: one.models for arm, one in found.items()} == {"base": 1, "qlora": 1, "rag": 2, "raft": 2}
    assert found["rag"].stages == ("embed", "search", "prompt", "decode")
    assert found["qlora"].kept_bytes >= len("adapter")


def test_a_server_is_a_process_that_can_fail(made):
    assert inventories(made, device="server")["base"].parts == 3


def test_processes_that_were_started_count(made):
    store, used = made
    found = inventory_of(record("base", used["base"]), store, Loads(3, ("torch", "numpy")))
    assert found.parts == 4


def kinds(resources):
    return [one.kind for one in resources]


def test_what_a_change_makes_anew(made):
    remade = {arm: one.remade for arm, one in inventories(made).items()}
    search = ["passages", "embeddings", "index"]
    assert {arm: kinds(own[DOCUMENT]) for arm, own in remade.items()} == {
        "base": [], "qlora": [], "rag": search, "raft": [*search, "adapter"],
    }  # fmt: skip
    assert {arm: kinds(own[ROW]) for arm, own in remade.items()} == {
        "base": [], "qlora": ["adapter"], "rag": [], "raft": ["adapter"],
    }  # fmt: skip


def test_documents_made_of_training_rows_change_with_them(made):
    found = inventories(made, exemplars=5)
    assert kinds(found["rag"].remade[ROW]) == ["passages", "embeddings", "index"]


def test_what_is_not_in_the_store_is_not_guessed(made, tmp_path):
    _, used = made
    found = inventory_of(record("rag", used["rag"]), Store(tmp_path / "other"))
    assert found.remade == {}
    (changes,) = [one for one in inventory_sections([found, inventories(made)["base"]]) if one.name == "changes"]
    assert any("rag are not in this store" in note.text for note in changes.notes)


def test_specifications_that_name_each_other_end():
    specs = {"a": {"x": "b"}, "b": {"x": "a"}}
    assert not depends("a", "documents", specs)


def test_tables_and_words(made):
    arms = list(inventories(made).values())
    needs, kept, changes = inventory_sections(arms)
    assert [cell.value for cell in needs.rows[2][1:5]] == [6, 1, 2, 3]
    assert ("rag", "passages") in [row[:2] for row in kept.rows]
    assert kept.rows[1][-1] == "raft"  # passages of rag are those of raft
    assert len(changes.rows) == 8
    words = inventory_words(arms)
    assert words[0] == "Parts that can fail alone: base 2; qlora 3; rag 6; raft 7."
    assert "A document that changes reaches no answer of base, qlora." in words
    assert "When a training row changes, steps until it is answered from: qlora 1; raft 1." in words


def test_packages_are_those_of_loaded_modules():
    assert loaded_packages(["numpy.linalg", "os", "tests"]) == ["numpy"]
    assert "pytest" in loaded_packages()
    assert "pytest" in sys.modules


def test_controls_are_no_systems_to_run():
    assert is_control(build_record("oracle"))
    assert not is_control(build_record("rag"))
