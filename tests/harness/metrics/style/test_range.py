"""Third styles, which neither end describes, are outside the range; references nobody has seen are inside."""

import numpy as np

from harness.metrics.style.model import LEAST, OUTSIDE, StyleValues, fit
from harness.metrics.style.ordinary import Ordinary, ordinary_texts
from harness.metrics.style.text_range import ROOM, Distance, Neighbours, TextRange

PROSE = (
    "The regional council approved the bridge in April, after two years of talks.",
    "Her brother, who had studied law in Ghent, took over the mill when she left.",
    "Rainfall in the upper valley was a third below the average of the last decade.",
)


def fitted(corpora):
    references, generic = corpora
    topics = [str(number) for number in range(len(references))]
    return fit(references, generic, topics, topics)


def test_plain_prose_is_outside_a_house_of_another_kind(english):
    values = fitted(english).read(PROSE)
    assert values.value.max() < 0.5
    assert values.outside.tolist() == [1.0, 1.0, 1.0]


def test_unseen_references_are_inside(english):
    kept = [number for number in range(len(english[0])) if number % 7]
    model = fitted([[texts[number] for number in kept] for texts in english])
    assert model.read(english[0][::7]).outside.mean() <= 0.1


def test_what_is_outside_gets_less_than_half_whatever_its_manner():
    one = np.ones(3)
    values = StyleValues(one, one, one, np.array([0.0, OUTSIDE - 1e-9, OUTSIDE + 1e-9]), 0 * one, one)
    assert (values.value < 0.5).tolist() == [True, True, False]
    assert values.outside.tolist() == [1.0, 1.0, 0.0]
    assert values.value[0] == LEAST


def test_like_neither_end_by_hand():
    """Within the generic range, but on the references' side of the line: unlike the generic writer all the same."""
    one, generic = np.ones(3), np.array([0.0, 1.0, 1.0])
    values = StyleValues(np.array([0.0, 0.0, 0.9]), one, one, 0 * one, generic, one)
    assert values.outside.tolist() == [1.0, 0.0, 1.0]


def test_generic_texts_are_not_like_neither_end(english):
    values = fitted(english).read(english[1])
    assert values.value.max() < 0.5
    assert values.outside.mean() <= 0.1


def test_distances_by_hand():
    known = Distance(Neighbours(np.array([[0.0], [2.0]]), "euclidean"), 1.0, 2.0)
    assert known(np.array([[0.0], [5.0]])).tolist() == [0.0, 1.5]
    near = TextRange(known, known, 1.0)
    distances = np.array([1.0, 1.0 + ROOM / 2, 1.0 + ROOM, 9.0])
    np.testing.assert_allclose(near.within(distances), [1, 0.5, 0, 0], atol=1e-9)


def test_the_line_to_ordinary_writing_by_hand():
    line = Ordinary(lambda rows: rows, 1.0, 3.0)
    assert line(np.array([0.0, 2.0, 3.0, 9.0])).tolist() == [0.0, 0.5, 1.0, 1.0]


def test_ordinary_texts_are_many_short_and_different():
    texts = ordinary_texts()
    assert len(set(texts)) == len(texts) == 400
    assert all(0 < len(text) < 1_000 for text in texts)
