import random

import pytest

from harness.tasks import audit as auditing
from harness.tasks.audit import NEAR, audit, jaccard, normalised
from harness.types import Example, Turn


def examples(prefix, texts):
    return [Example(f"{prefix}{n}", text, ("r",), ()) for n, text in enumerate(texts)]


def counts(train, test):
    found = audit(examples("train", train), examples("test", test))
    return found.exact, found.near


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Is there Wi-Fi?", "is  there wi fi"),
        ("ＡＢＣ　１２", "abc 12"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "café"),
        ("今天天气怎么样？", "今天天气怎么样"),
        ("???", "???"),
    ],
)
def test_exact_after_normalisation(one, other):
    assert counts([one], [other]) == (1, 0)


@pytest.mark.parametrize(
    ("one", "other"), [("???", "!!!"), ("कि", "की"), ("C++", "C"), ("I am 5", "I am 6"), ("你好", "再见"), ("", "x")]
)
def test_different_texts_are_not_exact(one, other):
    assert normalised(one) != normalised(other)
    assert counts([one], [other]) == (0, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "how do I cancel my order with the number 1234 please",
            "how do I cancel my order with the number 1235 please",
        ),
        (
            "请问贵酒店是否提供免费停车位以及早餐服务还有机场接送",
            "请问贵酒店是否提供免费停车位以及早餐服务还有机场接机",
        ),
        ("можно ли отменить мой заказ до конца недели", "можно ли отменить мой заказ до конца недели?!да"),
    ],
)
def test_near(one, other):
    assert counts([one], [other]) == (0, 1)


def test_conversations_are_compared_by_what_is_said():
    turns = (Turn("system", "be kind"), Turn("user", "hello there"))
    found = audit([Example("a", turns, ("r",), ())], examples("test", ["Hello there!"]))
    assert (found.exact, found.pairs) == (1, (("test0", "a"),))


def test_counts_test_examples_and_names_at_most_twenty_pairs():
    found = audit(examples("train", ["same", "same"]), examples("test", ["same"] * 30 + ["quite another question"]))
    assert (found.test_examples, found.exact, found.near, len(found.pairs)) == (31, 30, 0, 20)
    assert found.pairs[0] == ("test0", "train0")


@pytest.mark.parametrize(("train", "test"), [([], []), (["a"], []), ([], ["a"])])
def test_empty_splits(train, test):
    assert counts(train, test) == (0, 0)


def test_finds_what_comparing_all_pairs_finds():
    draw = random.Random(3)
    words = ["".join(draw.choices("abcdefgh", k=draw.randint(2, 8))) for _ in range(60)]
    train = [" ".join(draw.choices(words, k=14)) for _ in range(300)]
    test = [" ".join(draw.choices(words, k=14)) for _ in range(60)]
    for number in range(60):  # one to four words changed: on both sides of the threshold
        changed = draw.choice(train).split()
        for _ in range(1 + number % 4):
            changed[draw.randrange(14)] = draw.choice(words)
        test.append(" ".join(changed))
    likest = [max(jaccard(text, other) for other in train) for text in test]
    exact = sum(text in train for text in test)
    assert counts(train, test) == (exact, sum(score >= NEAR for score in likest) - exact)
    assert 10 < sum(score >= NEAR for score in likest) < 70


def test_similarity_is_that_of_the_sets_of_shingles():
    def shingles(text):
        return {text[start : start + 5] for start in range(max(1, len(text) - 4))}

    draw = random.Random(5)
    texts = ["", "a", "ab", "abcde", "日本語の文です", "𝔘𝔫𝔦code"]
    texts += ["".join(draw.choices("abé ", k=draw.randrange(40))) for _ in range(60)] + ["abcd " * 1000]
    for one in texts:
        for other in texts:
            left, right = shingles(one), shingles(other)
            assert jaccard(one, other) == len(left & right) / len(left | right)


def test_the_first_near_input_of_train_is_named():
    question = "how do I cancel my order with the number {} please"
    train = [question.format(number) for number in (1236, 1234, 1235)]
    found = audit(examples("train", ["what is this", *train]), examples("test", [question.format(1239)]))
    assert found.pairs == (("test0", "train1"),)


def test_an_equal_input_counts_once_and_not_as_near():
    question = "how do I cancel my order with the number {} please"
    assert counts([question.format(1234), question.format(1235)], [question.format(1235)]) == (1, 0)


def test_a_crowd_of_lookalikes_is_compared_a_limited_number_of_times(monkeypatch):
    """Each shares much with the test input and none is near, so that all of them are candidates."""
    compared = []
    monkeypatch.setattr(auditing, "MAX_COMPARISONS", 10)
    monkeypatch.setattr(auditing, "jaccard", lambda one, other: compared.append(other) or 0.0)
    question = "how do I cancel my order with the number {} please"
    counts([question.format(number) for number in range(1000, 1100)], [question.format(2000)])
    assert len(compared) <= 10


def test_half_a_surrogate_pair_is_a_character():
    assert counts(["a broken \ud800 text"], ["a broken \ud800 text"]) == (1, 0)
