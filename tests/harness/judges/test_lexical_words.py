"""The lexical judge as configured: verdicts that a reader would share, spans, and independence of the rest."""

import dataclasses
from pathlib import Path

import pytest

from harness.judges.judge import Question
from harness.judges.trust import OVERALL, PRECISION, RECALL, agreement
from harness.store.spec import digest
from validation.label_sets import whole_support

MUSEUM = (
    "The museum in Lyon opened in 1894 and holds 312 paintings by Claude Monet. Entry is free on Sundays. "
    "Dogs are not allowed in the galleries."
)
YES, NO = ["supported"], ["unsupported"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The museum opened in 1894.", YES),
        ("The museum opened in 1904.", NO),
        ("The museum in Lyon holds 312 paintings by Claude Monet.", YES),
        ("The museum in Paris holds 312 paintings by Claude Monet.", NO),
        ("The museum in Lyon holds 213 paintings by Claude Monet.", NO),
        ("Entry is not free on Sundays.", NO),
        ("Dogs are allowed in the galleries.", NO),
        ("Dogs aren't allowed in the galleries.", YES),
        ("It was designed by a famous architect.", NO),
        ("I love Monet!", NO),
        ("1894", YES),
        ("1904", NO),
        ("Lyon", YES),
        ("Dijon", NO),
        ("Do you like Monet?", ["question"]),
        ("Entry is free on Sundays. It has a large restaurant.", ["supported", "unsupported"]),
    ],
)
def test_english(verdicts, answer, expected):
    assert verdicts(answer, MUSEUM) == expected


@pytest.mark.parametrize(
    ("evidence", "right", "wrong"),
    [
        (
            "Das Museum in Köln wurde 1901 eröffnet. Hunde sind nicht erlaubt.",
            ("Das Museum wurde 1901 in Köln eröffnet.", "Hunde sind nicht erlaubt."),
            ("Das Museum wurde 1951 in Köln eröffnet.", "Hunde sind erlaubt.", "Der Eintritt kostet zwölf Euro."),
        ),
        (
            "Le musée a ouvert en 1894. L'entrée est gratuite le dimanche.",
            ("Le musée a ouvert en 1894.", "L'entrée est gratuite le dimanche."),
            ("Le musée n'a pas ouvert en 1894.", "L'entrée coûte dix euros."),
        ),
        (
            "El museo abrió en 1894. La entrada es gratuita los domingos.",
            ("El museo abrió en 1894.", "La entrada es gratuita los domingos."),
            ("El museo abrió en 1984.", "La entrada cuesta diez euros los lunes."),
        ),
        (
            "Музей в Москве открылся в 1912 году. Вход бесплатный.",
            ("Московский музей открылся в 1912 году.", "Вход бесплатный."),
            ("Музей в Москве открылся в 1812 году.", "Вход стоит пятьсот рублей."),
        ),
        (
            "这家博物馆于1894年开放，收藏了312幅画作。周日免费入场。",
            ("博物馆于1894年开放。", "周日免费入场。"),
            ("博物馆于1904年开放。", "门票价格为二十元。"),
        ),
    ],
)
def test_other_languages(verdicts, evidence, right, wrong):
    assert [verdicts(one, evidence) for one in right] == [YES] * len(right)
    assert [verdicts(one, evidence) for one in wrong] == [NO] * len(wrong)


def test_spans_are_offsets(lexical_words):
    answer = "Well: it opened in 1894. Entry is free on Sundays."
    evidence = ("Something else entirely.", MUSEUM)
    (judgement,) = lexical_words.judge([Question(answer, evidence)])
    assert [answer[one.start : one.end] for one in judgement.claims] == [one.text for one in judgement.claims]
    last = judgement.claims[-1]
    assert last.evidence == 1
    assert evidence[1][last.evidence_start : last.evidence_end] == "Entry is free on Sundays"
    assert [one.sentence for one in judgement.claims] == [0, 1]


def test_no_evidence_supports_nothing(lexical_words):
    (judgement,) = lexical_words.judge([Question("The museum opened in 1894.", ())])
    assert judgement.share_supported == 0.0
    assert judgement.claims[0].evidence is None


def test_readings(lexical_words):
    (judgement,) = lexical_words.judge(
        [Question("Entry is free on Sundays. It has a large restaurant. Shall we?", (MUSEUM,))]
    )
    first, second, *_ = (claim.support for claim in judgement.claims)
    assert judgement.share_supported == 0.5
    assert judgement.mean_support == pytest.approx((first + second) / 2)
    assert min(first, second) < whole_support(judgement) < max(first, second)


@pytest.mark.parametrize("answer", ["", "...", "Yes.", "You're welcome!"])
def test_nothing_said_is_neither_supported_nor_not(lexical_words, answer):
    (judgement,) = lexical_words.judge([Question(answer, (MUSEUM,))])
    assert (judgement.claims, judgement.share_supported, whole_support(judgement)) == ((), None, None)


def test_verdicts_do_not_depend_on_the_other_questions(lexical_words):
    asked = [Question("The museum opened in 1894.", (MUSEUM,)), Question("It rains.", ("It never rains in July.",))]
    together = lexical_words.judge(asked)
    assert [lexical_words.judge([one])[0] for one in asked] == together
    assert lexical_words.judge(asked[::-1]) == together[::-1]


def test_swapping_answer_and_evidence_changes_the_verdict(verdicts):
    answer = "Entry is free on Sundays."
    assert verdicts(answer, MUSEUM) == YES
    assert verdicts(MUSEUM, answer) != YES * 3


@pytest.mark.parametrize("text", ["word " * 3_000, " ".join(f"w{number}" for number in range(3_000)), "字" * 3_000])
def test_thousands_of_words_are_judged(lexical_words, text):
    (judgement,) = lexical_words.judge([Question(text, (text,))])
    assert judgement.claims


@pytest.mark.parametrize("text", ["\x00", "\ud800 x", "🙂🙂", "\u202eabc", "a" * 10_000, "İ ß ﬁ"])
def test_odd_text_is_judged(lexical_words, text):
    (judgement,) = lexical_words.judge([Question(text, (text,))])
    assert all(0 <= claim.support <= 1 for claim in judgement.claims)


def test_the_agreement_it_names_is_the_measured_one(lexical_words):
    page = (Path(__file__).resolve().parents[3] / "docs" / "VALIDITY.md").read_text(encoding="utf-8")
    measured = agreement(digest(lexical_words))
    assert set(measured) == {"BEGIN", "FRANK CNN/DM", "FRANK XSum"}
    for name, figures in measured.items():
        (figure,) = [figures[overall] for overall in OVERALL if overall in figures]
        assert {PRECISION, RECALL} <= figures.keys()
        row = next(line for line in page.splitlines() if line.startswith(f"| {name}, test |"))
        assert f"**{figure:.3f}**".replace("0.", ".") in row


def test_with_other_settings_no_agreement_is_claimed(lexical_words):
    assert agreement(digest(dataclasses.replace(lexical_words, threshold=0.5))) == {}


def test_wrong_settings_are_named(lexical_words):
    wrong = dataclasses.replace(lexical_words, threshold=1.5, known=-1.0, negation=-2.0)
    assert [one.split(":")[0] for one in wrong.problems()] == ["threshold", "known", "negation"]
    assert lexical_words.problems() == []
