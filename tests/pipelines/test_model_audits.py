"""A tokenizer of another model, stop tokens inside references."""

import json
import random
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pipelines import model_audits
from tests.pipelines.arms import DoorTask, arm, loaded_from


@pytest.fixture
def loaded(checkpoint):
    return loaded_from(checkpoint)


class Reader:
    """A model that knows some tokens, and nothing else."""

    def __init__(self, known, vocabulary=1000):
        self.known, self.vocabulary = known, vocabulary
        self.chat = SimpleNamespace(tokenizer=lambda texts, **_: {"input_ids": [[*map(ord, text)] for text in texts]})

    def read(self, turns, ids):
        return SimpleNamespace(losses=[2.0 if token in self.known else 9.0 for token in ids])


def tokenizer(known, **changes):
    return model_audits.tokenizer(Reader(known), DoorTask(**changes))


def test_texts_are_read_better_than_random_tokens(monkeypatch):
    monkeypatch.setattr(model_audits, "LEAST", 1)
    passed = tokenizer(set(range(32, 127)))
    assert (passed.checked > 0, passed.flag) == (True, "")
    assert "is another model's" in tokenizer(set()).flag
    assert "is another model's" in tokenizer(set(range(500, 600))).flag


def test_too_few_tokens_say_nothing(monkeypatch):
    monkeypatch.setattr(model_audits, "LEAST", 10**6)
    assert (tokenizer(set()).checked, tokenizer(set()).flag) == (0, "")


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


@pytest.mark.parametrize(("references", "found"), [(("red",), 0), (("red<|end|>blue",), 0), (("red\nblue",), 36)])
def test_a_stop_token_inside_references_is_named(loaded, references, found):
    (line_end,) = loaded.format.tokenizer("\n")["input_ids"]
    loaded.format.stop_ids = [*loaded.format.stop_ids, line_end]
    audit = model_audits.stop_tokens(loaded.teacher_forcing(), DoorTask(references=references))
    assert (audit.checked, audit.details["found"], bool(audit.flag)) == (36, found, bool(found))


def test_a_layer_of_zeros_is_flagged(loaded):
    import torch

    assert model_audits.layers(loaded.teacher_forcing()).flag == ""
    with torch.no_grad():
        for weight in loaded.base.model.layers[0].parameters():
            weight.zero_()
    found = model_audits.layers(loaded.teacher_forcing())
    assert found.checked == 1
    assert found.flag.startswith("layer 1 changes nothing of what passes through it")


@pytest.mark.parametrize("audit", ["layers", "chat template"])
def test_the_base_is_looked_at_once(loaded, audit):
    assert {one.name: one.flag for one in arm(loaded, None).audit_parts()}[audit] == ""


TURNS = "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
INST = "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]{% else %} {{ m.content }}</s>"
OPENED = "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
THINKING = "{% if add_generation_prompt %}<|assistant|>\n<think>\n{% endif %}"


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        (TURNS, "<|assistant|>"),
        (TURNS + OPENED, ""),
        (TURNS + THINKING, ""),
        (INST + "{% endif %}{% endfor %}", ""),
    ],
)
def test_a_template_that_does_not_open_the_answer_is_named(loaded, template, missing):
    loaded.format.tokenizer.chat_template = template
    found = model_audits.chat_template(loaded.teacher_forcing())
    assert found.details["missing"] == missing
    assert (repr(missing) in found.flag) == bool(missing)
