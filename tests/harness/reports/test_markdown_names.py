"""Names as a code host shows them: no link, no mention and no strike-through that was not written."""

import dataclasses
import html
import re

import pytest
from markdown_it import MarkdownIt

from harness.reports.cells import printable
from harness.reports.markdown import Markdown, escaped


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


ODD = (
    "a|b", "a\\|b", "\\", "`x`", "a``b|`c", "```", "<script>alert(1)</script>", "<!-- c", "*x* _y_ __z__", "_foo",
    "[l](javascript:alert(1))", "![i](http://x/y.png)", "[^1]", "[x]: http://y", "> q", "# h", "- l", "1. l", "1) x",
    "===", "---", "&lt;b&gt;", "~~s~~", "| |", "||", "a\nb", "\u202eabc",
)  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_renderer_shows_a_name_as_it_is_in_one_cell(table, name):
    row = dataclasses.replace(table.rows[1], arm=name)
    text = Markdown(150).render(dataclasses.replace(table, title=name, rows=(table.rows[0], row)))
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    title = re.search("<h1>(.*?)</h1>", shown, re.DOTALL)
    first = re.search("<table>.*?</table>", shown, re.DOTALL)
    *_, last = re.findall("<tr>(.*?)</tr>", first[0], re.DOTALL)
    cells = re.findall("<td>(.*?)</td>", last, re.DOTALL)
    assert len(cells) == len(re.findall("<th>", first[0]))
    assert plain(cells[0]) == plain(title[1]) == printable(name)


def plain(markup):
    return html.unescape(re.sub("<!--.*?-->", "", markup)).strip()
