"""The lexical judge as it is configured, and a short way to ask it."""

from pathlib import Path

import pytest
import yaml

from harness.config import Builder
from harness.judges.judge import Question

CONF = Path(__file__).resolve().parents[3] / "conf" / "judge" / "lexical.yaml"


@pytest.fixture(scope="session")
def lexical():
    builder = Builder()
    judge = builder.build(yaml.safe_load(CONF.read_text(encoding="utf-8")), "judge")
    assert builder.problems == []
    return judge


@pytest.fixture
def verdicts(lexical):
    def ask(answer, *evidence):
        (judgement,) = lexical.judge([Question(answer, evidence)])
        return [claim.verdict for claim in judgement.claims]

    return ask
