import random

import pytest

from harness.tasks.audit import NEAR, _jaccard, _pieces, audit, normalised
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


def test_finds_what_comparing_all_pairs_finds(monkeypatch):
    monkeypatch.setattr("harness.tasks.audit.BLOCK", 3_000)  # several blocks
    draw = random.Random(3)
    words = ["".join(draw.choices("abcdefgh", k=draw.randint(2, 8))) for _ in range(60)]
    train = [" ".join(draw.choices(words, k=14)) for _ in range(300)]
    test = [" ".join(draw.choices(words, k=14)) for _ in range(60)]
    for number in range(60):  # one to four words changed: on both sides of the threshold
        changed = draw.choice(train).split()
        for _ in range(1 + number % 4):
            changed[draw.randrange(14)] = draw.choice(words)
        test.append(" ".join(changed))
    pieces = [_pieces(normalised(text)) for text in train]
    likest = [max(_jaccard(_pieces(normalised(text)), other) for other in pieces) for text in test]
    exact = sum(text in train for text in test)
    assert counts(train, test) == (exact, sum(score >= NEAR for score in likest) - exact)
    assert 10 < sum(score >= NEAR for score in likest) < 70
