"""Every metric gets its known answers right, and each one, broken on purpose, is stopped."""

import dataclasses
from pathlib import Path

import pytest

from harness.cli.config import compose, experiment
from harness.errors import JudgeError, MetricError
from harness.judges.judge import Judge, Question
from harness.metrics import chrf, exact_match, fact_coverage, recall_at_k, rouge_l, token_f1
from harness.metrics.evidence import gold_evidence, passages
from harness.metrics.fabrication import Fabrication
from harness.metrics.faithfulness import Faithfulness
from harness.metrics.groundedness import Groundedness
from harness.metrics.metric import KnownAnswer, Metric
from harness.metrics.selftest.check import _known, faults, try_metrics
from harness.metrics.selftest.fixture import LONG, MUSEUM, OPENED, answered
from harness.metrics.selftest.known_answers import KNOWN
from harness.types import Score

CONF = Path(__file__).resolve().parents[4] / "conf"
NAMES = (
    "exact_match,token_f1,rouge_l,chrf,fact_coverage,faithfulness,hallucination_rate,groundedness,fabrication,"
    "recall_at_k,mrr,abstention,answer_length"
)


@pytest.fixture(scope="module")
def metrics():
    return experiment(compose(["task=qa", f"metric=[{NAMES}]"])).metrics


def broken(metric, score):
    """The same metric with another way to score."""
    kind = type(metric)
    twin = type(kind.__name__, (kind,), {"score": score})
    return twin(**{field.name: getattr(metric, field.name) for field in dataclasses.fields(metric)})


def each(function):
    return pytest.mark.parametrize("name", NAMES.split(","))(function)


@each
def test_the_shipped_metrics_are_right(metrics, name):
    assert faults(metrics[name]) == []


def test_every_default_metric_has_known_answers():
    wanted = experiment(compose(["task=qa"])).metrics
    assert all(KNOWN[metric.kind] for metric in wanted.values())


@each
def test_what_is_tried_is_little(metrics, name):
    """Every run begins with it. benchmarks/bench_selftest.py measures how long it takes."""
    known = _known(metrics[name])
    texts = [text for answer in known for text in (answer.pair[1].text, *(one.text for one in answer.pair[1].passages))]
    assert 0 < len(known) <= 20
    assert sum(map(len, texts)) <= 65_000  # one of 60,000 among them


@each
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_constant_is_stopped(metrics, name, value):
    constant = broken(metrics[name], lambda self, pairs: [Score(e.id, self.name, value) for e, _ in pairs])
    assert any(one.startswith(("perfect", "wrong", "answer", "seven")) for one in faults(constant))


@each
def test_a_swallowed_error_is_stopped(metrics, name):
    """What `except Exception` makes of a metric: no value, or the worst."""
    gone = broken(metrics[name], lambda self, pairs: [Score(e.id, self.name, None, "not_applicable") for e, _ in pairs])
    skipped = broken(metrics[name], lambda self, pairs: [])
    assert "no value (not_applicable)" in faults(gone)[0]
    assert "gave 0 scores" in faults(skipped)[0]


@each
def test_a_crash_is_reported(metrics, name):
    def crash(self, pairs):
        raise ZeroDivisionError("oops")

    assert faults(broken(metrics[name], crash)) == ["raised ZeroDivisionError: oops"]


@each
def test_scores_of_other_examples_are_stopped(metrics, name):
    kind = type(metrics[name])

    def shifted(self, pairs):
        scores = kind.score(self, pairs)
        rotated = [*scores[1:], scores[0]]
        return [dataclasses.replace(b, example_id=a.example_id) for a, b in zip(scores, rotated, strict=True)]

    assert faults(broken(metrics[name], shifted))


@pytest.mark.parametrize("name", [name for name in NAMES.split(",") if name != "answer_length"])
def test_a_reversed_direction_is_stopped(metrics, name):
    """All but the length, of which neither much nor little is better."""
    kind = type(metrics[name])

    def turned(self, pairs):
        scores = kind.score(self, pairs)
        return [score if score.value is None else dataclasses.replace(score, value=1 - score.value) for score in scores]

    assert faults(broken(metrics[name], turned))


def test_a_value_that_depends_on_the_neighbours_is_stopped(metrics):
    kind = type(metrics["token_f1"])

    def infected(self, pairs):
        scores = kind.score(self, pairs)
        return [dataclasses.replace(scores[0], value=scores[0].value - 0.01), *scores[1:]]

    assert any("another order" in one for one in faults(broken(metrics["token_f1"], infected)))


SWAPPED = [
    (chrf, "chrf", "chrf"),
    (fact_coverage, "fact_coverage", "states"),
]


@pytest.mark.parametrize(("module", "name", "function"), SWAPPED)
def test_swapped_arguments_are_stopped(metrics, monkeypatch, module, name, function):
    right = getattr(module, function)
    monkeypatch.setattr(module, function, lambda answer, reference: right(reference, answer))
    assert faults(metrics[name])


@pytest.mark.parametrize(
    ("module", "function"), [(exact_match, "exact_match"), (token_f1, "token_f1"), (rouge_l, "rouge_l")]
)
def test_where_swapped_arguments_change_nothing(module, function):
    """F-measures and equality are symmetric: there is nothing to stop."""
    compare = getattr(module, function)
    for answer in (OPENED, "The museum", "Dogs are welcome in 1894.", f"{OPENED} Indeed."):
        assert compare(answer, OPENED) == pytest.approx(compare(OPENED, answer))


