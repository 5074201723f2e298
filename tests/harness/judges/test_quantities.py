"""Values of a text: read in any spelling, equal across spellings, not across values."""

import pytest

from harness.judges.quantities.reader import quantities
from harness.judges.quantities.value import comparable, equal

SAME = [
    ["36, 000 people", "36,000", "36 000", "36.000", "36 thousand", "36 тысяч", "3.6万"],
    ["15:00", "3 pm", "3 p.m.", "15 Uhr", "15h00", "15.00 Uhr", "下午3点"],
    [
        "2024-03-05",
        "5 March 2024",
        "March 5, 2024",
        "5. März 2024",
        "5 de marzo de 2024",
        "5 марта 2024 г.",
        "2024年3月5日",
    ],
    ["1.5 km", "1,5 km", "1,500 metres", "1500 m", "1.5 kilometers"],
    ["90 minutes", "1.5 hours", "1 h 30 min", "one and a half hours", "an hour and 30 minutes"],
    ["€2,500,000", "2.5 million euros", "EUR 2.5 million", "2,5 Millionen Euro", "2,5 millions d'euros"],
    ["12.5%", "12,5 Prozent", "12.5 percent", "12,5 pour cent"],
    ["twenty-five", "25", "fünfundzwanzig", "vingt-cinq", "veinticinco", "двадцать пять"],
    ["百分之五", "5%"],
    ["三百元", "300元"],
]


def only(text):
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_one_value_in_many_spellings(spellings):
    first = only(spellings[0])
    assert [spelling for spelling in spellings if not equal(first, only(spelling))] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.5", "35"), ("-5 °C", "5 °C"), ("1,000", "100"), ("15:00", "15:30"), ("3 pm", "3 am"), ("12 km", "12 miles"),
        ("5 March 2024", "5 April 2024"), ("30 euros", "30 dollars"), ("10 days", "10 weeks"), ("12.5%", "12%"),
    ],
)  # fmt: skip
def test_other_values_are_not_equal(one, other):
    assert not equal(only(one), only(other))
    assert comparable(only(one), only(other))


def test_what_counts_other_things_does_not_compete():
    assert not comparable(only("12 rooms"), only("9 guests"))
    assert not comparable(only("room 12"), only("3150 crowns"))
    assert comparable(only("12 rooms"), only("9 rooms"))


def test_places_and_ranges():
    text = "Open 9:00–17:00; it takes 5-7 days and costs $5."
    assert [text[own.start : own.end] for own in quantities(text)] == ["9:00", "17:00", "5", "7 days", "$5"]
    assert all(("measure", "duration") in own.kinds for own in quantities("5-7 days"))
    assert all(("measure", "length") in own.kinds for own in quantities("between 10 and 12 km"))


@pytest.mark.parametrize("text", ["A12", "version 1.2.3", "a house", "May I?", "C++", "the first one", ""])
def test_what_is_no_quantity(text):
    assert [own for own in quantities(text) if text[own.start] in "A1M"] == []
