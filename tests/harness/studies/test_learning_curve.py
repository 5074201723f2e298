"""Learning curves, by hand: crossing points, data advantage, the gap between trained pairs and test."""

import numpy as np
import pytest

from harness.analysis.result import Figure
from harness.studies.data import Made, StudyData
from harness.studies.measures.learning_curve import NEVER, LabelCurve, crossing, curve_of, data_advantage
from harness.studies.measures.overfit_gap import OverfitGap
from harness.types import Example, Score
from tests.harness.records import SHARE, build_record
from tests.harness.studies.fakes import study_data

SIZES = (0, 1, 3, 7)
"""log2(1 + size) is 0, 1, 2, 3"""


def settings(pairs, **more):
    return {"pairs": pairs, "steps": "equal epochs", "knowledge": "held", "answers": "own", "asked": "test", **more}


def test_a_crossing_lies_on_the_line_over_the_logarithm_of_the_size():
    rising, flat = np.array([0.0, 0.2, 0.4, 0.6]), np.full(4, 0.3)
    assert crossing(SIZES, rising, flat) == pytest.approx(2**1.5 - 1)


@pytest.mark.parametrize(
    ("curve", "size"), [([0.1, 0.1, 0.2, 0.29], NEVER), ([0.3, 0.0, 0.0, 0.9], 0.0), ([0.0, 0.3, 0.1, 0.1], 1.0)]
)
def test_never_at_once_and_at_a_size(curve, size):
    assert crossing(SIZES, np.array(curve), np.full(4, 0.3)) == size


def test_data_advantage_is_the_mean_horizontal_distance():
    """Second curve: 0 at size 0, 1 at 7. First: 0 at 0, 1 at 1, then level. A score s needs 2^3s - 1 and 2^s - 1."""
    first, second = np.array([0.0, 1.0, 1.0, 1.0]), np.array([0.0, 1 / 3, 2 / 3, 1.0])
    scores = np.linspace(0, 1, 100)
    assert data_advantage(SIZES, first, second) == pytest.approx(np.mean(2 ** (3 * scores) - 2**scores))
    assert data_advantage(SIZES, second, first) == pytest.approx(-np.mean(2 ** (3 * scores) - 2**scores))


def test_curves_that_share_no_score_have_no_data_advantage():
    assert data_advantage(SIZES, np.array([0.6, 0.7, 0.8, 0.9]), np.array([0.0, 0.1, 0.2, 0.3])) is None
    assert data_advantage(SIZES, np.array([0.0, 0.1, 0.2, 0.3]), np.full(4, 0.2)) is None


def test_a_curve_that_falls_keeps_its_best_score():
    first = np.array([0.0, 1.0, 0.5, 0.5])
    assert data_advantage(SIZES, first, np.array([0.0, 1.0, 1.0, 1.0])) == pytest.approx(0.0)


def labels(base, rag, few, every):
    cells = {("0", "base"): base, ("0", "rag"): rag, ("few", "qlora"): few, ("few", "base"): base, ("few", "rag"): rag}
    cells |= {("all", "qlora"): every, ("all", "base"): base, ("all", "rag"): rag}
    return study_data(cells, {"0": settings(0), "few": settings(3), "all": settings("all")})


def test_without_pairs_an_adapter_is_the_arm_without_one():
    data = labels([0.0] * 4, [1.0] * 4, [0.5] * 4, [1.0] * 4)
    curve = curve_of(data, "qlora", "equal epochs", 7)
    assert curve.sizes == (0, 3, 7)
    assert curve.means().tolist() == [0.0, 0.5, 1.0]


