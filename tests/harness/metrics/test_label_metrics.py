"""Accuracy and macro-F1: which label does an answer state, and what do tables make of all of them?"""

import numpy as np
import pytest

from harness.analysis.stats.bootstrap import RESAMPLES, bootstrap, clusters_of
from harness.analysis.stats.corpus_values import corpus_values, macro_f1_values
from harness.analysis.table import build
from harness.metrics.accuracy import Accuracy
from harness.metrics.label_reading import Labels
from harness.metrics.macro_f1 import MacroF1
from harness.types import Example, Prediction
from tests.harness.metrics.tasks import bound
from tests.harness.records import build_record

SENTIMENT = ("positive", "negative", "neutral")
LETTERS = ("A", "B", "C", "D")
RATINGS = ("1", "2", "3", "4", "5")
LANGUAGES = ("C", "C++", "C#")
HEPATITIS = ("hepatitis", "hepatitis a")


@pytest.mark.parametrize(
    ("labels", "answer", "stated"),
    [
        (SENTIMENT, "Positive.", "positive"),
        (SENTIMENT, "The sentiment is **positive**", "positive"),
        (SENTIMENT, "Positive, not negative", "positive"),
        (SENTIMENT, "positive or negative", None),
        (SENTIMENT, "not positive", None),
        (SENTIMENT, "It isn't negative", None),
        (SENTIMENT, "I like it", None),
        (("yes", "no"), "Yes, it has.", "yes"),
        (("yes", "no"), "no", "no"),
        (("entailment", "not entailment"), "It is not entailment.", "not entailment"),
        (("A", "B", "C"), "(C) because it is late", "C"),
        (("A", "B", "C"), "The answer is B.", "B"),
        (("A", "B", "C"), "A good answer", None),
        (("是", "否"), "否。", "否"),
        *((LETTERS, text, None) for text in ("A, B", "A or B", "B, A", "A B", "A/B", "A. B.", "Both A and C")),
        *((LETTERS, text, None) for text in ("It is not B", "Not A", "The answer cannot be A", "Vitamin C", "A cat")),
        (LETTERS, "The answer is B, not A.", "B"),
        (LETTERS, "C is wrong, so D", "D"),
        (LETTERS, "The correct option is (C) Paris", "C"),
        (LETTERS, "B) because A is wrong", "B"),
        (LETTERS, "Final answer: **B**", "B"),
        (LETTERS, "A is right", "A"),
        (LETTERS, "A is better than B", None),
        (LETTERS, "<answer>D</answer>", "D"),
        (("А", "Б", "В"), "в городе Б", None),
        (LANGUAGES, "It is C++", "C++"),
        (LANGUAGES, "written in C#.", "C#"),
        (LANGUAGES, "C++ and C", None),
        (HEPATITIS, "Hepatitis", "hepatitis"),
        (HEPATITIS, "It is hepatitis A.", "hepatitis a"),
        (HEPATITIS, "It is hepatitis, a disease", "hepatitis"),
        *((RATINGS, text, None) for text in ("3.5", "4,5 stars", "-2", "5/5", "1/5", "2-3", "4 out of 5", "2nd")),
        (RATINGS, "4 stars", "4"),
        (("-1", "0", "1"), "I give -1", "-1"),
        (SENTIMENT, "positive? no, negative", "negative"),
        *((SENTIMENT, f"{words} positive", None) for words in ("cannot be", "It is far from", "nicht", "hardly")),
        *((SENTIMENT, text, None) for text in ("non-positive", "I don't think it is positive", "positive is wrong")),
        (SENTIMENT, "I have no doubt it is positive", "positive"),
        (SENTIMENT, "not negative but positive", "positive"),
        (("积极", "消极"), "不是积极的", None),
        (("积极", "消极"), "非常积极", "积极"),
        (("yes", "no"), "Yes, no doubt.", "yes"),
        (("yes", "no"), "There is no evidence", None),
        (("none", "mild"), "none or mild", None),
        (("A*", "A", "B"), "A*", "A*"),
        (("A*", "A", "B"), "The grade is A*", None),
        (("👍", "👎"), "👎", "👎"),
        (("billing_issue", "other"), "It is a billing issue!", "billing_issue"),
        (("C", "C++"), "C++", "C++"),
        (tuple(f"text number {n}" for n in range(400)), "It is text number 7", None),
    ],
)
def test_the_label_that_an_answer_states(labels, answer, stated):
    assert Labels(labels).read(answer) == stated


@pytest.mark.parametrize(
    ("labels", "doubt"),
    [(SENTIMENT, ""), (("US", "us", "uk"), "'US' and 'us' are read as one"), (("A*", "A"), "differ in signs alone")],
)
def test_labels_that_can_hardly_be_told_apart_are_doubted(labels, doubt):
    assert doubt in "; ".join(Labels(labels).doubts())
    assert bool(doubt) == any(Labels(labels).doubts())


