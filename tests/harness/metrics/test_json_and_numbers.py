"""JSON equality and number equality: the same value in any form is right, another value is not."""

import pytest

from harness.metrics.json_equality import JsonEquality, json_in
from harness.metrics.number_equality import NumberEquality
from harness.text.quantities import quantities, same
from harness.types import Example, Prediction
from tests.harness.metrics.tasks import bound

REFERENCE = '{"name": "Zoë", "tags": ["a", "b"], "price": 3.5, "open": null}'


@pytest.mark.parametrize(
    ("answer", "value", "fields"),
    [
        (REFERENCE, 1.0, 1.0),
        ('```json\n{"open": null, "price": 3.50, "tags": ["a", "b"], "name": "Zoe\u0308"}\n```', 1.0, 1.0),
        (f"Here [1] it is:\n{REFERENCE}\nBye.", 1.0, 1.0),
        (REFERENCE.replace("3.5", "35"), 0.0, 0.8),
        (REFERENCE.replace("3.5", '"3.5"'), 0.0, 0.8),
        (REFERENCE.replace('"a", "b"', '"b", "a"'), 0.0, 0.6),
        (REFERENCE.replace("Zoë", "Zo&euml;"), 1.0, 1.0),
        (REFERENCE.replace('"', "&quot;"), 1.0, 1.0),
        (f'{REFERENCE} {{"b": 2}}', 0.0, 10 / 11),
        (f"{REFERENCE} that is {REFERENCE}", 1.0, 1.0),
        ("{}", 0.0, 0.0),
        ("the name is Zoë", 0.0, 0.0),
        ('{"name": "Zo', 0.0, 0.0),
    ],
)
def test_json(pair, answer, value, fields):
    (score,) = bound(JsonEquality()).score([pair(answer, REFERENCE)])
    assert (score.value, score.details["fields"]) == (value, pytest.approx(fields))
    assert (score.details["parsed"] == 0.0) == ("no JSON" in score.note)


def test_no_reference_is_json(pair):
    for references in (("Paris",), ("12",), ()):
        (score,) = bound(JsonEquality()).score([pair("{}", *references)])
        assert (score.value, score.reason) == (None, "not_applicable")


def test_json_of_thousands_of_levels_is_no_json():
    assert json_in("[" * 20_000 + "]" * 20_000) == []
    assert json_in('{"a":' * 5_000) == []


