"""Lines before the table: finished arms, an interrupted run, where time went."""

from dataclasses import replace
from types import SimpleNamespace

from harness.cli.interim import arm_line, stopped_line, time_line
from harness.types import Score
from tests.harness.records import record


def test_an_arm_shows_the_means_of_the_metrics_that_decide():
    made = record("rag", [1.0, 0.0, 1.0, None], metric="exact_match")
    line = arm_line(made, 6)
    assert line.startswith("rag     exact_match 0.667")
    assert line.endswith(f"({len(made.predictions)} answers)")


def test_answers_that_failed_are_counted():
    made = record("rag", [1.0, 0.0])
    first = replace(made.predictions[0], finish="length")
    assert "(2 answers, 1 of them failed)" in arm_line(replace(made, predictions=(first, *made.predictions[1:])), 3)


def test_a_metric_of_all_answers_is_no_mean_of_its_scores():
    made = record("rag", [1.0, 1.0, 0.0, 1.0])
    classes = [(0, 0), (0, 0), (1, 0), (0, 0)]
    scores = tuple(
        Score(one.example_id, "macro_f1", one.value, details={"label": label, "stated": stated})
        for one, (label, stated) in zip(made.scores, classes, strict=True)
    )
    meaning = {"unit": "share", "higher_is_better": True, "worst": 0.0, "aggregate": "macro_f1"}
    made = replace(made, scores=scores, metrics={"macro_f1": meaning})
    assert "macro_f1 0.429" in arm_line(made, 3)  # the mean of 6/7 and 0


def cells(**records):
    return [SimpleNamespace(cell=SimpleNamespace(arm=arm), record=done) for arm, done in records.items()]


def test_how_far_an_interrupted_run_came():
    assert stopped_line(cells(base=1, rag=1, qlora=None)) == (
        "Stopped with 2 of 3 arms scored: base and rag. What was finished is kept; the same command goes on from there."
    )
    assert stopped_line(cells(base=1, rag=1)).startswith("Stopped with all 2 arms scored: base and rag. What")
    assert stopped_line(cells(base=None)).startswith("Stopped before the first arm was scored. What")


def test_where_time_went():
    seconds = {"train": 280.0, "answer": 90.0, "other": 29.0, "judge": 1.0}
    assert time_line(seconds) == "Took 6:40: training 70 %, answers 22 %, loading and the rest 7 %"
    assert time_line({}) == ""
