"""The offline judges as they are configured, and a short way to ask them."""

from pathlib import Path

import pytest
import yaml

from harness.cli.config import Builder
from harness.judges.judge import Question

CONF = Path(__file__).resolve().parents[3] / "conf" / "judge"


def _built(name):
    builder = Builder()
    judge = builder.build(yaml.safe_load((CONF / f"{name}.yaml").read_text(encoding="utf-8")), "judge")
    assert builder.problems == []
    return judge


@pytest.fixture(scope="session")
def lexical_words():
    return _built("lexical_words")


@pytest.fixture(scope="session")
def lexical():
    return _built("lexical")


@pytest.fixture(params=["lexical_words", "lexical"])
def verdicts(request):
    judge = request.getfixturevalue(request.param)

    def ask(answer, *evidence):
        (judgement,) = judge.judge([Question(answer, evidence)])
        return [claim.verdict for claim in judgement.claims]

    return ask
