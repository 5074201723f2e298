"""A judge is never the model under test."""

import shutil

import pytest

from harness.cli.config import compose, experiment
from harness.errors import ConfigError
from harness.judges.ragas.local import LocalModel
from harness.judges.trust import self_judging


class Fixed:
    name = "ragas"
    reads = "meaning"

    def __init__(self, model):
        self.model = model


@pytest.mark.parametrize(
    ("judge", "model", "same"),
    [
        ("Qwen/Qwen2.5-7B-Instruct", {"path": "qwen/qwen2.5-7b-instruct"}, True),
        ("gpt-x", {"model": "gpt-x", "base_url": "http://elsewhere"}, True),
        ("support", {"model": "base", "adapters": {"qlora": "support"}}, True),
        ("gpt-x", {"model": "gpt-y", "adapters": None}, False),
        ("", {"path": "anything"}, False),
    ],
)
def test_names(judge, model, same):
    assert bool(self_judging(Fixed(judge), model)) is same


def test_a_folder_is_known_by_its_content(checkpoint, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(checkpoint, copy)
    judge = Fixed(str(copy))
    assert self_judging(judge, {"path": str(checkpoint)})
    (copy / "config.json").write_text((copy / "config.json").read_text() + " ")
    assert not self_judging(judge, {"path": str(checkpoint)})


def test_the_configuration_is_refused(checkpoint):
    overrides = [
        "task=qa",
        "model=local",
        f"model.path={checkpoint}",
        "judge=ragas_local",
        f"judge.llm.path={checkpoint}",
    ]
    with pytest.raises(ConfigError, match="which is the model under test"):
        experiment(compose([*overrides, "metric=[faithfulness]"]))
    assert experiment(compose([*overrides, "metric=[exact_match]"])).metrics


def test_judges_of_words_cannot_compute_what_needs_a_language_model():
    with pytest.raises(ConfigError, match=r"ragas_context_recall\.judge\._target_ is .*; it must be a RagasJudge"):
        experiment(compose(["task=qa", "metric=[ragas_context_recall]"]))


def test_local_model_has_a_key_of_its_weights(checkpoint):
    assert LocalModel(str(checkpoint), "main", "float32", 8, "cpu").content_key().startswith("sha256:")
