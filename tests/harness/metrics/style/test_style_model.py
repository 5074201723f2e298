"""The scale: 0 a generic writer, 1 the house; third styles, shuffled words and mixtures in between."""

import random

import numpy as np
import pytest

from harness.metrics.style.model import StyleModel, auroc, fit, folds_of
from harness.metrics.style.scale import Scale

UNSEEN = 60


def split(corpora):
    house, generic = corpora
    rows = list(range(len(house)))
    random.Random(0).shuffle(rows)
    held_out, kept = rows[: len(rows) // 3], rows[len(rows) // 3 :]
    return ([[texts[row] for row in part] for texts in (house, generic)] for part in (kept, held_out))


def fitted(corpora) -> StyleModel:
    house, generic = corpora
    topics = [str(number) for number in range(len(house))]
    return fit(house, generic, topics, topics)


@pytest.fixture(scope="module")
def model_and_unseen(corpora):
    kept, held_out = split(corpora)
    return fitted(kept), held_out


def test_unseen_house_is_one_and_generic_is_zero(model_and_unseen):
    model, (house, generic) = model_and_unseen
    assert model.read(house).value.mean() >= 0.9
    assert model.read(generic).value.mean() <= 0.1
    assert model.separation >= 0.99


def test_half_and_half_is_in_the_middle(model_and_unseen):
    model, (house, generic) = model_and_unseen
    assert 0.4 <= model.read([*house, *generic]).value.mean() <= 0.6


def test_the_same_words_in_any_order_are_not_the_house(model_and_unseen):
    model, (house, _) = model_and_unseen
    generator = random.Random(0)
    parts = [text.split() if " " in text else list(text) for text in house]
    assert model.read([" ".join(generator.sample(one, len(one))) for one in parts]).value.mean() < 0.5


def test_odd_answers_are_not_the_house(english):
    model = fitted(english)
    one = english[0][0]
    odd = ["word " * 10_000, one * 50, "?", "Я не знаю.", "我不知道。", one.lower().replace("!", ".")]
    assert model.read(odd).value.max() < 0.5


def test_a_constant_reading_would_be_noticed(english):
    """The model fails this when house and generic are swapped."""
    house, generic = english
    assert fitted((generic, house)).read(house).value.mean() < 0.1


def test_the_same_texts_give_the_same_model(chinese):
    first, second = fitted(chinese).read(chinese[0]), fitted(chinese).read(chinese[0])
    np.testing.assert_array_equal(first.value, second.value)


def test_texts_of_one_topic_share_their_fold():
    house, generic = folds_of(["a", "b", "a", "c", "d"], ["a", "d"])
    assert house[0] == house[2] == generic[0]
    assert generic[1] == house[4]
    assert sorted({*house.tolist()}) == [0, 1, 2, 3]


def test_auroc_by_hand():
    assert auroc(np.array([3.0, 1.0]), np.array([2.0, 0.0])) == 0.75
    assert auroc(np.array([1.0]), np.array([1.0])) == 0.5


def test_a_scale_by_hand():
    scale = Scale(2.0, 6.0)
    raw = np.array([0.0, 2.0, 4.0, 6.0, 7.0])
    np.testing.assert_allclose(scale.place(raw), [-0.5, 0, 0.5, 1, 1.25])
    np.testing.assert_allclose(scale.within(raw), [0, 0, 0.5, 1, 1])
    np.testing.assert_allclose(scale.curved(raw)[1:4], [0.018, 0.5, 0.982], atol=1e-3)
