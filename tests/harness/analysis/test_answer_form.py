"""Right content in another form, and the wrong answers that must never pass for it."""

import pytest

from harness.analysis.answer_form import right_in_other_form
from harness.types import Example

WHEN = ("When did the museum open?", "1894")
WHICH = ("Which day is the market held on?", "The market is held on Friday.")


@pytest.mark.parametrize(
    ("question", "reference", "answer"),
    [
        (*WHEN, "The museum opened in 1894."),
        (*WHEN, "It was in 1894!"),
        (*WHICH, "Friday"),
        (*WHICH, "On Friday."),
        ("Wann öffnete das Museum?", "1894", "Das Museum öffnete im 1894."),
        ("博物馆何时开放？", "1894年", "博物馆是在1894年开放的。"),
    ],
)
def test_words_of_the_question_and_function_words_are_form(question, reference, answer):
    assert right_in_other_form(Example("a", question, (reference,), ()), answer)


@pytest.mark.parametrize(
    ("question", "reference", "answer"),
    [
        (*WHEN, "The museum opened in 1904."),
        (*WHEN, "The museum did not open in 1894."),
        (*WHEN, "1894 or 1904"),
        (*WHEN, "1894 or not"),
        (*WHEN, "The museum opened in 1894 and the ferry in 1904."),
        (*WHEN, "The museum opened in 18940."),
        (*WHICH, "The market is held."),
        (*WHICH, "The market is held on Friday and Monday."),
        (*WHICH, "on"),
        ("Is it Paris or Lyon?", "Lyon", "It is Paris or Lyon."),
        ("Who came first, Ann or Ben?", "Ann", "Ben came, Ann first."),
        ("Is the museum open?", "yes", "no"),
        ("博物馆何时开放？", "1894年", "博物馆不是在1894年开放的。"),
        ("博物馆何时开放？", "1894年", "博物馆是在1904年开放的。"),
        (*WHEN, ""),
    ],
)
def test_a_wrong_answer_is_no_matter_of_form(question, reference, answer):
    assert not right_in_other_form(Example("a", question, (reference,), ()), answer)


def test_an_answer_that_holds_everything_is_no_matter_of_form():
    everything = " ".join(str(year) for year in range(1800, 1999))
    assert not right_in_other_form(Example("a", WHEN[0], (WHEN[1],), ()), everything)


def test_any_reference_will_do():
    assert right_in_other_form(Example("a", WHEN[0], ("in the spring", "1894"), ()), "The museum opened in 1894.")
