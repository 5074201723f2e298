"""The scale: 0 a generic writer, 1 the references; third styles, shuffled words and mixtures in between."""

import random

import numpy as np
import pytest

from harness.metrics.style.model import Scale, StyleModel, auroc, fit, folds_of

UNSEEN = 60


def split(corpora):
    references, generic = corpora
    rows = list(range(len(references)))
    random.Random(0).shuffle(rows)
    held_out, kept = rows[: len(rows) // 3], rows[len(rows) // 3 :]
    return ([[texts[row] for row in part] for texts in (references, generic)] for part in (kept, held_out))


def fitted(corpora) -> StyleModel:
    references, generic = corpora
    topics = [str(number) for number in range(len(references))]
    return fit(references, generic, topics, topics)


@pytest.fixture(scope="module")
def model_and_unseen(corpora):
    kept, held_out = split(corpora)
    return fitted(kept), held_out


def test_unseen_references_are_one_and_generic_is_zero(model_and_unseen):
    model, (references, generic) = model_and_unseen
    assert model.read(references).value.mean() >= 0.9
    assert model.read(generic).value.mean() <= 0.1
    assert model.separation >= 0.99


def test_half_and_half_is_in_the_middle(model_and_unseen):
    model, (references, generic) = model_and_unseen
    assert 0.4 <= model.read([*references, *generic]).value.mean() <= 0.6


def test_the_same_words_in_any_order_are_not_the_reference_style(model_and_unseen):
    model, (references, _) = model_and_unseen
    generator = random.Random(0)
    parts = [text.split() if " " in text else list(text) for text in references]
    assert model.read([" ".join(generator.sample(one, len(one))) for one in parts]).value.mean() < 0.5


def test_odd_answers_are_not_the_reference_style(english):
    model = fitted(english)
    one = english[0][0]
    odd = ["word " * 10_000, one * 50, "?", "Я не знаю.", "我不知道。", one.lower().replace("!", ".")]
    assert model.read(odd).value.max() < 0.5


def test_a_constant_value_would_be_noticed(english):
    """The model fails this when both ends are swapped."""
    references, generic = english
    assert fitted((generic, references)).read(references).value.mean() < 0.1


def test_the_same_texts_give_the_same_model(chinese):
    first, second = fitted(chinese).read(chinese[0]), fitted(chinese).read(chinese[0])
    np.testing.assert_array_equal(first.value, second.value)


def test_texts_of_one_topic_share_their_fold():
    references, generic = folds_of(["a", "b", "a", "c", "d"], ["a", "d"])
    assert references[0] == references[2] == generic[0]
    assert generic[1] == references[4]
    assert sorted({*references.tolist()}) == [0, 1, 2, 3]


def test_auroc_by_hand():
    assert auroc(np.array([3.0, 1.0]), np.array([2.0, 0.0])) == 0.75
    assert auroc(np.array([1.0]), np.array([1.0])) == 0.5


def test_a_scale_by_hand():
    scale = Scale(2.0, 6.0)
    raw = np.array([0.0, 2.0, 4.0, 6.0, 7.0])
    np.testing.assert_allclose(scale.place(raw), [-0.5, 0, 0.5, 1, 1.25])
    np.testing.assert_allclose(scale.within(raw), [0, 0, 0.5, 1, 1])
    np.testing.assert_allclose(scale.curved(raw)[1:4], [0.018, 0.5, 0.982], atol=1e-3)
