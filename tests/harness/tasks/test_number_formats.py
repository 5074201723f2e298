"""Numbers of spreadsheets with the unit or the zeros that their format shows."""

import pytest

from harness.tasks.files.number_formats import UnreadFormatError, as_shown
from tests.harness.tasks.test_workbooks import book, read

__all__ = ["book"]
ACCOUNT = '_-* #,##0.00\\ "kr"_-;\\-* #,##0.00\\ "kr"_-;_-* "-"??\\ "kr"_-;_-@_-'


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (31, '0 "days"', "31 days"),
        (7, "0000", "0007"),
        (2500.5, "#,##0.00 £", "2500.50 £"),
        (2500.5, "[$€-407] #,##0.0", "€ 2500.5"),
        (-2.25, '0.0"x"', "-2.3x"),
        (-2, '0 "up";0 "down"', "2 down"),
        (0, '"on";"on";"off"', "off"),
        (1, '"on";"on";"off"', "on"),
        (9, 'General "kg"', "9 kg"),
        (2500, '0.0,"k"', "2.5k"),
        (987654321, "000-00-0000", "987-65-4321"),
        (18, "0°", "18°"),
        (3.5, ACCOUNT, "3.50 kr"),
        (0, ACCOUNT, "0.00 kr"),
        (1.5, '0.0## "l"', "1.5 l"),
        (-12, ACCOUNT, "-12.00 kr"),
    ],
)
def test_units_and_zeros(value, style, text):
    assert as_shown(value, style) == text


@pytest.mark.parametrize("style", ["General", "0", "0.00", "#,##0", "#,##0_);(#,##0)", "0.00E+00", "@", "[Red]0"])
def test_digits_alone_are_no_text(style):
    assert as_shown(12, style) is None


@pytest.mark.parametrize("style", ['[<=99]0 "few";0 "many"', '# ?/? "in"', '[h] "hours"'])
def test_unknown_formats(style):
    with pytest.raises(UnreadFormatError):
        as_shown(3, style)


def test_cells_say_what_they_show(book):
    def edit(made):
        for row, style in ((2, '0 "days"'), (3, "0000"), (4, "# ?/?"), (5, "0.00")):
            made["QA"].cell(row, 2).number_format = style

    path = book(edit, QA=[["Question", "Answer"], *([f"How many {n}?", n + 3] for n in range(4))])
    rows, said = read(path)
    assert [row["Answer"] for row in rows] == ["3 days", "0004", 5, 6]
    assert "numbers are read with the unit or the zeros that their format shows: 3 days (2 cells)" in said
    assert "without their format, which shows more than digits: '# ?/?'" in said
