"""docs/DECIDE.md: the example by hand, computed by the code, and every number of it as it stands there."""

import re
from pathlib import Path

import numpy as np
import pytest

from harness.cli.decide import presets
from harness.studies.decision.change import changes
from harness.studies.decision.evaluation import recommendation
from harness.studies.decision.smaa import ranking, regret, totals
from tests.configurations import nodes
from tests.harness.studies.decision.cards import criterion, evaluation, question

PAGE = (Path(__file__).resolve().parents[2] / "docs/DECIDE.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.partition("## An example by hand")[2].partition("\n## ")[0]
P95 = criterion(worst=10_000.0, best=100.0, scale="log", title="p95", unit="ms")
VALUES = {
    "facts": {"base": 0.2, "rag": 0.9, "raft": 0.7},
    "style": {"base": 0.1, "rag": 0.1, "raft": 0.9},
    "p95": {"base": 100.0, "rag": 1_000.0, "raft": [1_000.0, 10**3.5]},
}
ANSWERS = {
    "answers": {"external_knowledge": 2, "adaptation": 3, "latency": 3},
    "questions": {
        "external_knowledge": question({"facts": 1.0}),
        "adaptation": question({"style": 1.0}),
        "latency": question({"p95": 1.0}),
    },
    "always": {"facts": 2.0},
}
DRAWN_WEIGHTS = np.array([[0.4, 0.3, 0.3], [0.4, 0.3, 0.3], [0.7, 0.1, 0.2], [0.7, 0.1, 0.2]])


@pytest.fixture(scope="module")
def found():
    return evaluation(VALUES, {"p95": P95}, **ANSWERS)


@pytest.fixture(scope="module")
def utilities(found):
    """Of the four draws: both resamples, twice."""
    return found.utilities[[0, 1, 0, 1]]


def stands(*numbers):
    """Whether each of these texts stands in the example."""
    return all(re.search(rf"(?<![\d.]){re.escape(one)}(?!\d)", EXAMPLE) for one in numbers)


def test_utilities_and_weights(found):
    assert found.expected[:, 2] == pytest.approx([1.0, 0.5, 0.375], abs=1e-4)
    assert found.weights == pytest.approx([0.4, 0.3, 0.3])
    assert stands(".375", ".4, .3, .3")


def test_expected_utility(found):
    assert found.scores == pytest.approx([0.41, 0.54, 0.6625], abs=1e-4)
    assert recommendation(found).arm == "raft"
    assert stands(".41", ".54", ".6625")


def test_the_weight_from_which_on_rag_is_best(found):
    (change,) = [one for one in changes(found) if one.kind == "weight" and one.what == "facts"]
    assert (change.arm, change.above) == ("rag", True)
    assert f"{change.at:.4f}".lstrip("0") == ".6279"
    assert stands(".3375", ".5375", ".6279")


def test_the_limit():
    limit = {"limits": {"p95": 1_000.0}}
    kept = evaluation(VALUES, {"p95": P95}, **ANSWERS, **limit)
    assert (kept.kept.probability["raft"], recommendation(kept).arm) == (0.5, "raft")
    strict = evaluation(VALUES, {"p95": P95}, **ANSWERS, **limit, least_probability=0.6)
    assert recommendation(strict).arm == "rag"


def test_four_draws(utilities):
    total = totals(DRAWN_WEIGHTS, utilities)
    assert total == pytest.approx(
        np.array([[0.41, 0.54, 0.7], [0.41, 0.54, 0.625], [0.35, 0.74, 0.68], [0.35, 0.74, 0.63]]), abs=1e-4
    )
    said = ranking(DRAWN_WEIGHTS, utilities)
    assert said.acceptability[:, 0].tolist() == [0.0, 0.5, 0.5]
    assert said.wins[2, 1] == 0.5
    assert said.central[1:] == pytest.approx(np.array([[0.7, 0.1, 0.2], [0.4, 0.3, 0.3]]))
    assert said.confidence[1:].tolist() == [1.0, 1.0]
    assert stands("(.41, .54, .7), (.41, .54, .625), (.35, .74, .68), (.35, .74, .63)")


def test_regret_of_raft(utilities):
    lost = regret(totals(DRAWN_WEIGHTS, utilities), 2)
    assert lost == pytest.approx([0.0, 0.0, 0.06, 0.11], abs=1e-4)
    assert lost.mean() == pytest.approx(0.0425, abs=1e-4)
    assert stands("0, 0, .06, .11", ".0425")


def test_without_style():
    found = evaluation({**VALUES, "style": {}}, {"p95": P95}, **ANSWERS)
    assert found.scores == pytest.approx([0.53, 0.66, 0.5425], abs=1e-4)
    assert recommendation(found).arm == "rag"
    assert stands(".53", ".66", ".5425")


def test_the_page_names_every_criterion_question_and_aspect():
    node = nodes()["decision/own"]
    for kind in ("criteria", "questions", "aspects"):
        assert [name for name in node[kind] if f"`{name}`" not in PAGE] == []
    assert {"own", "qa", "summarization", "support"} <= set(presets())


def test_the_page_says_the_ends_of_every_scale():
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    said = {name: tuple(_number(end) for end in ends) for name, *ends in rows}
    criteria = nodes()["decision/own"]["criteria"]
    assert said == {name: (float(own["worst"]), float(own["best"])) for name, own in criteria.items()}


def _number(text):
    """A number as the page writes it: 10,000, −.5, 10 s, 100 ms."""
    value, _, unit = text.strip().replace(",", "").replace("−", "-").partition(" ")
    return float(value) * (1_000.0 if unit == "s" else 1.0)
