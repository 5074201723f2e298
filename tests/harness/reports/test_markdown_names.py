"""Names as a code host shows them: no link, no mention and no strike-through that nobody wrote."""

import pytest

from harness.reports.markdown import escaped


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("~~gone~~", r"\~\~gone\~\~"),
        ("@user", "@<!-- -->user"),
        ("see #12", "see #<!-- -->12"),
        ("https://example.org/x", "https<!-- -->://example.org/x"),
        ("www.example.org", "www<!-- -->.example.org"),
        ("a@example.org", "a@<!-- -->example.org"),
        ("recall@4", "recall@4"),
        ("C# ~0.1", "C# ~0.1"),
    ],
)
def test_a_name_is_no_markup(name, shown):
    assert escaped(name) == shown


def test_a_source_in_a_note_can_be_followed():
    assert escaped("price (https://example.org/p)", links=True) == "price (https://example.org/p)"
