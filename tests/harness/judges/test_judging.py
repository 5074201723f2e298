"""The judges of a run: asked once, cached, named in the record and under the table."""

from dataclasses import dataclass, field, replace

from harness.judges.judge import Claim, Judge, Judgement
from harness.judges.trust import agreement, keep
from harness.metrics.context import TaskContext
from harness.metrics.exact_match import ExactMatch
from harness.metrics.fabrication import Fabrication
from harness.metrics.faithfulness import Faithfulness
from harness.metrics.groundedness import Groundedness
from harness.metrics.judged import judgements, judges
from harness.store.spec import digest
from harness.types import THE_INPUT, Example, Passage, Prediction
from tests.harness.metrics.tasks import ListedTask

ASKED = []


@dataclass(frozen=True)
class Yes(Judge):
    """Supports everything."""

    KEY = "tests.Yes"

    strictness: int = 0
    name: str = field(default="yes", compare=False)
    model: str = field(default="m-1", compare=False)
    reads: str = field(default="meaning", compare=False)

    def judge(self, questions):
        ASKED.extend(questions)
        return [Judgement((Claim(one.answer, 0, 3, 0, 1.0, 1.0, "supported", 0, 0, 3),)) for one in questions]


def metrics(judge):
    return {
        "groundedness": Groundedness(judge),
        "exact_match": ExactMatch(),
        "faithfulness": Faithfulness(judge),
        "fabrication": Fabrication(judge),
    }


def pairs():
    example = Example("a", "what?", ("yes",), THE_INPUT)
    return [(example, Prediction("a", "yes", (Passage("d", "some text", 0, 9, 1.0),), (), "stop"))]


def bound(metrics):
    context = TaskContext(ListedTask())
    return {name: metric.bind(context) for name, metric in metrics.items()}


def test_metrics_with_one_evidence_source_ask_once():
    ASKED.clear()
    asking = bound(metrics(Yes()))
    for metric in asking.values():
        assert metric.score(pairs())[0].value is not None
    found = judgements(asking, pairs())
    assert [(one.evidence_source, one.claims[0].quote) for one in found] == [
        ("gold evidence", "wha"),
        ("passages", "som"),
    ]
    assert [(one.evidence, one.asked) for one in ASKED] == [(("some text",), "what?"), (("what?",), "what?")]


def test_binding_changes_no_key_and_the_cache_no_score():
    plain = metrics(Yes())
    assert digest(bound(plain)) == digest(plain)
    alone = [metric.bind(TaskContext(ListedTask())).score(pairs()) for metric in plain.values()]
    assert [metric.score(pairs()) for metric in bound(plain).values()] == alone


def test_judges_with_other_settings_are_asked_for_themselves():
    ASKED.clear()
    mixed = {"faithfulness": Faithfulness(Yes()), "fabrication": Fabrication(Yes(1))}
    for metric in bound(mixed).values():
        metric.score(pairs())
    assert len(ASKED) == 2


def test_the_record_names_who_judged_what():
    (facts,) = judges(metrics(Yes()))
    assert facts == {
        "name": "yes",
        "model": "m-1",
        "reads": "meaning",
        "fingerprint": digest(Yes()),
        "agreement": {},
        "metrics": ["groundedness", "faithfulness", "fabrication"],
    }
    assert judges({"exact_match": ExactMatch()}) == []


def test_agreement_belongs_to_one_fingerprint(tmp_path, monkeypatch):
    monkeypatch.setattr("harness.judges.trust.FILE", tmp_path / "agreement.json")
    keep({"one": {"BEGIN": {"AUROC": 0.9}}})
    keep({"two": {"BEGIN": {"AUROC": 0.8}}})
    assert agreement("one") == {"BEGIN": {"AUROC": 0.9}}
    assert agreement("two") == {"BEGIN": {"AUROC": 0.8}}
    assert agreement(digest(replace(Yes(), strictness=2))) == {}
