"""Seconds of an arm's work, computed by hand from made-up speeds."""

from dataclasses import replace

import pytest

from pipelines.speed.forecast import AUDITED, BACKWARD, READ_AGAIN, USUAL, Answering, Sample, TrainingWork, durations
from pipelines.speed.speeds import EmbeddingSpeed, LengthCurve, ModelSpeed, StraightLine, TrainingSpeed

MODEL = ModelSpeed(
    load=3.0,
    read=LengthCurve(((50, 0.1), (150, 0.2))),
    read_alone=LengthCurve(((50, 0.2), (150, 0.4))),
    write=StraightLine(0.02, 0.005),
)
TRAINING = TrainingSpeed(load=4.0, row=LengthCurve(((50, 0.5), (150, 1.5))), adapted=2.0)
EMBEDDING = EmbeddingSpeed(load=2.0, per_token=0.001)
ASKED = Answering(
    prompts=Sample((100, 100), 40), replies=Sample((5, 15), 40), limit=30, batch_size=10, batch_tokens=10_000
)
ROWS = TrainingWork(Sample((50, 100, 50, 100), 80), epochs=2.0, micro_batch=2, validated=20.0)


def seconds(**given):
    usual = {"answering": ASKED, "answers": 40, "to_train": None, "to_embed": 0.0}
    speeds = {"model": MODEL, "training": None, "embedding": None}
    more = {**speeds, **usual, **given}
    return durations(more.pop("model"), more.pop("training"), more.pop("embedding"), **more)


def test_a_batch_is_written_until_its_longest_answer_ends_or_is_cut_off():
    found = seconds()
    assert found.answer == pytest.approx(40 * 0.15 + 4 * (15 + 30) / 2 * (0.02 + 10 * 0.005))
    assert found.request == pytest.approx(0.3 + 10 * 0.025)
    assert found.audit == pytest.approx(AUDITED * 0.3)
    assert found.load == 3.0
    assert (found.train, found.index) == (0.0, 0.0)


def test_what_is_answered_already_takes_no_time_and_is_asked_again_to_be_timed():
    whole, found = seconds(), seconds(answers=0)
    assert (found.answer, found.audit) == (0.0, 0.0)
    assert found.request == whole.request
    assert seconds(answering=replace(ASKED, uses=2)).request == 2 * whole.request
    assert seconds(answers=10).answer == pytest.approx(whole.answer / 4)


def test_answers_end_at_the_limit_and_few_fit_a_small_batch():
    assert seconds(answering=replace(ASKED, limit=5)).answer < seconds().answer
    small = seconds(answering=replace(ASKED, batch_tokens=200))
    assert small.answer == pytest.approx(40 * 0.15 + 20 * (15 + 30) / 2 * (0.02 + 2 * 0.005))


def test_training_reads_padded_rows_and_then_validation():
    found = seconds(to_train=ROWS, training=TRAINING, answering=replace(ASKED, adapted=True))
    validated = 20 * 0.75 / BACKWARD
    again = READ_AGAIN * 0.25 * 2
    assert found.train == pytest.approx(4.0 + 2 * 80 * 1.0 + validated + again)
    assert found.answer == pytest.approx(2.0 * seconds().answer)


def test_an_adapter_that_is_there_makes_answering_slower_as_usual():
    assert seconds(answering=replace(ASKED, adapted=True)).answer == pytest.approx(USUAL * seconds().answer)


def test_passages_and_questions_are_embedded():
    found = seconds(embedding=EMBEDDING, to_embed=5000.0, answering=replace(ASKED, queries=400.0))
    assert found.index == pytest.approx(2.0 + 5.0)
    assert found.answer == pytest.approx(seconds().answer + 0.4)
    assert found.request == pytest.approx(seconds().request + 0.01)
    assert seconds(embedding=EMBEDDING).index == 0.0


def test_nothing_to_ask_takes_nothing():
    assert seconds(model=None, answers=0) == seconds(model=None, answers=40)
    assert seconds(model=None).answer == 0.0


def test_a_line_through_two_points_and_through_one():
    line = StraightLine.through([(10, 1.0), (110, 2.0)])
    assert line.seconds(1, 10) == pytest.approx(1.0)
    assert line.seconds(2, 220) == pytest.approx(4.0)
    assert StraightLine.through([(10, 1.0)]).seconds(1, 20) == pytest.approx(2.0)


@pytest.mark.parametrize(("short", "long"), [(1.0, 0.9), (0.001, 10.0)])
def test_noise_makes_no_negative_time(short, long):
    line = StraightLine.through([(10, short), (100, long)])
    assert min(line.per_pass, line.per_token) >= 0.0
    assert line.seconds(1, 100) == pytest.approx(max(short, long))


def test_a_curve_between_and_beyond_what_was_measured():
    curve = LengthCurve(((10, 1.0), (110, 2.0), (210, 5.0)))
    lengths = {10: 1.0, 60: 1.5, 110: 2.0, 160: 3.5, 210: 5.0, 310: 8.0, 0: 0.9}
    assert {length: pytest.approx(curve.seconds(1, length)) for length in lengths} == lengths
    assert curve.seconds(3, 60) == pytest.approx(4.5)
    assert LengthCurve(((10, 1.0),)).seconds(2, 30) == pytest.approx(6.0)
    assert LengthCurve(((10, 1.0), (20, 9.0))).seconds(1, 1) == 0.0


def test_a_sample_stands_for_all_texts():
    sample = Sample((10, 30, 20), 300)
    assert (sample.mean, sample.total) == (20.0, 6000.0)
    assert sample.padded(1) == 20.0
    assert sample.padded(2) == pytest.approx((30 * 2 + 20) / 3)
    assert (Sample().total, Sample().padded(4)) == (0.0, 0.0)