def test_swapped_passages_and_gold_are_stopped(metrics):
    """The reciprocal rank of one gold document is the same either way: there is nothing to stop."""

    def swapped(self, pairs):
        turned = []
        for example, prediction in pairs:
            found = tuple(passage.document_id for passage in prediction.passages)
            gold = (
                tuple(dataclasses.replace(prediction.passages[0], document_id=one) for one in example.evidence)
                if prediction.passages
                else ()
            )
            turned.append((dataclasses.replace(example, evidence=found or ("none",)),
                           dataclasses.replace(prediction, passages=gold)))  # fmt: skip
        return recall_at_k.RecallAtK.score(self, turned)

    assert faults(broken(metrics["recall_at_k"], swapped))


class Gold(Faithfulness):
    """Reads the passages in place of the gold evidence."""

    def sources(self, example, prediction):
        return passages(prediction)


class Invention(Fabrication):
    """The same."""

    def sources(self, example, prediction):
        return passages(prediction)


class Grounded(Groundedness):
    """Reads the gold evidence in place of the passages."""

    def sources(self, example, prediction):
        return gold_evidence(self.name, example, self.context.documents)


class Everything(Grounded):
    """Reads both: right wherever one of them is."""

    def sources(self, example, prediction):
        return (*passages(prediction), *(gold_evidence(self.name, example, self.context.documents) or ()))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (Gold, ["gold evidence and not by the passages: 0.00", "passages and not by the gold evidence: 0.8"]),
        (Invention, ["gold evidence and not by the passages: 1", "passages and not by the gold evidence: 0"]),
        (Grounded, ["passages and not by the gold evidence: 0.00", "gold evidence and not by the passages: 0.8"]),
        (Everything, ["gold evidence and not by the passages: 0.8"]),
    ],
)
def test_a_swapped_evidence_source_is_stopped(metrics, kind, wrong):
    found = faults(kind(metrics["faithfulness"].judge))
    assert len(found) >= len(wrong)
    assert all(any(f"supported by the {part}" in one for one in found) for part in wrong)


@dataclasses.dataclass
class Turned(Judge):
    """A judge that takes the evidence for the answer."""

    judge_well: Judge
    KEY = "tests.Turned"
    name, model, reads = "turned", "", "words"

    def judge(self, questions):
        return self.judge_well.judge([Question(" ".join(one.evidence), (one.answer,)) for one in questions])


class Constant(Turned):
    """The judge of a published tool that always says 1.0."""

    KEY = "tests.Constant"

    def judge(self, questions):
        yes = self.judge_well.judge([Question(OPENED, (OPENED,))])
        return yes * len(questions)


class Silent(Turned):
    KEY = "tests.Silent"

    def judge(self, questions):
        return [dataclasses.replace(one, claims=(), unjudged="no answer") for one in self.judge_well.judge(questions)]


class Away(Turned):
    KEY = "tests.Away"

    def judge(self, questions):
        raise JudgeError("no answer from http://localhost")


@pytest.mark.parametrize("name", ["faithfulness", "hallucination_rate", "groundedness", "fabrication"])
@pytest.mark.parametrize("judge", [Turned, Constant, Silent])
def test_a_broken_judge_is_stopped(metrics, name, judge):
    found = faults(type(metrics[name])(judge(metrics[name].judge)))
    assert found
    if judge is Silent:
        assert found[0] == "perfect: no value (unjudged: no answer)"


class EnglishOnly(Turned):
    """A model that has never seen another script: nothing in it is ever supported."""

    KEY = "tests.EnglishOnly"
    name, model, reads = "english", "some/model", "meaning"

    def judge(self, questions):
        return self.judge_well.judge([
            Question(one.answer if one.answer.isascii() else "It is unknown.", one.evidence) for one in questions
        ])  # fmt: skip


def test_a_model_may_know_one_language_alone_and_a_judge_of_words_may_not(metrics):
    kind, judge = type(metrics["faithfulness"]), metrics["faithfulness"].judge
    assert faults(kind(EnglishOnly(judge))) == []
    words = EnglishOnly(judge)
    words.reads = "words"
    assert [one.split(":")[0] for one in faults(kind(words))] == ["perfect in another language"]


def test_a_judge_that_cannot_be_reached_says_so_itself(metrics):
    with pytest.raises(JudgeError, match="no answer"):
        try_metrics({"faithfulness": type(metrics["faithfulness"])(Away(metrics["faithfulness"].judge))})


def test_the_run_is_stopped_with_the_names(metrics):
    constant = broken(metrics["chrf"], lambda self, pairs: [Score(e.id, self.name, 1.0) for e, _ in pairs])
    with pytest.raises(MetricError, match=r"chrf: wrong: 1, but between 0 and 0\.5 would be right") as caught:
        try_metrics({**metrics, "chrf": constant})
    assert "rouge_l" not in str(caught.value)


def test_a_metric_may_bring_its_own_known_answers():
    class Words(Metric):
        name, unit, higher_is_better, worst = "words", "words", None, None

        def known_answers(self):
            return [KnownAnswer("seven", answered(MUSEUM, OPENED), 7, 7)]

        def score(self, pairs):
            return [Score(e.id, "words", float(len(p.text.split()))) for e, p in pairs]

    class Wrong(Words):
        def score(self, pairs):
            return [Score(e.id, "words", 1.0) for e, p in pairs]

    assert faults(Words()) == []
    assert faults(Wrong()) == ["seven: 1, but 7 would be right"]


def test_a_metric_of_no_kind_has_nothing_to_get_wrong():
    class Odd(Metric):
        name = "odd"

    assert faults(Odd()) == []


def test_the_long_answer_is_long():
    assert len(LONG.split()) > 10_000