def pairs(right, answers):
    examples = [Example(str(n), "How is it?", (label,), ()) for n, label in enumerate(right)]
    return [(own, Prediction(own.id, text, (), (), "stop")) for own, text in zip(examples, answers, strict=True)]


def scored(metric, asked):
    return bound(metric, train=[example for example, _ in asked]).score(asked)


def macro_f1(right, stated):
    return np.mean(
        [
            2 * ((right == c) & (stated == c)).sum() / ((right == c).sum() + (stated == c).sum())
            for c in np.unique(right)
        ]
    )


def test_an_answer_in_words_is_right_and_macro_f1_knows_both_labels():
    asked = pairs(["yes", "no", "no"], ["It is so: yes", "Yes.", "perhaps"])
    assert [score.value for score in scored(Accuracy(), asked)] == [1.0, 0.0, 0.0]
    scores = scored(MacroF1(), asked)
    assert [score.value for score in scores] == [1.0, 0.0, 0.0]
    assert [score.details for score in scores] == [
        {"label": 1.0, "stated": 1.0},
        {"label": 0.0, "stated": 1.0},
        {"label": 0.0, "stated": -2.0},
    ]
    values = corpus_values("macro_f1", scores, {"0": 0, "1": 1, "2": 2})
    assert values.mean() == pytest.approx((2 / 3 + 0) / 2)


def test_one_label_for_everything_is_accurate_and_of_little_worth():
    asked = pairs(["yes"] * 9 + ["no"], ["yes"] * 10)
    scores = scored(MacroF1(), asked)
    assert np.mean([score.value for score in scores]) == 0.9
    place = {str(number): number for number in range(10)}
    assert corpus_values("macro_f1", scores, place).mean() == pytest.approx((18 / 19 + 0) / 2)


def test_refusals_are_a_class_where_some_examples_cannot_be_answered():
    unknown = Example("u", "How is it?", (), (), answerable=False)
    asked = [*pairs(["yes"], ["I don't know."]), (unknown, Prediction("u", "I don't know.", (), (), "stop"))]
    scores = scored(MacroF1(), asked)
    assert [(score.value, *score.details.values()) for score in scores] == [(0.0, 0.0, -1.0), (1.0, -1.0, -1.0)]


def test_the_spread_of_linearised_values_is_that_of_macro_f1():
    random = np.random.default_rng(0)
    right = random.choice(4, 300, p=[0.6, 0.2, 0.15, 0.05]).astype(float)
    stated = np.where(random.random(300) < 0.6, right, random.integers(-2, 5, 300)).astype(float)
    values = macro_f1_values(right, stated)
    assert values.mean() == pytest.approx(macro_f1(right, stated))
    drawn = [random.integers(0, 300, 300) for _ in range(500)]
    resampled = np.array([macro_f1(right[rows], stated[rows]) for rows in drawn])
    assert values.std() / 300**0.5 == pytest.approx(resampled.std(), rel=0.12)
    found = bootstrap(values[:, np.newaxis], clusters_of([""] * 300), np.random.default_rng(1), RESAMPLES)
    assert [found.low[0], found.high[0]] == pytest.approx(np.quantile(resampled, [0.025, 0.975]), abs=0.025)


def table_of(**answers):
    """A table of arms with their answers to 40 questions, 30 of them "yes"."""
    right = ["yes"] * 30 + ["no"] * 10
    meaning = {"unit": "F1", "higher_is_better": True, "worst": 0.0, "key": "k", "aggregate": "macro_f1"}
    records = []
    for arm, texts in answers.items():
        asked = pairs(right, texts)
        records.append(
            build_record(
                arm,
                examples=[example for example, _ in asked],
                predictions=[prediction for _, prediction in asked],
                scores=scored(MacroF1(), asked),
                metrics={"macro_f1": meaning},
            )
        )
    return build(records, resamples=500)


def test_a_table_shows_macro_f1_and_counts_answers_by_right_and_wrong():
    table = table_of(base=["yes"] * 40, rag=["yes"] * 30 + ["no"] * 5 + ["yes"] * 5)
    means = {row.arm: row.entries[0].mean for row in table.rows}
    assert means["base"] == pytest.approx((60 / 70) / 2)
    assert means["rag"] == pytest.approx((60 / 65 + 10 / 15) / 2)
    (comparison,) = table.comparisons
    assert (comparison.wins, comparison.ties, comparison.losses) == (5, 35, 0)
    assert comparison.difference.mean == pytest.approx(means["rag"] - means["base"])