@pytest.mark.parametrize(
    ("answer", "reference", "value"),
    [
        ('{"t": "say &quot;hi&quot;"}', '{"t": "say &quot;hi&quot;"}', 1.0),
        ('{"t": "say \\"hi\\""}', '{"t": "say &quot;hi&quot;"}', 1.0),
        ('{"a": -0.0}', '{"a": 0}', 1.0),
        ("I think [2] is right: [1, 2]", "[1, 2]", 1.0),
        ("[1] or [2]", "[2]", 0.0),
    ],
)
def test_json_with_entities_zeros_and_marks_of_sources(pair, answer, reference, value):
    assert bound(JsonEquality()).score([pair(answer, reference)])[0].value == value


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("1,000", "1000", True),
        ("1'000", "1 000", True),
        ("1.000,5", "1,000.5", True),
        ("3.5", "35", False),
        ("-5", "5", False),
        ("−5", "-5", True),
        ("12.5%", "12.5", True),
        ("12.5%", "0.125", False),
        ("5 °C", "5 °F", False),
        ("$5", "€5", False),
        ("5 zł", "5 Kč", False),
        ("PLN 20", "20 zł", True),
        ("R$ 5", "$5", False),
        ("EUR5", "5 euros", True),
        ("-USD5.5m", "-$5.5m", True),
        ("Rs.500", "500 rupees", True),
        ("R$5", "5", True),
        ("R$5", "$5", False),
        ("₺45", "45 lira", True),
        ("-kr 100", "-100 kr.", True),
        ("100 kr", "NOK 100", True),
        ("SEK 100", "NOK 100", False),
        ("A$5", "$5", True),
        ("A$5", "US$ 5", False),
        ("5 Sek.", "5 s", True),
        ("5 percent", "5%", True),
        ("7 months", "7 days", False),
        ("3.50", "3.5", True),
        ("3.5 million", "3,500,000", True),
        ("1/2", "0.5", True),
        ("seven", "7", True),
        ("2.3.1", "231", False),
        ("minus 5 °C", "-5 °C", True),
        ("minus five", "5", False),
        ("1e3", "1000", True),
        ("1e3", "1", False),
        ("1.5 × 10^3", "1500", True),
        ("5·10⁻²", "0.05", True),
        ("10³", "103", False),
        ("1½", "1 1/2", True),
        ("1½", "5.5", False),
        ("twenty-five", "5", False),
        ("two million", "2,000,000", True),
        ("AB-37", "XY-37", False),
        ("AB-37", "37", False),
        ("007", "7", False),
        ("10:30", "30:10", False),
        ("not 5 days", "5 days", False),
        ("isn't 5", "5", False),
        ("not in 1905", "1905", False),
        ("不是5天", "5天", False),
        ("需要5天", "5天", True),
        ("not only 5 days", "5 days", True),
        ("Nr. 5", "5", True),
        ("in May 1905", "in June 1905", False),
        ("in May 1905", "1905", True),
        ("5 m²", "5 km²", False),
        ("60 km/h", "60 m/s", False),
        ("05/06/2020", "06/05/2020", False),
    ],
)
def test_numbers(one, other, equal):
    ((first,), (second,)) = quantities(one), quantities(other)
    assert same(first, second) is equal


@pytest.mark.parametrize("name", ["RS232", "rs1800562", "kr5", "eur5", "NOK5B", "Chf2", "zł5"])
def test_a_currency_written_to_digits_makes_a_name_of_them(name):
    assert quantities(f"It is called {name}.") == []


@pytest.mark.parametrize("written", ["2024-05-12", "12.05.2024", "10:30", "5/6/2024"])
@pytest.mark.parametrize("currency", ["EUR", "Rs", "Rs."])
def test_a_currency_before_a_date_or_a_time_is_no_part_of_it(currency, written):
    assert quantities(f"{currency} {written}") == quantities(written)


@pytest.mark.parametrize(
    "other", ["1905-05-12", "12.05.1905", "May 12, 1905", "12 de mayo de 1905", "the 12th of May 1905"]
)
def test_dates_are_compared_however_they_are_written(other):
    compare = bound(NumberEquality()).compare
    assert compare(other, "12 May 1905") == compare("12 May 1905", other) == 1.0
    assert compare(other, "5 December 1905") == compare(other, "12 May 1906") == 0.0


def test_a_number_that_the_answer_denies_is_not_its_answer():
    compare = bound(NumberEquality()).compare
    assert [compare(answer, "6 days") for answer in ("not 5 but 6 days", "not 6 but 5 days", "not 6 days")] == [1, 0, 0]


def test_a_single_separator_is_read_by_the_language():
    assert [quantities("1.000", comma)[0].value for comma in (False, True)] == [1, 1000]


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("Lamp 24 has 7 months.", 1.0),
        ("7 or 8 months", 0.0),
        ("24 months", 0.0),
        ("no number", 0.0),
    ],
)
def test_numbers_of_the_question_may_be_repeated(answer, value):
    asked = Example("x", "How many months for lamp 24?", ("7 months",), ())
    (score,) = bound(NumberEquality()).score([(asked, Prediction("x", answer, (), (), "stop"))])
    assert score.value == value


def test_a_reference_without_a_number_is_not_scored(pair):
    (score,) = bound(NumberEquality()).score([pair("7", "green")])
    assert (score.value, score.note) == (None, "no reference has a number")
