"""Short ways to write a pair."""

from pathlib import Path

import pytest
import yaml

from harness.cli.config import Builder
from harness.types import Example, Passage, Prediction


@pytest.fixture
def pair():
    def make(answer, *references, finish="stop", error="", **example):
        made = Example(id="x", input="?", references=references, **{"evidence": (), **example})
        return made, Prediction("x", answer, (), (), finish, error)

    return make


@pytest.fixture
def retrieved():
    def make(found, gold, spans=(), finish="stop"):
        passages = tuple(Passage(document_id, "text", 0, 4, 1.0) for document_id in found)
        return Example("x", "?", ("r",), tuple(gold)), Prediction("x", "a", passages, tuple(spans), finish)

    return make


@pytest.fixture(scope="session")
def lexical_metrics():
    """Faithfulness and fabrication as configured, with the lexical judge as configured."""
    conf, builder = Path(__file__).resolve().parents[3] / "conf", Builder()
    judge = yaml.safe_load((conf / "judge" / "lexical_words.yaml").read_text(encoding="utf-8"))
    nodes = [yaml.safe_load((conf / "metric" / f"{name}.yaml").read_text()) for name in ("faithfulness", "fabrication")]
    built = [builder.build({**node, "judge": judge}, "metric") for node in nodes]
    assert builder.problems == []
    return built