def test_the_table_says_where_tuning_reaches_retrieval():
    """qlora is at 0, .5 and 1 of 40 questions, rag at .75: half way from 3 to 7 pairs on the logarithm."""
    data = labels([0.0] * 40, [0.75] * 40, [0.5] * 40, [1.0] * 40)
    (section,), words = (part := LabelCurve("equal epochs").read(data)).sections, part.words
    row = next(row for row in section.rows if row[:2] == ("qlora", "rag"))
    # "all" is 3 where no record says how many pairs were trained on: the largest number that a level names
    assert isinstance(row[2], Figure)
    assert 0 < row[2].value <= 3
    assert any("qlora reaches rag" in line for line in words)


def test_never_is_said_with_how_sure_it_is():
    data = labels([0.0] * 40, [1.0] * 40, [0.1] * 40, [0.5] * 40)
    part = LabelCurve("equal epochs").read(data)
    row = next(row for row in part.sections[0].rows if row[:2] == ("qlora", "rag"))
    assert row[2] == "never"
    assert row[3] == Figure(1.0)
    assert "qlora does not reach rag with all 3 pairs." in part.words


LEVELS = {"0": settings(0), "1": settings(1), "few": settings(3), "all": settings(7)}


def against_base(*means):
    """What is said of qlora's means at 1, 3 and 7 pairs against a base of .5."""
    runs = {"base": [[0.5] * 40] * 4, "qlora": [[0.5] * 40, *([mean] * 40 for mean in means)]}
    cells = {(level, arm): own[at] for arm, own in runs.items() for at, level in enumerate(LEVELS)}
    part = LabelCurve("equal epochs").read(study_data(cells, LEVELS))
    return next(row for row in part.sections[0].rows if row[:2] == ("qlora", "base")), part.words


def test_with_no_pairs_an_arm_has_not_reached_the_arm_that_it_then_is():
    row, words = against_base(0.0, 0.1, 0.2)
    assert row[2:4] == ("never", Figure(1.0))
    assert words == ("qlora does not reach base with all 7 pairs.",)


def test_a_curve_that_falls_below_again_is_not_said_to_stay():
    _, words = against_base(1.0, 0.0, 0.1)
    assert "qlora reaches base first at about 1 of 7 pairs" in words[0]
    assert words[0].endswith("and is below it again with more.")
    assert against_base(0.5, 0.6, 0.7)[1] == ("qlora is not below base at 1 or more pairs.",)


def test_the_gap_leaves_out_questions_of_kinds_that_were_never_taught():
    asked = [Example(f"q{at}", "?", ("x",), (), slice="taught" if at < 2 else "new") for at in range(4)]
    taught = [Example(f"t{at}", "?", ("x",), (), slice="taught") for at in range(2)]
    records = {
        ("few", "qlora"): (scored("qlora", asked, [0.5, 0.5, 0.0, 0.0]),),
        ("few, trained", "qlora"): (scored("qlora", taught, [1.0, 1.0]),),
    }
    made = (Made("few", "few", 0, settings(3)), Made("few, trained", "few, trained", 0, settings(3, asked="train")))
    (section,) = OverfitGap().read(StudyData("qa", "pocket", "em", made, records, {})).sections
    assert section.rows[0][1].value == pytest.approx(0.5)


def scored(arm, examples, values):
    scores = [Score(one.id, "em", value) for one, value in zip(examples, values, strict=True)]
    return build_record(arm, examples=examples, scores=scores, metrics={"em": SHARE})


def test_the_gap_is_the_score_on_trained_pairs_minus_that_on_test():
    cells = {("few", "qlora"): [0.0, 0.5] * 10, ("few, trained", "qlora"): [1.0, 0.5] * 10}
    data = study_data(cells, {"few": settings(3), "few, trained": settings(3, asked="train")})
    (section,) = OverfitGap().read(data).sections
    gap = section.rows[0][1]
    assert gap.value == pytest.approx(0.5)
    assert gap.low < 0.5 < gap.high


def test_steps_that_no_condition_had_are_not_read():
    data = labels([0.0] * 4, [1.0] * 4, [0.5] * 4, [1.0] * 4)
    assert LabelCurve("equal steps").read(data).sections == ()
