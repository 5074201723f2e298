"""A tokenizer of another model, stop tokens inside references, answers that never end."""

import json
import random
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.types import Prediction
from pipelines import model_audits
from tests.pipelines.arms import DoorTask, arm, loaded_from


@pytest.fixture
def loaded(checkpoint):
    return loaded_from(checkpoint)


class Reader:
    """A model that knows the words of the references, and nothing else."""

    def __init__(self, known, vocabulary=1000):
        self.known, self.vocabulary = known, vocabulary
        self.chat = SimpleNamespace(answer_ids=lambda text: [*map(ord, text), 0], prompt_ids=lambda turns: [1])

    def read(self, turns, ids):
        return SimpleNamespace(loss=2.0 if set(ids) <= self.known else 9.0)


def tokenizer(reader):
    return model_audits.tokenizer(reader, lambda example, *_: (), DoorTask().examples("test"), 100)


def test_references_are_read_better_than_random_tokens():
    letters = {ord(letter) for letter in "abcdefghijklmnopqrstuvwxyz "}
    assert (tokenizer(Reader(letters)).checked, tokenizer(Reader(letters)).flag) == (8, "")
    assert "is another model's" in tokenizer(Reader(set())).flag


@pytest.mark.slow
@pytest.mark.parametrize("shuffled", [False, True])
def test_another_models_tokenizer_in_the_folder(tmp_path, shuffled):
    """With pocket, on its own task: vocabularies of one size and other order load without a word."""
    from harness.cli.config import compose, experiment, register_resolvers

    register_resolvers()
    built = experiment(compose(["task=qa", "arm=[base]", "limit=20"]))
    generator = built.arms["base"].generator
    folder = tmp_path / "model"
    shutil.copytree(generator.path, folder)
    if shuffled:
        made = json.loads((folder / "tokenizer.json").read_text())
        special = {token["content"] for token in made["added_tokens"]}
        words = [word for word in made["model"]["vocab"] if word not in special]
        ids = [made["model"]["vocab"][word] for word in words]
        random.Random(0).shuffle(ids)
        made["model"]["vocab"].update(zip(words, ids, strict=True))
        (folder / "tokenizer.json").write_text(json.dumps(made))
    prepared = arm(replace(generator, path=str(folder)).load(), None, task=built.task)
    flag = prepared.audit_parts()[0].flag
    assert ("is another model's" in flag) == shuffled


@pytest.mark.parametrize(("references", "found"), [(("red",), 0), (("red<|end|>blue",), 36), (("red\nblue",), 36)])
def test_a_stop_token_inside_references_is_named(loaded, references, found):
    (line_end,) = loaded.format.tokenizer("\n")["input_ids"]
    loaded.format.stop_ids = [*loaded.format.stop_ids, line_end]
    audit = model_audits.stop_tokens(loaded.teacher_forcing(), DoorTask(references=references))
    assert (audit.checked, audit.details["found"], bool(audit.flag)) == (36, found, bool(found))


def predictions(cut, ended):
    return [Prediction(f"e{at}", "x", (), (), "length" if at < cut else "stop") for at in range(cut + ended)]


@pytest.mark.parametrize(("cut", "ended", "flagged"), [(20, 0, True), (20, 1, True), (15, 5, False), (4, 0, False)])
def test_answers_that_hardly_ever_end_are_put_down_to_stop_tokens_and_template(loaded, cut, ended, flagged):
    flag = model_audits.endings(predictions(cut, ended), loaded.facts(), 8).flag
    assert bool(flag) == flagged
    assert not flagged or ("<|end|>" in flag and "tokenizer's own" in flag and "model.stop_tokens" in flag)
    assert "those of the server" in model_audits.endings(predictions(9, 0), {}, 8).flag


def test_failed_answers_are_no_cut_offs():
    failed = [replace(one, finish="error") for one in predictions(9, 0)]
    assert model_audits.endings([*failed, *predictions(0, 5)], {}, 8).checked == 5
